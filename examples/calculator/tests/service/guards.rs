//! Who may call, and how often.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use calculator::{App, Options, app};
use http::{HeaderValue, Request, StatusCode};

use crate::asking::{ask, header, list, message, plain_app, to};

const EVERYTHING_GUARDED: [(&str, &str); 5] = [
    ("POST", "/mcp"),
    // Clients look here for the challenge, too.
    ("GET", "/mcp"),
    ("POST", "/science/mcp"),
    ("GET", "/mcp/sse/anna"),
    ("POST", "/mcp/sse/anna"),
];

#[tokio::test]
async fn without_the_token_there_is_a_challenge() {
    let app = guarded_by_token();
    for (method, path) in EVERYTHING_GUARDED {
        let response = ask(&app, to(method, path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(header(&response, "www-authenticate"), r#"Bearer realm="calculator""#);
        // Not JSON: the message was not read, and clients take an answer without its id for one to something else.
        assert_eq!(header(&response, "content-type"), "text/plain; charset=utf-8");
    }
    assert_eq!(app.feeds.listeners(), 0);
}

#[tokio::test]
async fn a_wrong_token_is_called_so() {
    let app = guarded_by_token();
    for authorization in ["Bearer Secret", "Bearer secrets", "Bearer secre", "Bearer "] {
        let response = ask(&app, authorized(authorization)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{authorization}");
        let challenge = header(&response, "www-authenticate");
        assert!(challenge.contains(r#"error="invalid_token""#), "{authorization}: {challenge}");
    }
    for authorization in ["secret", "Basic secret", "Bearer"] {
        let response = ask(&app, authorized(authorization)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{authorization}");
    }
}

#[tokio::test]
async fn the_token_opens() {
    let app = guarded_by_token();
    for authorization in ["Bearer secret", "bearer secret", "BEARER  secret"] {
        assert_eq!(ask(&app, authorized(authorization)).await.status(), 200, "{authorization}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    let request = to("GET", "/health").body(Body::empty()).unwrap();
    assert_eq!(ask(&guarded_by_token(), request).await.status(), 200);
}

#[tokio::test]
async fn who_calls_too_often_waits_and_others_do_not() {
    let app = guarded_by_rate();
    let refused = call_until_refused(&app).await;
    assert_eq!(header(&refused, "content-type"), "text/plain; charset=utf-8");
    assert_ne!(header(&refused, "retry-after"), "");
    assert_ne!(header(&refused, "retry-after"), "0");
    let mut other = message("/mcp", &list());
    let address: SocketAddr = "192.0.2.2:4000".parse().unwrap();
    other.extensions_mut().insert(ConnectInfo(address));
    assert_eq!(ask(&app, other).await.status(), 200);
    for _ in 0..10 {
        let health = to("GET", "/health").body(Body::empty()).unwrap();
        assert_eq!(ask(&app, health).await.status(), 200);
    }
}

#[tokio::test]
async fn guesses_of_the_token_are_limited_too() {
    let app = app(&Options { token: "secret".parse().ok(), ..limited() });
    for _ in 0..100 {
        match ask(&app, message("/mcp", &list())).await.status() {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => return,
            other => panic!("{other}"),
        }
    }
    panic!("a hundred guesses in a row");
}

#[tokio::test]
async fn nobody_is_limited_unless_it_is_said() {
    let app = plain_app();
    for _ in 0..50 {
        assert_eq!(ask(&app, message("/mcp", &list())).await.status(), 200);
    }
}

#[tokio::test]
async fn a_caller_without_an_address_is_no_reason_to_let_everybody_in() {
    let mut request = message("/mcp", &list());
    request.extensions_mut().clear();
    let response = ask(&guarded_by_rate(), request).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn hosts_are_those_that_were_said() {
    let app = app(&Options { hosts: vec!["mcp.example.com".into()], ..Options::default() });
    for (host, status) in [
        ("localhost:8000", 200),
        ("mcp.example.com", 200),
        ("mcp.example.com:8443", 200),
        ("evil.example", 403),
    ] {
        let mut request = message("/mcp", &list());
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        assert_eq!(ask(&app, request).await.status(), status, "{host}");
    }
}

fn guarded_by_token() -> App {
    app(&Options { token: "secret".parse().ok(), ..Options::default() })
}

fn limited() -> Options {
    Options { rate: std::num::NonZeroU16::new(1), ..Options::default() }
}

fn guarded_by_rate() -> App {
    app(&limited())
}

fn authorized(authorization: &'static str) -> Request<Body> {
    let mut request = message("/mcp", &list());
    request.headers_mut().insert("authorization", HeaderValue::from_static(authorization));
    request
}

/// One call a second is free; on a machine so slow that each takes that long, a few more are needed.
pub(crate) async fn call_until_refused(app: &App) -> Response {
    for _ in 0..100 {
        let response = ask(app, message("/mcp", &list())).await;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => return response,
            other => panic!("{other}"),
        }
    }
    panic!("a hundred calls in a row, and one a second was said");
}
