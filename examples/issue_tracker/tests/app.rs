//! The whole axum application, in process.

use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{self, Request, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use issue_tracker::accounts::Accounts;
use issue_tracker::app::app;
use issue_tracker::db::Db;
use issue_tracker::server::server;
use minimcp::http::Endpoint;
use serde_json::{Value, json};
use tower::ServiceExt;

type Tested = Result<(), Box<dyn std::error::Error>>;

const ALICE: Option<&str> = Some("alice:wonderland");
const BOB: Option<&str> = Some("bob:builder");

fn application() -> Result<Router, Box<dyn std::error::Error>> {
    Ok(app(Db::in_memory()?, Accounts::demo()?, Endpoint::streamable(server())))
}

fn request(method: &str, path: &str, user: Option<&str>) -> Builder {
    let request = Request::builder().method(method).uri(path).header("host", "localhost");
    match user {
        Some(user) => {
            request.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(user)))
        }
        None => request,
    }
}

/// Calls a tool in a legacy revision.
fn call(user: Option<&str>, tool: &str, arguments: &Value) -> Result<Request<Body>, http::Error> {
    let params = json!({ "name": tool, "arguments": arguments });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    request("POST", "/mcp", user)
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .body(message.to_string().into())
}

/// What is answered; if it is a message, it is judged.
async fn answer(app: &Router, request: Request<Body>) -> Result<(StatusCode, String), axum::Error> {
    let (head, body) = request.into_parts();
    let asked = body.collect().await?.to_bytes();
    let request = Request::from_parts(head, Body::from(asked.clone()));
    let response = match app.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if !asked.is_empty() && status == StatusCode::OK {
        let (asked, body) = (String::from_utf8_lossy(&asked), String::from_utf8_lossy(&body));
        judge::over_http(Some("2025-11-25"), &asked, &body);
    }
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

#[tokio::test]
async fn without_the_right_password_nobody_gets_to_the_server() -> Tested {
    let app = application()?;
    for user in [None, Some("alice:builder"), Some("carol:wonderland"), Some("alice")] {
        // Not even broken messages are looked at.
        let asked = request("POST", "/mcp", user).body(Body::from("{"))?;
        let response = app.clone().oneshot(asked).await?;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{user:?}");
        let challenge = response.headers().get("www-authenticate").ok_or("a challenge")?;
        assert_eq!(challenge, r#"Basic realm="issues", charset="UTF-8""#);
        assert_eq!(response.into_body().collect().await?.to_bytes(), "Sign in.\n");
    }
    let (status, page) = answer(&app, request("GET", "/issues", None).body(Body::empty())?).await?;
    assert_eq!((status, page.as_str()), (StatusCode::UNAUTHORIZED, "Sign in.\n"));
    Ok(())
}

#[tokio::test]
async fn the_password_says_who_calls_and_all_see_one_database() -> Tested {
    let app = application()?;
    let (status, created) =
        answer(&app, call(ALICE, "create_issue", &json!({ "title": "It leaks" }))?).await?;
    assert_eq!(status, StatusCode::OK);
    let created: Value = serde_json::from_str(&created)?;
    assert_eq!(created.pointer("/result/structuredContent/owner"), Some(&json!("alice")));

    let (status, refused) = answer(&app, call(BOB, "delete_issue", &json!({ "id": 1 }))?).await?;
    assert_eq!(status, StatusCode::OK);
    let refused: Value = serde_json::from_str(&refused)?;
    assert_eq!(
        refused.get("result"),
        Some(&json!({
            "content": [{ "type": "text", "text": "issue 1 belongs to alice, who alone may delete it" }],
            "isError": true,
        }))
    );

    let (status, page) = answer(&app, request("GET", "/issues", BOB).body(Body::empty())?).await?;
    assert_eq!(status, StatusCode::OK);
    let issues =
        json!({ "issues": [{ "id": 1, "title": "It leaks", "owner": "alice" }], "older": null });
    assert_eq!(serde_json::from_str::<Value>(&page)?, issues);
    Ok(())
}

#[tokio::test]
async fn health_is_for_everybody_and_other_hosts_for_nobody() -> Tested {
    let app = application()?;
    let asked = request("GET", "/health", None).body(Body::empty())?;
    assert_eq!(answer(&app, asked).await?, (StatusCode::OK, "ok\n".into()));
    let mut asked = call(ALICE, "list_issues", &json!({}))?;
    asked.headers_mut().insert("host", "evil.example".parse()?);
    let (status, text) = answer(&app, asked).await?;
    assert!(status == StatusCode::FORBIDDEN && text.contains("evil.example"), "{status} {text}");
    Ok(())
}
