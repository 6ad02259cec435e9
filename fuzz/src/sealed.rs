//! What was sealed and changed since is refused. The input is a list of changes to a state and to the id of a session:
//! three bytes each, which byte and what it becomes.

use std::sync::OnceLock;

use minimcp::Outbox;
use minimcp::http::{Endpoint, Sessions};
use serde_json::json;

use crate::http::{read, request};
use crate::server::server;
use crate::wire::{block_on, parsed, runtime};

struct Tokens {
    state: String,
    session: String,
    endpoint: Endpoint<()>,
}

pub(crate) fn run(bytes: &[u8]) {
    static TOKENS: OnceLock<Tokens> = OnceLock::new();
    let tokens = TOKENS.get_or_init(tokens);
    let Some((&first, changes)) = bytes.split_first() else { return };
    match first % 2 {
        0 => {
            let Some(state) = changed(&tokens.state, changes) else { return };
            let refused = ask(Some(&state))["error"]["code"] == -32602;
            assert_eq!(refused, state != tokens.state, "{state}");
        }
        _ => {
            let Some(session) = changed(&tokens.session, changes) else { return };
            let ping = format!(
                "POST\nhost: localhost\ncontent-type: application/json\nmcp-session-id: {session}\n\n\
                 {{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}}"
            );
            let Some(ping) = request(ping.as_bytes()) else { return };
            let status = block_on(tokens.endpoint.respond(ping, ())).status().as_u16();
            assert_eq!(status == 200, session.trim() == tokens.session, "{status} {session}");
        }
    }
}

fn changed(token: &str, changes: &[u8]) -> Option<String> {
    let mut token = token.as_bytes().to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]]));
        match at {
            at if at < token.len() => token[at] = change[2],
            at if at % 2 == 0 => token.push(change[2]),
            at => token.truncate(at % 512),
        }
    }
    // A line feed would begin another header.
    String::from_utf8(token).ok().filter(|token| !token.contains('\n'))
}

fn ask(state: Option<&str>) -> serde_json::Value {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": "ask", "requestState": state,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
            },
        },
    });
    let reply = block_on(server().handle(message.to_string(), Outbox::none(), ()));
    parsed(reply.as_str().unwrap())
}

fn tokens() -> Tokens {
    let endpoint = Endpoint::streamable(server()).legacy(Sessions::new());
    let initialize = request(
        b"POST\nhost: localhost\ncontent-type: application/json\n\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\
          \"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}",
    );
    let session = runtime().block_on(async {
        let response = endpoint.respond(initialize.unwrap(), ()).await;
        let session = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        read(response).await;
        session
    });
    let state = ask(None)["result"]["requestState"].as_str().unwrap().to_owned();
    Tokens { state, session, endpoint }
}
