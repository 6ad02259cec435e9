//! Clients that find out what a server speaks: their first messages, on one pipe or one connection, one after the other
//! and all at once.
#![cfg(all(feature = "stdio", feature = "http"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use minimcp::http::{Endpoint, Server};
use minimcp::stdio::Stdio;
use minimcp::{Call, Connection, MiniMcp, Outbox, Tool};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A message with an id and what becomes of it.
type Step = (Value, &'static str);

fn server() -> MiniMcp {
    let server = MiniMcp::new("probed").with_version("1.0.0");
    let tool =
        Tool::from_fn("add", |_: Map<String, Value>, _: Call| async { Ok::<_, String>("3") });
    server.tools().add(tool).unwrap();
    server
}

/// Sends the messages of a client over a pipe, each after the answer to the one before, and then all at once, and over
/// one connection of HTTP in the same two ways.
async fn check(client: &str, steps: &[Step]) {
    let connection = Connection::new(server());
    for (message, expected) in steps {
        let reply = connection.handle(message.to_string(), Outbox::none(), ()).await;
        let reply = reply.as_str().map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(told(message, reply.as_ref()), *expected, "{client}, one by one: {message}");
    }

    let lines: String = steps.iter().map(|(message, _)| format!("{message}\n")).collect();
    let mut output = Vec::new();
    Stdio::new(server(), ()).run_on(lines.as_bytes(), &mut output).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    let replies: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (message, expected) in steps {
        let reply =
            replies.iter().find(|reply| reply.get("id").is_some() && reply["id"] == message["id"]);
        assert_eq!(told(message, reply), *expected, "{client}, at once: {message}");
    }
}

/// Sends requests of HTTP over one connection, all at once, and compares status and answer of each.
async fn check_http(client: &str, steps: &[(&str, Value, &'static str)]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new(Endpoint::streamable(server())).serve(listener));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut requests = String::new();
    for (index, (head, message, _)) in steps.iter().enumerate() {
        let (method, headers) = head.split_once('\n').unwrap_or((head, ""));
        let headers: String = headers.lines().map(|line| format!("{line}\r\n")).collect();
        let body = if message.is_null() { String::new() } else { message.to_string() };
        let close = if index + 1 == steps.len() { "connection: close\r\n" } else { "" };
        let length = body.len();
        requests += &format!(
            "{method} /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{headers}{close}content-length: {length}\r\n\r\n{body}"
        );
    }
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    let mut rest = rest.as_str();
    for (_, message, expected) in steps {
        let (head, after) = rest.split_once("\r\n\r\n").expect("a response for each request");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let (body, after) = after.split_at(length.map_or(0, |length| length.parse().unwrap()));
        rest = after;
        let status = head.split(' ').nth(1).unwrap();
        let reply: Option<Value> = serde_json::from_str(body).ok();
        let told = format!("{status} {}", told(message, reply.as_ref()));
        assert_eq!(told.trim_end(), *expected, "{client}: {message}");
    }
}

/// What an answer says, in a word or two; its id has to be the one of the message.
fn told(message: &Value, reply: Option<&Value>) -> String {
    let Some(reply) = reply else { return String::new() };
    assert_eq!(reply["id"], message["id"], "{message} {reply}");
    let result = &reply["result"];
    if let Some(code) = reply.pointer("/error/code") {
        return format!("error {code}");
    }
    if let Some(versions) = result.get("supportedVersions") {
        return format!("supports {versions}");
    }
    if let Some(version) = result.get("protocolVersion").and_then(Value::as_str) {
        return format!("speaks {version}");
    }
    match result.get("tools").and_then(Value::as_array) {
        Some(tools) => format!("{} tools, kept for {}", tools.len(), result["ttlMs"]),
        None => result.to_string(),
    }
}

fn request(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

fn modern(id: impl Into<Value>, method: &str) -> Value {
    request(
        id,
        method,
        json!({ "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        } }),
    )
}

fn initialize(id: impl Into<Value>, revision: &str) -> Value {
    request(
        id,
        "initialize",
        json!({
            "protocolVersion": revision, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" },
        }),
    )
}

fn initialized() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })
}

const DISCOVERED: &str = "supports [\"2026-07-28\"]";
const MODERN_TOOLS: &str = "1 tools, kept for 0";
const LEGACY_TOOLS: &str = "1 tools, kept for null";

#[tokio::test]
async fn a_client_that_discovers_goes_on_in_the_new_revision() {
    check(
        "Python SDK 2, Go SDK",
        &[
            (modern(0, "server/discover"), DISCOVERED),
            (modern(1, "tools/list"), MODERN_TOOLS),
            (modern(2, "server/discover"), DISCOVERED),
        ],
    )
    .await;
    check(
        "TypeScript SDK 2: the probe has a process of its own",
        &[(modern("server-discover-probe-1", "server/discover"), DISCOVERED)],
    )
    .await;
}

#[tokio::test]
async fn a_client_that_discovers_may_go_on_with_a_handshake() {
    check(
        "Claude Code, Copilot CLI",
        &[
            (modern(0, "server/discover"), DISCOVERED),
            (initialize(1, "2025-11-25"), "speaks 2025-11-25"),
            (initialized(), ""),
            (request(2, "tools/list", json!({})), LEGACY_TOOLS),
            (modern(3, "tools/list"), MODERN_TOOLS),
            (request(4, "tools/list", json!({})), LEGACY_TOOLS),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_describe_itself_is_told_how_and_goes_on() {
    check(
        "samples on the web",
        &[
            (request("a", "server/discover", json!({})), "error -32602"),
            (request("b", "foo/bar", json!({})), "error -32601"),
            (request("c", "ping", json!({})), "{}"),
            (initialize("d", "2024-11-05"), "speaks 2024-11-05"),
            (request("e", "tools/list", Value::Null), LEGACY_TOOLS),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_handshake_settles_on_a_revision_with_one() {
    for (asked, settled) in [
        ("2024-11-05", "speaks 2024-11-05"),
        ("2025-03-26", "speaks 2025-03-26"),
        ("2025-06-18", "speaks 2025-06-18"),
        ("2026-07-28", "speaks 2025-11-25"),
        ("DRAFT-2026-v1", "speaks 2025-11-25"),
    ] {
        check(
            "rmcp, VS Code, Copilot Studio",
            &[
                (initialize("one", asked), settled),
                (request(2, "ping", json!({})), "{}"),
                (initialized(), ""),
                (request(3, "tools/list", json!({})), LEGACY_TOOLS),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn a_connection_of_http_serves_every_order() {
    let discover = "POST\nmcp-protocol-version: 2026-07-28\nmcp-method: server/discover\naccept: application/json, text/event-stream";
    let list = "POST\nmcp-protocol-version: 2026-07-28\nmcp-method: tools/list\naccept: application/json, text/event-stream";
    check_http(
        "claude.ai",
        &[
            (
                "POST\naccept: */*\nmcp-protocol-version: 2025-06-18",
                initialize(0, "2025-06-18"),
                "200 speaks 2025-06-18",
            ),
            ("POST", initialize(1, "2025-11-25"), "200 speaks 2025-11-25"),
            (
                "POST\nmcp-protocol-version: 2025-11-25",
                request(2, "tools/list", json!({})),
                "200 1 tools, kept for null",
            ),
        ],
    )
    .await;
    check_http(
        "discover first",
        &[
            (discover, modern("probe", "server/discover"), "200 supports [\"2026-07-28\"]"),
            (list, modern(1, "tools/list"), "200 1 tools, kept for 0"),
            ("POST", initialize(2, "2025-11-25"), "200 speaks 2025-11-25"),
            ("POST\nmcp-protocol-version: 2025-11-25", initialized(), "202"),
            ("POST\nmcp-protocol-version: 2025-11-25", request(3, "ping", json!({})), "200 {}"),
            (discover, modern(4, "server/discover"), "200 supports [\"2026-07-28\"]"),
        ],
    )
    .await;
    check_http(
        "a handshake under any header",
        &[
            (
                "POST\nmcp-protocol-version: 2099-01-01",
                initialize(0, "2099-01-01"),
                "200 speaks 2025-11-25",
            ),
            (
                "POST\nmcp-protocol-version: 2026-07-28",
                initialize(1, "2026-07-28"),
                "200 speaks 2025-11-25",
            ),
            (
                "POST\nmcp-protocol-version: 2025-11-25",
                initialize(2, "2024-11-05"),
                "200 speaks 2024-11-05",
            ),
        ],
    )
    .await;
    check_http(
        "a probe that describes itself badly",
        &[
            (discover, request(0, "server/discover", json!({})), "400 error -32602"),
            ("POST", request(1, "server/discover", json!({})), "200 error -32602"),
            ("POST", initialize(2, "2025-11-25"), "200 speaks 2025-11-25"),
        ],
    )
    .await;
}
