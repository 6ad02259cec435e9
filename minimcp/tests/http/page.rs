//! The page beside an endpoint: where it is served, to whom, and with which policy.

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use minimcp::MiniMcp;
use minimcp::http::{Server, page};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service as _;

/// Asks a router with a page, and compares the status and what is in the answer.
async fn check(request: &str, status: u16, contains: &[&str]) {
    let (method, path) = request.split_once(' ').unwrap();
    let mut app: Router = Router::new().route("/docs", page("/a&b/mcp"));
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response: Response<Body> = app.call(request).await.unwrap();
    assert_eq!(response.status(), status);
    let (parts, body) = response.into_parts();
    let mut answer = format!("{:?}", parts.headers);
    answer += std::str::from_utf8(&body.collect().await.unwrap().to_bytes()).unwrap();
    for text in contains {
        assert!(answer.contains(text), "{text} in {answer:.2000}");
    }
}

#[tokio::test]
async fn a_route_serves_it_for_get() {
    let strict = [
        "default-src 'none'",
        "script-src 'sha256-",
        "style-src 'sha256-",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "\"x-frame-options\": \"DENY\"",
        "\"x-content-type-options\": \"nosniff\"",
        "\"text/html; charset=utf-8\"",
    ];
    check("GET /docs", 200, &strict).await;
    check("GET /docs", 200, &["<meta name=\"endpoint\" content=\"/a&amp;b/mcp\">"]).await;
    check("GET /docs", 200, &["2024-11-05 2025-03-26 2025-06-18 2025-11-25 2026-07-28"]).await;
    check("HEAD /docs", 200, &strict).await;
    check("POST /docs", 405, &["\"allow\": \"GET,HEAD\""]).await;
}

/// Sends heads of requests to the ready-made server, and compares the beginnings of the answers.
async fn check_served(server: Server<()>, exchanges: &[(&str, &str)]) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server.serve_until(listener, std::future::pending()));
    for (head, begins) in exchanges {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("{}\r\nconnection: close\r\n\r\n", head.replace('\n', "\r\n"));
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(begins), "{head}: {answer:.200}");
        assert_eq!(answer.contains("<!doctype html>"), *begins == OK && head.starts_with("GET"));
        assert_eq!(answer.contains("content=\"/math\""), *begins == OK && head.starts_with("GET"));
    }
    serving.abort();
}

const OK: &str = "HTTP/1.1 200";

#[tokio::test]
async fn the_server_serves_it_if_it_is_told_to() {
    let server: MiniMcp = MiniMcp::new("math");
    let plain = Server::new(server.clone()).path("/math");
    check_served(plain, &[("GET /docs HTTP/1.1\nhost: localhost", "HTTP/1.1 404")]).await;
    // The path of the endpoint may be said afterwards.
    let shown = Server::new(server).page("/docs").path("math/");
    check_served(
        shown,
        &[
            ("GET /docs HTTP/1.1\nhost: localhost", OK),
            ("GET /docs/ HTTP/1.1\nhost: 127.0.0.1:8000", OK),
            ("HEAD /docs HTTP/1.1\nhost: localhost", OK),
            ("POST /docs HTTP/1.1\nhost: localhost\ncontent-length: 0", "HTTP/1.1 405"),
            // A name that leads here and is not ours (DNS rebinding), and a page of another origin.
            ("GET /docs HTTP/1.1\nhost: evil.example", "HTTP/1.1 403"),
            ("GET /docs HTTP/1.1\nhost: localhost\norigin: https://evil.example", "HTTP/1.1 403"),
        ],
    )
    .await;
}

/// A pipe that is shown as well says so before it reads, or not at all.
#[cfg(feature = "stdio")]
#[tokio::test]
async fn a_pipe_is_shown_to_this_machine_alone() {
    let server: MiniMcp = MiniMcp::new("math");
    let shown = minimcp::stdio::Stdio::new(server, ()).page("0.0.0.0:0").run().await;
    let error = shown.unwrap_err().to_string();
    assert!(error.contains("can be reached from other machines"), "{error}");
}
