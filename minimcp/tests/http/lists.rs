//! Lists of any length: what goes out in pieces is what goes out in one.

use crate::{Answers as _, Arguments, message, modern, parse};
use http_body::Body as _;
use http_body_util::BodyExt;
use minimcp::http::Endpoint;
use minimcp::{Call, MiniMcp, Outbox, Tool};

const LEGACY: &str = r#"{"jsonrpc":"2.0","id":"seven","method":"tools/list"}"#;

fn server(tools: usize) -> MiniMcp {
    let server = MiniMcp::new("lists");
    for number in 0..tools {
        let tool = Tool::from_fn(&format!("tool_{number}"), |_: Arguments, _: Call| async {
            Ok::<_, String>("")
        });
        server.tools().add(tool.description("Wörter für Modelle. ".repeat(8))).unwrap();
    }
    server
}

/// Asks a server with this many tools, and compares what comes, and in how many pieces, with the answer to a message that
/// came by no transport; `around` has a `…` in its place.
async fn check(tools: usize, request: &str, alone: &str, around: &str, pieces: usize) {
    let server = server(tools);
    let whole = server.handle(alone.to_owned(), Outbox::none(), ()).await;
    let expected = around.replace('…', whole.as_str().unwrap());

    let mut body = Endpoint::streamable(server).answer(parse(request)).await.into_body();
    let announced = body.size_hint().exact();
    let mut came = Vec::new();
    while !body.is_end_stream() {
        came.push(body.frame().await.unwrap().unwrap().into_data().unwrap());
    }
    assert!(body.frame().await.is_none(), "more than there is of {tools} tools");
    assert_eq!(String::from_utf8(came.concat()).unwrap(), expected, "{tools} tools");
    assert_eq!(announced, Some(expected.len() as u64), "{tools} tools");
    assert_eq!(came.len(), pieces, "{tools} tools, {} bytes", expected.len());
}

#[tokio::test]
async fn a_list_of_some_length_is_a_piece_of_its_own() {
    for (tools, pieces) in [(0, 1), (3, 1), (50, 3), (100, 3), (1000, 1)] {
        check(tools, &format!("\n\n{LEGACY}"), LEGACY, "…", pieces).await;
        let request = message("tools/list", "");
        // What lists nothing is no method of the newest revision.
        if tools > 0 {
            check(tools, &modern("tools/list", None, ""), &request, "…", pieces).await;
        }
    }
}

#[tokio::test]
async fn an_event_and_a_batch_are_one_piece() {
    let event = "event: message\ndata: …\n\n";
    check(50, &format!("accept: text/event-stream\n\n{LEGACY}"), LEGACY, event, 1).await;
    let batch = format!("mcp-protocol-version: 2025-03-26\n\n[{LEGACY}]");
    check(50, &batch, LEGACY, "[…]", 1).await;
}
