//! HTTP+SSE: a stream for everything that the server says, and where it says to send messages.

use std::time::Duration;

use axum::Router;
use http::{Request, Response};
use http_body_util::Full;
use minimcp::http::{Endpoint, Sse, sse};
use minimcp::{Call, MiniMcp, Resource, Tool};

use crate::dialog::{Step, talk};
use crate::{Answers, Arguments, PING, PONG, progress};

impl Answers for Sse<String> {
    async fn answer(&self, request: Request<Full<bytes::Bytes>>) -> Response<axum::body::Body> {
        let user = request.headers().get("x-user").map(|user| user.to_str().unwrap());
        let user = user.unwrap_or("alice").to_owned();
        self.respond(request, user).await.map(axum::body::Body::new)
    }
}

async fn check(servers: &[impl Answers], steps: &[Step<'_>]) {
    talk(servers, steps).await;
}

const STREAM: &str = "200 text/event-stream";
const ENDPOINT: &str = "event: endpoint\ndata: /mcp?session={p1}\n\n";

fn server() -> Endpoint<String> {
    let server = MiniMcp::new("old").principal(|user: &String| user.clone());
    let tools = [
        Tool::from_fn("reports", |_: Arguments, call: Call| async move {
            call.progress().report(1.0).await;
            tokio::task::yield_now().await;
            Ok::<_, String>("reported")
        }),
        Tool::from_fn("hangs", |_: Arguments, _: Call| {
            std::future::pending::<Result<String, String>>()
        }),
        Tool::from_fn("touch", |_: Arguments, changes: minimcp::Changes| async move {
            changes.resource("note://1");
            Ok::<_, String>("touched")
        }),
    ];
    for tool in tools {
        server.tools().add(tool).unwrap();
    }
    #[cfg(feature = "ask")]
    let asks = Tool::from_fn("asks", |_: Arguments, client: minimcp::Client| async move {
        let word: String = client.sample("A word?").await?.to_text();
        Ok::<_, minimcp::Error>(format!("the word is {word}"))
    });
    #[cfg(feature = "ask")]
    server.tools().add(asks).unwrap();
    let note = |_: Arguments, _: Call| async { Ok::<_, String>("text") };
    server.resources().add(Resource::from_fn("note://{name}", "note", note)).unwrap();
    Endpoint::streamable(server)
}

/// A message to the first stream.
fn post(message: &str) -> String {
    format!("POST /mcp?session={{p1}}\n\n{message}")
}

fn call(id: u8, tool: &str) -> String {
    post(&format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","_meta":{{"progressToken":7}}}}}}"#
    ))
}

fn event(message: &str) -> String {
    format!("event: message\ndata: {message}\n\n")
}

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{"sampling":{}},"clientInfo":{"name":"x","version":"1"}}}"#;

#[tokio::test]
async fn answers_come_on_the_stream() {
    let subscribe =
        r#"{"jsonrpc":"2.0","id":4,"method":"resources/subscribe","params":{"uri":"note://1"}}"#;
    let cancelled =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":6}}"#;
    check(
        &[Sse::new(server())],
        &[
            ("0 as a", "GET", STREAM),
            ("a", "", ENDPOINT),
            ("0", &post(INITIALIZE), "202"),
            ("a", "", &event(r#"{…"id":0,…"protocolVersion":"2024-11-05"…}"#)),
            ("0", &post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#), "202"),
            ("0", &call(1, "reports"), "202"),
            ("a", "", &progress(1.0)),
            ("a", "", &event(r#"{…"id":1,…reported…}"#)),
            ("0", &post("nonsense"), "202"),
            ("a", "", &event(r#"{…"id":null,"error":{"code":-32700…}"#)),
            ("0", &post(subscribe), "202"),
            ("a", "", &event(r#"{"jsonrpc":"2.0","id":4,"result":{}}"#)),
            ("0", &call(5, "touch"), "202"),
            ("a", "", "event: message\ndata: …touched…"),
            ("a", "", &event(r#"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"note://1"}}"#)),
            ("0", &call(6, "hangs"), "202"),
            ("0", &post(cancelled), "202"),
            ("0", &post(PING), "202"),
            ("a", "", &event(PONG)),
        ],
    )
    .await;
}

#[cfg(feature = "ask")]
#[tokio::test]
async fn the_client_is_asked_on_the_stream() {
    let answer = r#"{"jsonrpc":"2.0","id":1,"result":{"role":"assistant","model":"m","content":{"type":"text","text":"cake"}}}"#;
    check(
        &[Sse::new(server()).in_flight(1)],
        &[
            ("0 as a", "GET", STREAM),
            ("a", "", ENDPOINT),
            ("0", &post(INITIALIZE), "202"),
            ("a", "", "…"),
            ("0", &call(7, "asks"), "202"),
            ("a", "", &event(r#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage",…}"#)),
            ("0", &post(answer), "202"),
            ("a", "", &event(r#"{…"id":7,…the word is cake…}"#)),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_stream_is_for_its_principal_and_for_as_long_as_it_is_open() {
    let gone = "404 text/plain; charset=utf-8\n…";
    check(
        &[Sse::new(server()).streams(1)],
        &[
            ("0 as a", "GET", STREAM),
            ("a", "", ENDPOINT),
            ("0", "GET", "503 …"),
            ("0", &format!("x-user: bob\n{}", post(PING)), gone),
            ("0", &post(PING).replace("{p1}", "x"), gone),
            ("0", &format!("\n\n{PING}"), gone),
            ("0", "PUT", "405 text/plain; charset=utf-8 GET, POST\n…"),
            ("0", "GET\naccept: application/json", "406 …"),
            ("0", "GET\nhost: evil.example", "403 …"),
            ("0", &format!("content-type: text/plain\n{}", post(PING)), "415 …"),
            ("drop a", "", ""),
            ("0", &post(PING), gone),
            ("0 as b", "GET", STREAM),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_bounded() {
    let hangs = call(1, "hangs");
    check(
        &[Sse::new(server().keep_alive(Duration::from_secs(12))).waiting(1).in_flight(1)],
        &[
            ("0 as a", "GET", STREAM),
            ("a", "", ENDPOINT),
            ("0", &hangs, "202"),
            ("0", &post(PING), "503 …"),
            // It is read now, and takes the one place.
            ("a", "", ":\n\n"),
            ("0", &post(PING), "202"),
            ("0", &post(PING), "503 …"),
            ("a", "", ":\n\n"),
            // It is stopped after 30 seconds.
            ("a", "", "event: message\ndata: …stopped…"),
            ("a", "", &event(PONG)),
            ("0", &format!("{}{}", post(PING), " ".repeat(5 << 20)), "413 …"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_route_says_its_own_path() {
    let server = || crate::server();
    let app: Router = Router::new()
        .route("/mcp", sse(server()))
        .nest("/inner", Router::new().route("/sse", sse(server())));
    let steps: [Step<'_>; 6] = [
        ("0 as a", "GET", STREAM),
        ("a", "", ENDPOINT),
        ("0", &post(PING), "202"),
        ("a", "", &event(PONG)),
        ("0 as b", "GET /inner/sse", STREAM),
        ("b", "", "event: endpoint\ndata: /inner/sse?session={p2}\n\n"),
    ];
    check(&[app], &steps).await;
}
