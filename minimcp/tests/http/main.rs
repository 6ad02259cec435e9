//! Servers behind HTTP: a request as text goes in, the response as text comes out.
#![cfg(feature = "http")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[cfg(feature = "auth")]
mod authorization;
mod connections;
#[cfg(feature = "sessions")]
mod dialog;
mod guards;
mod legacy;
mod limits;
mod listening;
mod lists;
mod mirror;
mod negotiation;
mod overload;
#[cfg(feature = "page")]
mod page;
#[cfg(feature = "sessions")]
mod resume;
mod routes;
mod serving;
#[cfg(feature = "sessions")]
mod sessions;
#[cfg(feature = "sse")]
mod sse;
mod streaming;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use minimcp::http::Endpoint;
use minimcp::{Call, Error, MiniMcp, Progress, Prompt, Resource, Tool};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

type Arguments = BTreeMap<String, String>;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const PONG: &str = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;

/// Sends a request and compares the response.
///
/// The request is lines of headers, with the method before them unless it is POST, and the address after it unless it is
/// `/mcp`; an empty line; and the content.
/// It has the content type of JSON unless it has another; `-` is none.
///
/// The response is its status, the headers that matter, and its content on lines of its own; `‖` is between two pieces
/// of it. A `…` in what is expected stands for anything.
async fn check(server: &impl Answers, request: &str, expected: &str) {
    let response = server.answer(parse(request)).await;
    let response = render(response).await;
    judge_response(request, &response);
    assert!(
        fits(&response, expected),
        "{request}\n\ngave\n\n{response}\n\ninstead of\n\n{expected}"
    );
}

/// Reads until what came ends with `end`, or to the end of the connection.
async fn read(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while end.is_empty() || !answer.ends_with(end.as_bytes()) {
        if stream.read_buf(&mut answer).await.unwrap_or_default() == 0 {
            break;
        }
    }
    String::from_utf8(answer).unwrap()
}

/// Judges the messages in a response to this request, if there are any.
fn judge_response(request: &str, response: &str) {
    let (head, content) = response.split_once('\n').unwrap_or((response, ""));
    if !head.contains("application/json") && !head.contains("text/event-stream") {
        return;
    }
    let (headers, message) = request.split_once("\n\n").unwrap_or((request, ""));
    // What an extension of one's own says is nobody else's to judge, nor are the metadata of a resource messages.
    if message.contains(r#""method":"notes/"#) || headers.contains("/.well-known/") {
        return;
    }
    let mut versions =
        headers.lines().filter_map(|line| line.strip_prefix("mcp-protocol-version: "));
    let version = match (versions.next(), versions.next()) {
        // Whoever says two has said none that is known.
        (Some(_), Some(_)) => Some(""),
        (version, _) => version,
    };
    judge::over_http(version, message, &content.replace('‖', ""));
}

/// Whatever answers requests.
trait Answers {
    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body>;
}

impl Answers for Endpoint<()> {
    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body> {
        self.respond(request, ()).await.map(axum::body::Body::new)
    }
}

fn parse(request: &str) -> Request<Full<Bytes>> {
    let (head, content) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut parsed = Request::post("/mcp");
    if !head.contains("content-type: ") {
        parsed = parsed.header("content-type", "application/json");
    }
    for line in head.lines().filter(|line| !line.is_empty() && *line != "content-type: -") {
        parsed = match line.split_once(": ") {
            Some((name, value)) => parsed.header(name, value.as_bytes()),
            None => match line.split_once(' ') {
                Some((method, address)) => parsed.method(method).uri(address),
                None => parsed.method(line),
            },
        };
    }
    parsed.body(Full::from(content.to_owned())).unwrap()
}

async fn render(response: Response<axum::body::Body>) -> String {
    let (head, mut body) = response.into_parts();
    let mut text = render_head(head.status, &head.headers);
    let mut separator = "\n";
    while let Some(frame) = body.frame().await {
        text += separator;
        text += std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap();
        separator = "‖";
    }
    text
}

fn render_head(status: StatusCode, headers: &HeaderMap) -> String {
    let mut text = status.as_u16().to_string();
    for name in ["content-type", "allow", "retry-after", "mcp-session-id", "www-authenticate"] {
        for value in headers.get_all(name) {
            text += &format!(" {}", value.to_str().unwrap());
        }
    }
    text
}

fn fits(text: &str, expected: &str) -> bool {
    let Some((first, others)) = expected.split_once('…') else { return text == expected };
    let (middle, last) = others.rsplit_once('…').unwrap_or(("", others));
    let rest = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let found = |rest: &str, piece: &str| rest.find(piece).map(|at| at + piece.len());
    rest.is_some_and(|rest| {
        middle.split('…').try_fold(rest, |rest, piece| rest.get(found(rest, piece)?..)).is_some()
    })
}

/// A call of a tool in the newest revision, with its headers; it asks for progress under the token 7.
fn call(tool: &str) -> String {
    modern("tools/call", Some(tool), &format!(r#""name":"{tool}","#))
}

/// A request of the newest revision, with its headers; `params` are members and end with a comma.
fn modern(method: &str, name: Option<&str>, params: &str) -> String {
    let name = name.map(|name| format!("mcp-name: {name}\n")).unwrap_or_default();
    let message = message(method, params);
    format!("mcp-protocol-version: 2026-07-28\nmcp-method: {method}\n{name}\n{message}")
}

/// The content of a request of the newest revision.
fn message(method: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}"_meta":{{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

/// A notification of progress as an event.
fn progress(value: f64) -> String {
    format!(
        "event: message\ndata: {}\n\n",
        format_args!(
            r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":7,"progress":{value:?}}}}}"#
        )
    )
}

/// A server with one handler for each way a call can go.
fn server() -> MiniMcp {
    let server = MiniMcp::new("http").idle_timeout(None);
    let tools = [
        Tool::from_fn("quick", |arguments: Arguments, _: Call| {
            let word = arguments.get("word").cloned().unwrap_or_else(|| "done".into());
            async move { Ok::<_, String>(word) }
        }),
        Tool::from_fn("pauses", |_: Arguments, _: Call| async {
            tokio::task::yield_now().await;
            Ok::<_, String>("done")
        }),
        Tool::from_fn("reports", |_: Arguments, progress: Progress| async move {
            progress.report(1.0).await;
            progress.report(2.0).await;
            Ok::<_, String>("done")
        }),
        Tool::from_fn("reports_slowly", |_: Arguments, progress: Progress| async move {
            progress.report(1.0).await;
            progress.report(2.0).await;
            tokio::task::yield_now().await;
            progress.report(3.0).message("weiter: ∞").await;
            tokio::task::yield_now().await;
            Ok::<_, String>("fertig: ✓")
        }),
        Tool::from_fn("fails_late", |_: Arguments, progress: Progress| async move {
            progress.report(1.0).await;
            tokio::task::yield_now().await;
            Err::<String, _>(Error::internal("secret"))
        }),
        Tool::from_fn("sleeps", |_: Arguments, _: Call| async {
            sleep(Duration::from_secs(40)).await;
            Ok::<_, String>("done")
        }),
        Tool::from_fn("needs_sampling", |_: Arguments, call: Call| async move {
            call.require("sampling")?;
            Ok::<_, Error>("done")
        }),
        Tool::from_fn("panics", |arguments: Arguments, _: Call| async move {
            Ok::<_, String>(arguments["none"].clone())
        }),
    ];
    for tool in tools {
        server.tools().add(tool).unwrap();
    }
    server
        .prompts()
        .add(Prompt::from_fn("greet", |_: Arguments, _: Call| async { Ok::<_, String>("Hello") }))
        .unwrap();
    server
        .resources()
        .add(Resource::from_fn("note://{name}", "note", |arguments: Arguments, _: Call| async move {
            Ok::<_, String>(arguments["name"].clone())
        }))
        .unwrap();
    server
}

fn endpoint() -> Endpoint<()> {
    Endpoint::streamable(server())
}
