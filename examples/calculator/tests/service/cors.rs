//! What web pages may do.

use std::num::NonZeroU16;

use axum::body::Body;
use axum::response::Response;
use calculator::{App, Options, app};
use http::{HeaderValue, Request, StatusCode};

use crate::asking::{ask, header, list, message, plain_app, to};

const PAGE: &str = "https://app.example.com";

#[tokio::test]
async fn a_preflight_is_answered_before_token_and_rate() {
    let app = open_to_page();
    call_until_limited(&app).await;
    for path in ["/mcp", "/science/mcp", "/mcp/sse/anna"] {
        let response = ask(&app, preflight(path, PAGE, "authorization")).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), PAGE);
        for method in ["GET", "POST", "DELETE", "OPTIONS"] {
            let allowed = header(&response, "access-control-allow-methods");
            assert!(allowed.contains(method), "{method} is not among {allowed}");
        }
    }
}

#[tokio::test]
async fn pages_may_send_the_headers_of_the_protocol_and_no_others() {
    let known = "content-type, accept, authorization, mcp-protocol-version, mcp-method, mcp-name, mcp-param-region, \
                 mcp-session-id, last-event-id, traceparent, tracestate, baggage, x-client-id";
    let response = ask(&open_to_page(), preflight("/mcp", PAGE, &format!("x-evil, {known}"))).await;
    assert_eq!(header(&response, "access-control-allow-headers"), known);
}

#[tokio::test]
async fn pages_may_read_answers_and_refusals() {
    let app = open_to_page();
    let mut ask_as_page = message("/mcp", &list());
    ask_as_page.headers_mut().insert("origin", HeaderValue::from_static(PAGE));
    let refused = ask(&app, ask_as_page).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_readable(&refused);

    let answered = ask(&plain_app(), from_page("http://localhost:5173")).await;
    assert_eq!(answered.status(), 200);
    assert_eq!(header(&answered, "access-control-allow-origin"), "http://localhost:5173");

    let mut too_often = ask(&app, from_page(PAGE)).await;
    for _ in 0..100 {
        if too_often.status() == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        too_often = ask(&app, from_page(PAGE)).await;
    }
    assert_eq!(too_often.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_readable(&too_often);
}

#[tokio::test]
async fn other_pages_may_nothing() {
    for page in
        ["https://evil.example", "http://app.example.com", "https://app.example.com:8443", "null"]
    {
        let guarded = open_to_page();
        let response = ask(&guarded, preflight("/mcp", page, "content-type")).await;
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{page}");
        // A page that asks without a preflight is not served either.
        let app = app(&Options { origins: vec![PAGE.into()], ..Options::default() });
        assert_eq!(ask(&app, from_page(page)).await.status(), StatusCode::FORBIDDEN, "{page}");
    }
}

#[tokio::test]
async fn pages_of_this_machine_are_foreign_to_a_public_service() {
    let app = app(&Options { hosts: vec!["mcp.example.com".into()], ..Options::default() });
    for (host, origin) in [("127.0.0.1:8000", "http://localhost:5173"), ("mcp.example.com", "")] {
        let mut request = preflight("/mcp", "http://localhost:5173", "content-type");
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        let response = ask(&app, request).await;
        assert_eq!(header(&response, "access-control-allow-origin"), origin, "{host}");
    }
}

/// With everything switched on, and open to the page.
fn open_to_page() -> App {
    app(&Options {
        token: "secret".parse().ok(),
        rate: NonZeroU16::new(1),
        origins: vec![PAGE.into()],
        ..Options::default()
    })
}

async fn call_until_limited(app: &App) {
    for _ in 0..100 {
        if ask(app, message("/mcp", &list())).await.status() == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("the rate limit is not there");
}

fn preflight(path: &str, page: &str, headers: &str) -> Request<Body> {
    to("OPTIONS", path)
        .header("origin", page)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers)
        .body(Body::empty())
        .unwrap()
}

fn from_page(page: &'static str) -> Request<Body> {
    let mut request = message("/mcp", &list());
    request.headers_mut().insert("origin", HeaderValue::from_static(page));
    request
}

fn assert_readable(response: &Response) {
    assert_eq!(header(response, "access-control-allow-origin"), PAGE);
    let exposed = header(response, "access-control-expose-headers");
    for name in ["mcp-session-id", "www-authenticate", "mcp-protocol-version"] {
        assert!(exposed.contains(name), "{name} is not among {exposed}");
    }
}
