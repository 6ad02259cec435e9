//! Handlers that ask their client: what both sides say, line by line, in each era and over each transport.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod capabilities;
mod eras;
mod forms;
mod handlers;
mod requests;
mod rounds;
mod state;
mod wire;

use handlers::{World, server};
use minimcp::MiniMcp;
use wire::{Over, Wire};

/// Everything that a client can be asked for.
const ALL: &str =
    r#"{"elicitation":{"form":{},"url":{}},"sampling":{"tools":{},"context":{}},"roots":{}}"#;

/// Plays what is written, and compares what the server says.
///
/// A line is a message: `→` of the client, `←` of the server. Both begin with an id, `-` for none.
///
/// * `→ 1 tools/call {"name":"book"}`: a request, or a notification, with its parameters; `$` stands for the state that came
///   last, `$1` for the first one. Before the arrow may stand who sends it, and to which of several servers: `eve@1→`.
/// * `→ 2 again {"elicitation-1":"Ann"}`: the last such request once more, with the last state and these answers. An answer
///   that is no object is what was put into the form of a single value.
/// * `→ 1 answer "Ann"`: the answer to a request of the server, in the same form; `→ 1 error {…}`: a refusal.
/// * `← 1 elicitation/create Who?`: a question with its message; `← 2 asks a=Who?, b=Row?`: a round that ends with questions.
/// * `← 2 says …`, `← 2 fails …`: the text of a result; `← 2 error -32602 …`: an error.
/// * `* 5`: five seconds pass; `* end`: the client sends nothing any more.
///
/// At the end nothing may be left that the server said.
async fn check(
    servers: &[MiniMcp<World>],
    over: Over,
    revision: &str,
    capabilities: &str,
    lines: &str,
) {
    let mut wire = Wire::open(servers, over, revision, capabilities).await;
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(expected) = line.strip_prefix("← ") {
            assert_eq!(wire.receive().await, expected, "{revision} {over:?} in\n{lines}");
        } else if let Some((sender, message)) = line.split_once("→ ") {
            wire.send(sender, message).await;
        } else {
            wire.direct(line.strip_prefix("* ").unwrap()).await;
        }
    }
    let rest = wire.rest().await;
    assert_eq!(rest, Vec::<String>::new(), "{revision} {over:?} after\n{lines}");
}

/// In the newest revision, over everything that carries messages.
async fn check_rounds(server: &MiniMcp<World>, lines: &str) {
    for over in [Over::Handle, Over::Connection, Over::Stdio] {
        check(std::slice::from_ref(server), over, "2026-07-28", ALL, lines).await;
    }
}

/// In a revision in which servers send requests, over everything that carries them.
async fn check_requests(server: &MiniMcp<World>, lines: &str) {
    for over in [Over::Connection, Over::Stdio] {
        check(std::slice::from_ref(server), over, "2025-11-25", ALL, lines).await;
    }
}
