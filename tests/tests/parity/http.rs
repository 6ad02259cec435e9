//! HTTP: what is refused before a message is read, statuses, and answers that become streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use minimcp::http::{Body, Endpoint, Legacy};
use minimcp::{Error, MiniMcp, Progress, Scope, handlers, tool};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::wire::{V, assert_matches, error, read, text};

/// Add two numbers
#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Report these texts, then answer or fail
#[tool]
async fn report(
    texts: Vec<String>,
    fail: Option<bool>,
    progress: Progress,
) -> Result<usize, Error> {
    for (done, text) in texts.iter().enumerate() {
        progress.report(done as f64).message(text).await;
        sleep(Duration::from_secs(1)).await;
    }
    if fail == Some(true) { Err(Error::internal("password=x")) } else { Ok(texts.len()) }
}

/// Sleep for some seconds
#[tool]
async fn nap(seconds: u64) -> &'static str {
    sleep(Duration::from_secs(seconds)).await;
    "slept"
}

pub(crate) fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![add, report, nap])
}

/// Both without sessions, as the original is.
pub(crate) fn both() -> [Endpoint<()>; 2] {
    [Endpoint::json, Endpoint::streamable].map(|of| of(server()).legacy(Legacy::Stateless))
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const ANY: (&str, &str) = ("accept", "application/json, text/event-stream");
const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

pub(crate) fn call(name: &str, arguments: Value) -> String {
    let params = json!({ "name": name, "arguments": arguments, "_meta": { "progressToken": 1 } });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

pub(crate) async fn send(
    endpoint: &Endpoint<()>,
    method: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Response<Body> {
    let mut request = Request::builder().method(method).uri("/mcp").header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body: Vec<u8> = body.into();
    endpoint.respond(request.body(Full::new(axum::body::Bytes::from(body))).unwrap(), ()).await
}

/// What an answer says: JSON as it is, of a stream the messages as a list, anything else as text.
async fn content(response: Response<Body>) -> Value {
    let kind = response.headers().get("content-type").cloned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    match kind.as_ref().map(|kind| kind.to_str().unwrap()) {
        Some("application/json") => read(&body),
        Some("text/event-stream") => json!(events(&body)),
        Some(_) => json!(body),
        None => json!(null),
    }
}

/// As [`content`], of the answer to this message; the messages in it are judged.
pub(crate) async fn judged(
    response: Response<Body>,
    headers: &[(&str, &str)],
    message: &[u8],
) -> Value {
    let content = content(response).await;
    let version =
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("mcp-protocol-version"));
    if content.is_object() || content.is_array() {
        let message = String::from_utf8_lossy(message);
        judge::over_http(version.map(|(_, version)| *version), &message, &content.to_string());
    }
    content
}

/// The messages of a stream; comments are left out.
pub(crate) fn events(body: &str) -> Vec<Value> {
    let blocks = body.split_inclusive("\n\n").filter(|block| !block.starts_with(':'));
    blocks
        .map(|block| {
            let data = block
                .strip_suffix("\n\n")
                .and_then(|block| block.strip_prefix("event: message\ndata: "));
            read(data.unwrap_or_else(|| panic!("an event is a message, in one line: {block}")))
        })
        .collect()
}

/// Sends a message to both kinds of endpoint, and compares status and content.
pub(crate) async fn check(
    method: &str,
    headers: &[(&str, &str)],
    body: &str,
    status: u16,
    expected: Value,
) {
    for endpoint in both() {
        check_one(&endpoint, method, headers, body, status, expected.clone()).await;
    }
}

pub(crate) async fn check_one(
    endpoint: &Endpoint<()>,
    method: &str,
    headers: &[(&str, &str)],
    body: &str,
    status: u16,
    expected: Value,
) {
    let response = send(endpoint, method, headers, body).await;
    let context = format!("{method} {headers:?} {body:.300}");
    assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{context}");
    let content = judged(response, headers, body.as_bytes()).await;
    assert_matches(&json!([content]), &json!([expected]), &context);
}

fn pong() -> Value {
    json!({ "id": 1, "result": {} })
}

#[tokio::test]
async fn h1_a_message_is_handled_once_and_answered_with_json() {
    /// Count a call
    #[tool]
    async fn count(calls: Scope<Arc<AtomicUsize>>) -> usize {
        calls.0.fetch_add(1, Ordering::Relaxed) + 1
    }
    let server = MiniMcp::<Arc<AtomicUsize>>::new("counter").handlers(handlers![count]);
    let calls = Arc::new(AtomicUsize::new(0));
    for endpoint in [Endpoint::json(server.clone()), Endpoint::streamable(server)] {
        let request = Request::post("/").header("host", "localhost").header(JSON.0, JSON.1);
        let body = Full::new(axum::body::Bytes::from(call("count", json!({}))));
        let response = endpoint.respond(request.body(body).unwrap(), Arc::clone(&calls)).await;
        assert_eq!(response.status(), 200);
        let now = calls.load(Ordering::Relaxed).to_string();
        let said = judged(response, &[JSON], call("count", json!({})).as_bytes()).await;
        assert_matches(&said, &text(&now), "the call");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn h2_only_post_carries_messages() {
    for method in ["GET", "PUT", "DELETE", "PATCH", "HEAD"] {
        for endpoint in both() {
            let response = send(&endpoint, method, &[JSON, ANY], PING).await;
            assert_eq!(
                (response.status().as_u16(), &response.headers()["allow"]),
                (405, &"POST".parse().unwrap())
            );
        }
    }
}

#[tokio::test]
async fn h3_the_kinds_of_answer_that_the_client_takes() {
    for accept in [
        "application/json, text/event-stream",
        "Application/JSON;q=0.5 ,TEXT/event-stream; q=0.9",
        "application/json",
        "application/*",
        "*/*",
        "text/html, */*;q=0.1",
        "",
    ] {
        check("POST", &[JSON, ("accept", accept)], PING, 200, pong()).await;
    }
    check("POST", &[JSON], PING, 200, pong()).await;
    for accept in ["text/html", "application/xml, image/*", "json", "application/json;q=0"] {
        check("POST", &[JSON, ("accept", accept)], PING, 406, json!("…application/json…")).await;
    }
    // A client that takes streams alone gets one.
    let stream = [JSON, ("accept", "text/event-stream")];
    let [plain, streamable] = both();
    check_one(&plain, "POST", &stream, PING, 406, json!("…application/json…")).await;
    check_one(&streamable, "POST", &stream, PING, 200, json!([pong()])).await;
}

#[tokio::test]
async fn h4_the_content_has_to_be_json() {
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/Json",
        " application/json ;x=y",
    ] {
        check("POST", &[("content-type", kind), ANY], PING, 200, pong()).await;
    }
    for kind in ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", ""] {
        check("POST", &[("content-type", kind), ANY], PING, 415, json!("…application/json…")).await;
    }
    check("POST", &[ANY], PING, 415, json!("…application/json…")).await;
}

#[tokio::test]
async fn h5_the_version_header() {
    let headers = |name, version| [JSON, ANY, (name, version)];
    for name in ["mcp-protocol-version", "MCP-Protocol-Version"] {
        for version in ["2025-03-26", "2025-06-18", "2025-11-25", " 2025-11-25 "] {
            check("POST", &headers(name, version), PING, 200, pong()).await;
        }
        for version in ["2099-01-01", "nonsense", ""] {
            let data = json!({ "requested": version, "supported": ["2026-07-28"] });
            let refused = json!({ "id": 1, "error": { "code": -32022, "data": data } });
            check("POST", &headers(name, version), PING, 400, refused).await;
        }
        // The handshake says its revision itself.
        let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": "2025-06-18" } });
        let expected = json!({ "result": { "protocolVersion": "2025-06-18" } });
        check("POST", &headers(name, "2099-01-01"), &initialize.to_string(), 200, expected).await;
        let broken = json!({ "error": { "code": -32700 } });
        check("POST", &headers(name, "2099-01-01"), "nonsense", 400, broken).await;
    }
    check("POST", &[JSON, ANY], PING, 200, pong()).await;
    // The header decides how answers are written: 2025-03-26 without one.
    let wrong = call("add", json!({}));
    check("POST", &[JSON, ANY], &wrong, 200, error(-32602, "Missing")).await;
    let told = json!({ "result": { "isError": true } });
    check("POST", &headers("mcp-protocol-version", "2025-11-25"), &wrong, 200, told).await;
}

#[tokio::test]
async fn h6_the_first_mistake_is_answered() {
    check("GET", &[], "", 405, json!("…POST…")).await;
    check("POST", &[], "nonsense", 415, json!("…application/json…")).await;
    check("POST", &[("accept", "text/html")], "nonsense", 415, json!("…application/json…")).await;
    check("POST", &[JSON, ("accept", "text/html")], "nonsense", 406, json!("…application/json…"))
        .await;
}

#[tokio::test]
async fn h7_notifications_and_answers_are_accepted_without_content() {
    for message in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/nonsense","params":7}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
    ] {
        check("POST", &[JSON, ANY], message, 202, Value::Null).await;
    }
}

#[tokio::test]
async fn h8_errors_of_calls_have_the_status_of_their_revision() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let failing = json!({ "texts": [], "fail": true });
    for (method, params, code, modern) in [
        ("nonsense", json!({}), -32601, 404),
        ("tools/call", json!({ "name": "nope" }), -32602, 200),
        ("tools/call", json!({ "name": "report", "arguments": failing }), -32603, 200),
    ] {
        let mut message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let expected = json!({ "id": 1, "error": { "code": code } });
        let legacy = [JSON, ANY, ("mcp-protocol-version", "2025-11-25")];
        check("POST", &legacy, &message.to_string(), 200, expected.clone()).await;
        message["params"]["_meta"] = meta.clone();
        let name = params["name"].as_str().unwrap_or_default();
        let headers = [
            JSON,
            ANY,
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
            ("mcp-name", name),
        ];
        check("POST", &headers, &message.to_string(), modern, expected).await;
    }
}

#[tokio::test]
async fn h9_i10_what_is_no_message_is_a_bad_request() {
    for (message, code) in [
        ("nonsense", -32700),
        ("", -32700),
        ("{", -32700),
        (r#"{"jsonrpc":"2.0",}"#, -32700),
        (r#"{"jsonrpc":"2.0" "id":1}"#, -32700),
        (r#"{'jsonrpc':'2.0'}"#, -32700),
        ("[]", -32600),
        (r#""text""#, -32600),
        ("{}", -32600),
        (r#"{"id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":null,"id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
    ] {
        check("POST", &[JSON, ANY], message, 400, json!({ "error": { "code": code } })).await;
    }
    let extra = r#"{"jsonrpc":"2.0","id":1,"method":"ping","extra":{"a":[]}}"#;
    check("POST", &[JSON, ANY], extra, 200, pong()).await;
}

#[tokio::test]
async fn h10_a_handler_that_panics_is_answered() {
    /// Panic
    #[tool]
    async fn crash() {
        panic!("secret")
    }
    for endpoint in [Endpoint::json, Endpoint::streamable] {
        let endpoint = endpoint(MiniMcp::new("test").handlers(handlers![crash]));
        let message = call("crash", json!({}));
        let expected = json!({ "id": 1, "error": { "code": -32603, "message": "internal error" } });
        check_one(&endpoint, "POST", &[JSON, ANY], &message, 200, expected).await;
    }
}

#[tokio::test]
async fn h11_a_route_of_axum_serves_one_path() {
    use tower::ServiceExt as _;
    // The one has sessions, whose streams are opened with GET; none is named here.
    for (route, get) in
        [(minimcp::http::json::<(), ()> as fn(_) -> _, 405), (minimcp::http::streamable, 400)]
    {
        let app = axum::Router::new().route("/mcp", route(server()));
        for (method, path, status) in [
            ("POST", "/mcp", 200),
            ("GET", "/mcp", get),
            ("POST", "/", 404),
            ("POST", "/mcp/x", 404),
        ] {
            let request = Request::builder().method(method).uri(path).header("host", "localhost");
            let request =
                request.header(JSON.0, JSON.1).body(axum::body::Body::from(PING)).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn s7_g9_bytes_that_make_no_sense_are_a_bad_request() {
    for endpoint in both() {
        for body in [&b"\xff\xfe"[..], b"\x00", b"\x1f\x8b\x08\x00", b""] {
            let response = send(&endpoint, "POST", &[JSON, ANY], body).await;
            assert_eq!(response.status(), 400, "{body:?}");
            let expected = json!({ "error": { "code": -32700 } });
            assert_matches(&judged(response, &[JSON, ANY], body).await, &expected, "no message");
        }
    }
    let zipped = [JSON, ANY, ("content-encoding", "gzip")];
    check("POST", &zipped, PING, 415, json!("…encoded…")).await;
}

#[tokio::test]
async fn s8_a_body_is_read_up_to_its_limit() {
    let long = |bytes: usize| PING.to_owned() + &" ".repeat(bytes - PING.len());
    check("POST", &[JSON, ANY], &long(1024 * 1024), 200, pong()).await;
    check("POST", &[JSON, ANY], &long(4 * 1024 * 1024 + 1), 413, json!("…4194304 bytes…")).await;
    let small = Endpoint::json(server()).body_limit(100);
    check_one(&small, "POST", &[JSON, ANY], &long(100), 200, pong()).await;
    check_one(&small, "POST", &[JSON, ANY], &long(101), 413, json!("…100 bytes…")).await;
}

#[tokio::test]
async fn g6_refusals_say_nothing_of_the_program() {
    for (headers, body) in [
        (&[][..], PING),
        (&[JSON, ("accept", "text/html")][..], PING),
        (&[JSON, ("mcp-protocol-version", "x")][..], PING),
        (&[JSON, ("origin", "http://evil.example")][..], PING),
        (&[JSON][..], "nonsense"),
    ] {
        let [_, streamable] = both();
        let response = send(&streamable, "POST", headers, body).await;
        assert!(response.status().is_client_error());
        let said = judged(response, headers, body.as_bytes()).await.to_string();
        for trace in [".rs", "src/", "panicked", "backtrace", "minimcp"] {
            assert!(!said.contains(trace), "{said}");
        }
    }
}

#[tokio::test]
async fn g8_pages_of_other_origins_and_other_hosts_are_refused() {
    for origin in ["http://localhost", "http://127.0.0.1:6274", "http://localhost:3000"] {
        check("POST", &[JSON, ANY, ("origin", origin)], PING, 200, pong()).await;
    }
    for origin in ["http://evil.example", "https://localhost.evil.example", "null", "nonsense"] {
        let refused = json!(format!("…{origin}…"));
        check("POST", &[JSON, ANY, ("origin", origin)], PING, 403, refused).await;
    }
    let mut headers = HeaderMap::new();
    headers.insert("host", "rebound.example".parse().unwrap());
    let mut request = Request::post("/mcp").body(Full::new(axum::body::Bytes::from(PING))).unwrap();
    *request.headers_mut() = headers;
    let [_, streamable] = both();
    assert_eq!(streamable.respond(request, ()).await.status(), 403);
}

#[tokio::test]
async fn g2_a_posted_cancellation_stops_nobody() {
    let [_, streamable] = both();
    for revision in [None, Some(V::V2025_11_25), Some(V::V2026_07_28)] {
        let mut headers = vec![JSON, ANY];
        headers.extend(revision.map(|revision| ("mcp-protocol-version", revision.as_str())));
        let cancel =
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
        check_one(&streamable, "POST", &headers, cancel, 202, Value::Null).await;
    }
}
