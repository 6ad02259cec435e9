//! All that is counted.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Collected};
use minimcp::http::{Endpoint, streamable};
use minimcp_benches::bare::{Answer, Lists, answer};
use minimcp_benches::bare_http;
use serde_json::{Value, json};
use tower_service::Service;

use crate::pipe::Pipe;
use crate::server::{handle, server};
use crate::{Case, finish};

/// A client of a revision.
#[derive(Clone, Copy)]
enum Client {
    Legacy,
    Modern,
}

use Client::{Legacy, Modern};

impl Client {
    fn name(self) -> &'static str {
        match self {
            Legacy => "2025-11-25",
            Modern => "2026-07-28",
        }
    }

    /// A request, as clients of this revision write it.
    fn request(self, method: &str, mut params: Value, token: Option<&str>) -> Bytes {
        let mut meta = json!({});
        if matches!(self, Modern) {
            meta = json!({
                "io.modelcontextprotocol/protocolVersion": self.name(),
                "io.modelcontextprotocol/clientInfo": { "name": "benchmark", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        if let Some(token) = token {
            set(&mut meta, "progressToken", json!(token));
        }
        if meta != json!({}) {
            set(&mut params, "_meta", meta);
        }
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        message.to_string().into()
    }

    fn call(self, tool: &str, arguments: Value) -> Bytes {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments }), None)
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.into(), value);
    }
}

/// All cases, in the order of the file of accepted counts.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    methods(&mut cases);
    arguments_and_results(&mut cases);
    sizes(&mut cases);
    http(&mut cases);
    stdio(&mut cases);
    cases
}

fn handled(
    cases: &mut Vec<Case>,
    name: &str,
    expected: &str,
    tools: usize,
    templates: usize,
    message: Bytes,
) {
    let server = server(tools, templates);
    cases.push(Case::new(name, expected, move || handle(&server, &message)));
}

fn floor(cases: &mut Vec<Case>, name: &str, expected: &str, message: Bytes) {
    let lists = Lists::default();
    cases.push(Case::new(format!("floor: {name}"), expected, move || {
        match answer(&message, &lists) {
            Ok(Some(Answer::Whole(answer))) => answer.into(),
            _ => Bytes::new(),
        }
    }));
}

/// Each method, and beside a call what serde_json alone takes for it.
fn methods(cases: &mut Vec<Case>) {
    for client in [Legacy, Modern] {
        let name = |what: &str| format!("{what}, {}", client.name());
        let add = client.call("add", json!({ "a": 1.5, "b": 2.25 }));
        let sum = r#"{"type":"text","text":"3.75"}"#;
        floor(cases, &name("tools/call add"), sum, add.clone());
        handled(cases, &name("tools/call add"), sum, 5, 1, add);
        let list = client.request("tools/list", json!({}), None);
        handled(cases, &name("tools/list of 6"), r#""name":"add""#, 6, 0, list.clone());
        handled(cases, &name("tools/list of 100"), r#""name":"measure_99""#, 100, 0, list);
        let explain = json!({ "name": "explain", "arguments": { "topic": "rust" } });
        let explain = client.request("prompts/get", explain, None);
        handled(cases, &name("prompts/get"), "Explain rust in", 5, 1, explain);
        let read =
            client.request("resources/read", json!({ "uri": "kind0://users/7/profile" }), None);
        handled(cases, &name("resources/read"), "user 7", 5, 1, read);
        let complete = json!({
            "ref": { "type": "ref/prompt", "name": "explain" },
            "argument": { "name": "topic", "value": "ru" },
        });
        let complete = client.request("completion/complete", complete, None);
        handled(cases, &name("completion/complete"), r#"["rust","ruby"]"#, 5, 1, complete);
    }
    let initialize = introduction();
    handled(cases, "initialize, 2025-11-25", r#""protocolVersion":"2025-11-25""#, 5, 1, initialize);
    handled(
        cases,
        "ping, 2025-11-25",
        r#""result":{}"#,
        5,
        1,
        Legacy.request("ping", json!({}), None),
    );
    let discover = Modern.request("server/discover", json!({}), None);
    handled(cases, "server/discover, 2026-07-28", "supportedVersions", 5, 1, discover);
}

/// Small and large values, in and out.
fn arguments_and_results(cases: &mut Vec<Case>) {
    for size in [1, 64, 1024] {
        let text = "0123456789abcdef".repeat(size * 64);
        let echo = Legacy.call("echo", json!({ "text": text }));
        let name = format!("tools/call echo of {size} KB");
        floor(cases, &name, &text, echo.clone());
        handled(cases, &name, &text, 5, 0, echo);
    }
    for number in [1, 1000] {
        let place = json!({ "name": "here", "latitude": 1.5, "longitude": 2.5 });
        let places = Legacy.call("places", json!({ "places": vec![place; number] }));
        let expected = format!(r#"{{"result":{number}}}"#);
        handled(cases, &format!("arguments: {number} objects"), &expected, 5, 0, places);
        let make = Legacy.call("make", json!({ "number": number }));
        handled(cases, &format!("results: {number} objects"), "place 0", 5, 0, make);
    }
    let show = Legacy.call("show", json!({ "number": 100 }));
    handled(cases, "results: 100 blocks of text", "block 99", 5, 0, show);
    let wrong = Legacy.call("add", json!({ "a": "x", "c": 1 }));
    handled(cases, "arguments: wrong", r#""isError":true"#, 5, 0, wrong);
}

/// What must not depend on how much is registered.
fn sizes(cases: &mut Vec<Case>) {
    for tools in [10, 100, 1_000, 10_000] {
        let add = Modern.call("add", json!({ "a": 1.5, "b": 2.25 }));
        handled(cases, &format!("tools/call add, {tools} tools"), "3.75", tools, 0, add);
    }
    for templates in [1, 10, 100, 1_000] {
        let uri = format!("kind{}://users/7/profile", templates - 1);
        let read = Legacy.request("resources/read", json!({ "uri": uri }), None);
        handled(
            cases,
            &format!("resources/read, {templates} templates"),
            "user 7",
            5,
            templates,
            read,
        );
    }
}

/// The whole service in process: from a request that is built to the last byte of its answer.
fn http(cases: &mut Vec<Case>) {
    for client in [Legacy, Modern] {
        let add = client.call("add", json!({ "a": 1.5, "b": 2.25 }));
        let name = |what: &str| format!("{what}, {}", client.name());
        routed(
            cases,
            &name("floor: bare axum route"),
            "3.75",
            bare_http::router(Lists::default()),
            client,
            add.clone(),
        );
        let mounted = Router::new().route("/mcp", streamable(server(5, 0)));
        routed(cases, &name("axum route"), "3.75", mounted, client, add.clone());
        let endpoint = Endpoint::streamable(server(5, 0));
        cases.push(Case::new(name("endpoint"), "3.75", move || {
            let response = finish(endpoint.respond(request(client, &add), ()));
            finish(response.into_body().collect()).map(Collected::to_bytes).unwrap_or_default()
        }));
    }
    let list = Legacy.request("tools/list", json!({}), None);
    let mut mounted = Router::new().route("/mcp", streamable(server(100, 0)));
    cases.push(Case::new("axum route, list of 100", r#""name":"measure_99""#, move || {
        let Ok(response) = finish(mounted.call(request(Legacy, &list)));
        longest(response.into_body())
    }));
    for events in [1, 100] {
        let count = json!({ "name": "count", "arguments": { "steps": events } });
        let count = Legacy.request("tools/call", count, Some("p"));
        let last = format!(r#""progressToken":"p","progress":{events}.0"#);
        let name = format!("axum route, {events} events");
        routed(
            cases,
            &format!("floor: bare {name}"),
            &last,
            bare_http::router(Lists::default()),
            Legacy,
            count.clone(),
        );
        let mounted = Router::new().route("/mcp", streamable(server(5, 0)));
        routed(cases, &name, &last, mounted, Legacy, count);
    }
}

fn routed(
    cases: &mut Vec<Case>,
    name: &str,
    expected: &str,
    mut router: Router,
    client: Client,
    message: Bytes,
) {
    cases.push(Case::new(name, expected, move || {
        let Ok(response) = finish(router.call(request(client, &message)));
        finish(response.into_body().collect()).map(Collected::to_bytes).unwrap_or_default()
    }));
}

/// The longest piece of a body, which is read as a server of HTTP does: piece by piece, and joined by nobody.
fn longest(mut body: Body) -> Bytes {
    let mut longest = Bytes::new();
    while let Some(Ok(frame)) = finish(body.frame()) {
        if let Ok(piece) = frame.into_data()
            && piece.len() > longest.len()
        {
            longest = piece;
        }
    }
    longest
}

fn request(client: Client, message: &Bytes) -> Request<Body> {
    let mut request = Request::new(Body::from(message.clone()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static("/mcp");
    let mut set = |name, value| {
        request
            .headers_mut()
            .insert(http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
    };
    set("host", "127.0.0.1:8000");
    set("content-type", "application/json");
    set("accept", "application/json, text/event-stream");
    set("mcp-protocol-version", client.name());
    if let Modern = client {
        set("mcp-method", "tools/call");
        set("mcp-name", "add");
    }
    request
}

/// What clients begin with up to 2025-11-25.
fn introduction() -> Bytes {
    let initialize = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "benchmark", "version": "1" },
    });
    Legacy.request("initialize", initialize, None)
}

/// Over pipes: from the lines of a read to those of a write.
fn stdio(cases: &mut Vec<Case>) {
    for client in [Legacy, Modern] {
        for calls in [1, 64] {
            let add = client.call("add", json!({ "a": 1.5, "b": 2.25 }));
            piped(
                cases,
                &format!("stdio, {calls} calls, {}", client.name()),
                "3.75",
                &add,
                calls,
                1,
            );
        }
    }
    let echo = Legacy.call("echo", json!({ "text": "0123456789abcdef".repeat(4096) }));
    piped(cases, "stdio, echo of 64 KB", "0123456789abcdef", &echo, 1, 1);
    let count = json!({ "name": "count", "arguments": { "steps": 100 } });
    let count = Legacy.request("tools/call", count, Some("p"));
    let last = r#""progressToken":"p","progress":100.0"#;
    piped(cases, "stdio, 100 events", last, &count, 1, 101);
}

/// Some calls that are read at once, each answered with as many lines.
fn piped(
    cases: &mut Vec<Case>,
    name: &str,
    expected: &str,
    call: &Bytes,
    calls: usize,
    answers: usize,
) {
    // Each id once, as clients number their requests.
    let line =
        |id| String::from_utf8_lossy(call).replace(r#""id":1,"#, &format!(r#""id":{id},"#)) + "\n";
    let lines: String = (0..calls).map(line).collect();
    let lines = Bytes::from(lines);
    let lists = Lists::default();
    let asked = lines.clone();
    cases.push(Case::new(format!("floor: {name}"), expected, move || {
        let mut out = Vec::new();
        for line in asked.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match answer(line, &lists) {
                Ok(Some(Answer::Whole(answer))) => write_line(&mut out, &answer),
                Ok(Some(Answer::Events(events))) => {
                    events.for_each(|event| write_line(&mut out, &event));
                }
                _ => (),
            }
        }
        out.into()
    }));
    let mut pipe = Pipe::open(server(5, 0));
    // As clients do; those of 2026-07-28 introduce themselves in each message.
    pipe.ask(&Bytes::from([&*introduction(), b"\n"].concat()), 1);
    cases.push(Case::new(name, expected, move || pipe.ask(&lines, calls * answers)));
}

fn write_line(out: &mut Vec<u8>, line: &[u8]) {
    out.extend_from_slice(line);
    out.push(b'\n');
}
