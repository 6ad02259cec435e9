//! Who may send requests, and how: what is checked before a message is read.

use minimcp::http::Legacy;

use crate::{PING, PONG, check, endpoint};

#[tokio::test]
async fn hosts() {
    for host in ["localhost", "127.0.0.1:8000", "[::1]:80", "LOCALHOST"] {
        check(
            &endpoint(),
            &format!("host: {host}\n\n{PING}"),
            &format!("200 application/json\n{PONG}"),
        )
        .await;
    }
    for host in ["evil.example.com", "localhost.evil.example", "10.0.0.1", "ä"] {
        check(
            &endpoint(),
            &format!("host: {host}\n\n{PING}"),
            &format!("403 text/plain; charset=utf-8\nThe host `{host}` is not allowed. Allow it on the server with `allowed_hosts`.\n"),
        )
        .await;
    }
    let public = endpoint().allowed_hosts(["mcp.example.com"]);
    check(&public, &format!("host: MCP.example.com:8443\n\n{PING}"), "200 …").await;
    check(&public, &format!("host: localhost\n\n{PING}"), "200 …").await;
    check(&public, &format!("host: example.com\n\n{PING}"), "403 …").await;
    check(&endpoint().allow_any_host(), &format!("host: example.com\n\n{PING}"), "200 …").await;
}

#[tokio::test]
async fn origins() {
    for origin in ["http://localhost:8000", "http://127.0.0.1", "https://[::1]:1"] {
        let request = format!("host: localhost:8000\norigin: {origin}\n\n{PING}");
        check(&endpoint(), &request, "200 …").await;
    }
    for origin in ["http://evil.example.com", "null", "localhost"] {
        let request = format!("host: localhost:8000\norigin: {origin}\n\n{PING}");
        let expected = format!(
            "403 …The origin `{origin}` is not allowed. Allow it on the server with `allowed_origins`.\n"
        );
        check(&endpoint(), &request, &expected).await;
    }
    let open = endpoint().allowed_origins(["https://app.example.com", "null"]);
    check(&open, &format!("origin: https://app.example.com\n\n{PING}"), "200 …").await;
    check(&open, &format!("origin: null\n\n{PING}"), "200 …").await;
    check(&open, &format!("origin: https://app.example.com:444\n\n{PING}"), "403 …").await;
    check(&endpoint().allow_any_origin(), &format!("origin: x\n\n{PING}"), "200 …").await;

    let public = endpoint().allowed_hosts(["mcp.example.com"]);
    let request = |origin: &str| format!("host: mcp.example.com\norigin: {origin}\n\n{PING}");
    check(&public, &request("https://mcp.example.com"), "200 …").await;
    check(&public, &request("http://localhost:3000"), "403 …").await;
}

#[tokio::test]
async fn post_is_the_only_method() {
    for method in ["GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "BREW"] {
        check(
            &endpoint().legacy(Legacy::Stateless),
            &format!("{method}\naccept: text/event-stream\nmcp-session-id: x\n\n{PING}"),
            "405 text/plain; charset=utf-8 POST\nMessages are sent with POST.\n",
        )
        .await;
    }
}

#[tokio::test]
async fn one_mistake_is_named_before_the_next() {
    let small = endpoint().body_limit(10).legacy(Legacy::Stateless);
    let request = |host, origin, method, kind, accept| {
        format!(
            "{method}\nhost: {host}\norigin: {origin}\ncontent-type: {kind}\naccept: {accept}\n\n{PING}"
        )
    };
    check(&small, &request("evil", "http://evil.com", "GET", "x/y", "x/y"), "403 …host…").await;
    check(&small, &request("localhost", "http://evil.com", "GET", "x/y", "x/y"), "403 …origin…")
        .await;
    check(&small, &request("localhost", "http://localhost", "GET", "x/y", "x/y"), "405 …").await;
    check(&small, &request("localhost", "http://localhost", "POST", "x/y", "x/y"), "415 …").await;
    let json = "application/json";
    check(&small, &request("localhost", "http://localhost", "POST", json, "x/y"), "413 …").await;
    check(&endpoint(), &request("localhost", "http://localhost", "POST", json, "x/y"), "406 …")
        .await;
    check(&endpoint(), &request("localhost", "http://localhost", "POST", json, "*/*"), "200 …")
        .await;
}
