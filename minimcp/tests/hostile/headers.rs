//! Headers that nobody should send.

use crate::case;
use crate::web::{check, post};

const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
const MODERN: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;

/// A request with another host than that of the server.
fn host(lines: &str) -> Vec<u8> {
    let request = String::from_utf8(post("", PING)).unwrap();
    request.replace("host: HOST\r\n", &lines.replace('\n', "\r\n")).into_bytes()
}

/// A request with these lines instead of the one that names the kind of its content.
fn kind(lines: &str) -> Vec<u8> {
    let request = String::from_utf8(post("", PING)).unwrap();
    request.replace("content-type: application/json\r\n", &lines.replace('\n', "\r\n")).into_bytes()
}

fn with(headers: &str) -> Vec<u8> {
    post(headers, PING)
}

fn modern(headers: &str) -> Vec<u8> {
    post(headers, MODERN)
}

/// A request with a line among its headers that need not be one.
fn with_line(line: &[u8], content: &str) -> Vec<u8> {
    let request = post("X\n", content);
    let at = request.windows(3).position(|three| three == b"X\r\n").unwrap();
    [&request[..at], line, &request[at + 1..]].concat()
}

#[tokio::test]
async fn hosts_and_origins() {
    check(vec![
        case("no host", host(""), "200 answered"),
        case("an empty host", host("host:\n"), "403"),
        case("another host", host("host: evil.example\n"), "403"),
        case("a host that begins like this machine", host("host: localhost.evil.example\n"), "403"),
        case("a host that begins like its address", host("host: 127.0.0.1.evil.example\n"), "403"),
        case("a user before the host", host("host: localhost@evil.example\n"), "403"),
        case("a host and a path", host("host: localhost/evil.example\n"), "403"),
        case("two hosts", host("host: localhost\nhost: evil.example\n"), "403"),
        case("two hosts in one", host("host: localhost, evil.example\n"), "403"),
        case("half an address", host("host: [::1\n"), "403"),
        case("a port that is none", host("host: localhost:http\n"), "403"),
        case("a port that is too great", host("host: localhost:99999\n"), "403"),
        case("an address in another base", host("host: 0x7f.1\n"), "403"),
        case("a host of 10,000 letters", host(&format!("host: {}\n", "a".repeat(10_000))), "403"),
        case("a host with letters from elsewhere", host("host: l\u{3bf}calhost\n"), "403"),
        case("this machine", host("host: LocalHost:1\n"), "200 answered"),
        case("another origin", with("origin: http://evil.example\n"), "403"),
        case("an origin of a file", with("origin: null\n"), "403"),
        case("an origin that begins like this machine", with("origin: http://localhost.evil.example\n"), "403"),
        case("a user before the origin", with("origin: http://localhost@evil.example\n"), "403"),
        case("an origin of another kind", with("origin: file://localhost\n"), "403"),
        case("two origins", with("origin: http://localhost\norigin: http://evil.example\n"), "403"),
        case("two origins in one", with("origin: http://localhost http://evil.example\n"), "403"),
        case("an empty origin", with("origin:\n"), "403"),
        case("an origin that is no UTF-8", with_line(b"origin: http://\xff", PING), "403"),
        case("a preflight from elsewhere", "OPTIONS /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\norigin: http://evil.example\r\naccess-control-request-method: POST\r\n\r\n", "403"),
        case("a page that another site asked for", with("origin: http://evil.example\nsec-fetch-site: cross-site\n"), "403"),
    ])
    .await;
}

#[tokio::test]
async fn kinds_of_content() {
    check(vec![
        case("no kind", kind(""), "415"),
        case("plain text", kind("content-type: text/plain\n"), "415"),
        case("a form", kind("content-type: application/x-www-form-urlencoded\n"), "415"),
        case("files", kind("content-type: multipart/form-data; boundary=x\n"), "415"),
        case("a kind that begins like JSON", kind("content-type: application/jsonp\n"), "415"),
        case(
            "another character set",
            kind("content-type: application/json; charset=utf-16\n"),
            "200 answered",
        ),
        case(
            "two kinds",
            kind("content-type: application/json\ncontent-type: text/plain\n"),
            "415",
        ),
        case("two kinds in one", kind("content-type: application/json, text/plain\n"), "415"),
        case("a kind that is none", kind("content-type: ;;;\n"), "415"),
        case("compressed", with("content-encoding: gzip\n"), "415"),
        case("compressed twice", with("content-encoding: gzip, br\n"), "415"),
        case("a picture wanted", with("accept: image/png\n"), "406"),
        case("nothing wanted", with("accept: */*;q=0\n"), "406"),
        case("a weight that is none", with("accept: application/json;q=abc\n"), "200 answered"),
        case("10,000 kinds wanted", with(&format!("accept: {}\n", "a/b,".repeat(10_000))), "406"),
        case(
            "100,000 commas wanted",
            with(&format!("accept: {}\n", ",".repeat(100_000))),
            "200 answered",
        ),
        case("a half-quoted weight", with("accept: application/json;x=\"\n"), "200 answered"),
    ])
    .await;
}

#[tokio::test]
async fn lines_of_headers() {
    let raw = |line: &[u8]| with_line(line, PING);
    check(vec![
        case("a bare carriage return", raw(b"x: a\rb: c"), "400"),
        case("a bare line feed", raw(b"x: a\nb: c"), "200 answered"),
        case("a zero byte", raw(b"x: a\0b"), "400"),
        case("a byte above ASCII", raw(b"x: \xff"), "200 answered"),
        case("no colon", raw(b"x"), "400"),
        case("no name", raw(b": x"), "400"),
        case("a blank in a name", raw(b"x y: z"), "400"),
        case("a blank before the colon", raw(b"x : y"), "400"),
        case("a line that goes on", raw(b"x: y\r\n z"), "400"),
        case("a first line that goes on", raw(b" x: y"), "400"),
        case("a name of 100,000 letters", raw(&[b"x".repeat(100_000), b": y".to_vec()].concat()), "431"),
        case("a value of 100,000 letters", raw(&[b"x: ".to_vec(), b"y".repeat(100_000)].concat()), "200 answered"),
        case("a value of 1,000,000 letters", raw(&[b"x: ".to_vec(), b"y".repeat(1_000_000)].concat()), "431"),
        case("99 headers", raw("x: y\r\n".repeat(90).trim_end().as_bytes()), "200 answered"),
        case("200 headers", raw("x: y\r\n".repeat(200).trim_end().as_bytes()), "431"),
        case("100,000 headers", raw("x: y\r\n".repeat(100_000).trim_end().as_bytes()), "431"),
        case("to be asked to go on", with("expect: 100-continue\n"), "100, 200 answered"),
        case("another expectation", with("expect: the unexpected\n"), "200 answered"),
        case("another protocol", with("upgrade: websocket\nsec-websocket-version: 13\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\n"), "200 answered"),
        case("HTTP/2 without encryption", with("upgrade: h2c\nhttp2-settings: AAMAAABkAAQAAP__\n"), "200 answered"),
        case("headers that are for the next hop", with("connection: content-length\n"), "200 answered"),
        case("a method that overrides", with("x-http-method-override: DELETE\n"), "200 answered"),
        case("where one comes from", with("x-forwarded-for: 127.0.0.1\nx-forwarded-host: evil.example\nforwarded: host=evil.example\n"), "200 answered"),
    ])
    .await;
}

#[tokio::test]
async fn headers_of_the_protocol() {
    let name = |value: &str| {
        format!("mcp-protocol-version: 2026-07-28\nmcp-method: tools/call\nmcp-name: {value}\n")
    };
    let session =
        |value: &str| with(&format!("mcp-protocol-version: 2025-11-25\nmcp-session-id: {value}\n"));
    check(vec![
        case("an unknown revision", with("mcp-protocol-version: 2099-01-01\n"), "400 -32022"),
        case("a revision that is empty", with("mcp-protocol-version:\n"), "400 -32022"),
        case("a revision of 10,000 letters", with(&format!("mcp-protocol-version: {}\n", "x".repeat(10_000))), "400 -32022"),
        case("a revision in other digits", with("mcp-protocol-version: 2025\u{2010}11\u{2010}25\n"), "400 -32600"),
        case("two revisions", with("mcp-protocol-version: 2025-11-25\nmcp-protocol-version: 2024-11-05\n"), "400 -32600"),
        case("a new header for an old message", with("mcp-protocol-version: 2026-07-28\nmcp-method: ping\n"), "400 -32602"),
        case("an old header for a new message", modern("mcp-protocol-version: 2025-11-25\n"), "400 -32020"),
        case("no headers for a new message", modern(""), "400 -32020"),
        case("what was said twice and agrees", modern(&name("add")), "200 answered"),
        case("another tool", modern(&name("echo")), "400 -32020"),
        case("another method", modern("mcp-protocol-version: 2026-07-28\nmcp-method: tools/list\nmcp-name: add\n"), "400 -32020"),
        case("two tools", modern(&(name("add") + "mcp-name: echo\n")), "400 -32020"),
        case("no tool", modern("mcp-protocol-version: 2026-07-28\nmcp-method: tools/call\n"), "400 -32020"),
        case("a tool in other letters", modern(&name("ADD")), "400 -32020"),
        case("an encoded tool", modern(&name("=?base64?YWRk?=")), "200 answered"),
        case("a tool whose code is none", modern(&name("=?base64?***?=")), "400 -32020"),
        case("a tool whose code is no UTF-8", modern(&name("=?base64?/w==?=")), "400 -32020"),
        case("a tool that is no UTF-8", with_line(b"mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: \xff", MODERN), "400 -32020"),
        case("a session that is none", session("garbage"), "404 -32600"),
        case("an empty session", session(""), "404 -32600"),
        case("a session of 10,000 letters", session(&"A".repeat(10_000)), "404 -32600"),
        case("two sessions", session("a\nmcp-session-id: b"), "404 -32600"),
        case("a session on a path", session("../../etc/passwd"), "404 -32600"),
        case("an event that is none", String::from("GET /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\naccept: text/event-stream\r\nlast-event-id: garbage\r\n\r\n"), "400"),
        case("an event of 10,000 letters", format!("GET /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\naccept: text/event-stream\r\nlast-event-id: {}\r\n\r\n", "A".repeat(10_000)), "400"),
        case("the end of a session that is none", "DELETE /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\nmcp-session-id: garbage\r\n\r\n", "404"),
    ])
    .await;
}

#[test]
fn there_are_more_than_a_hundred_and_fifty() {
    let sources = [
        include_str!("headers.rs"),
        include_str!("json.rs"),
        include_str!("messages.rs"),
        include_str!("methods.rs"),
        include_str!("pipe.rs"),
        include_str!("requests.rs"),
    ];
    let cases: usize = sources
        .iter()
        .map(|source| source.matches("\n        (\"").count() + source.matches(" case(\"").count())
        .sum();
    assert!(cases >= 150, "{cases}");
}
