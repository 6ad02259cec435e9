//! The server under actix-web, in process.

#![cfg(feature = "actix")]

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body, read_body_json};
use actix_web::{App, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use issue_tracker::accounts::{Accounts, User};
use issue_tracker::actix::mcp;
use issue_tracker::db::Db;
use issue_tracker::server::{Session, server};
use minimcp::http::Endpoint;
use minimcp::{MiniMcp, Progress, Scope, handlers, tool};
use serde_json::{Value, json};

/// The call of a tool in the newest revision.
fn message(tool: &str, arguments: &Value) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "progressToken": "p",
    });
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": params }).to_string()
}

/// The request that makes it.
fn call(tool: &str, arguments: &Value) -> TestRequest {
    TestRequest::post()
        .uri("/mcp")
        .insert_header(("content-type", "application/json"))
        .insert_header(("accept", "application/json, text/event-stream"))
        .insert_header(("mcp-protocol-version", "2026-07-28"))
        .insert_header(("mcp-method", "tools/call"))
        .insert_header(("mcp-name", tool))
        .set_payload(message(tool, arguments))
}

fn signed_in(request: TestRequest, user: &str) -> TestRequest {
    request.insert_header(("authorization", format!("Basic {}", BASE64_STANDARD.encode(user))))
}

/// An application, as the program puts it together.
macro_rules! application {
    ($server:expr) => {
        init_service(
            App::new()
                .app_data(web::Data::new(Accounts::demo()?))
                .app_data(web::Data::new(Db::in_memory()?))
                .app_data(web::Data::new(Endpoint::streamable($server)))
                .route("/mcp", web::route().to(mcp)),
        )
        .await
    };
}

#[actix_web::test]
async fn the_same_server_answers_the_same() -> Result<(), Box<dyn std::error::Error>> {
    let app = application!(server());
    let create = || call("create_issue", &json!({ "title": "It leaks" }));
    for request in [create(), signed_in(create(), "alice:builder")] {
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(response.headers().contains_key("www-authenticate"));
    }

    let response = call_service(&app, signed_in(create(), "alice:wonderland").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers().get("content-type").ok_or("a type")?, "application/json");
    let created: Value = read_body_json(response).await;
    let asked = message("create_issue", &json!({ "title": "It leaks" }));
    judge::over_http(Some("2026-07-28"), &asked, &created.to_string());
    // Refused above, and so the first.
    assert_eq!(created.pointer("/result/structuredContent/id"), Some(&json!(1)));
    assert_eq!(created.get("id"), Some(&json!("a")));

    let delete = signed_in(call("delete_issue", &json!({ "id": 1 })), "bob:builder");
    let refused: Value = read_body_json(call_service(&app, delete.to_request()).await).await;
    let asked = message("delete_issue", &json!({ "id": 1 }));
    judge::over_http(Some("2026-07-28"), &asked, &refused.to_string());
    assert_eq!(refused.pointer("/result/isError"), Some(&json!(true)));

    let get = signed_in(TestRequest::get().uri("/mcp"), "bob:builder");
    let response = call_service(&app, get.to_request()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers().get("allow").ok_or("what is allowed")?, "POST");
    assert_eq!(read_body(response).await, "Messages are sent with POST.\n");
    Ok(())
}

/// Greet the caller, with a notice before
#[tool]
async fn greet(progress: Progress, user: Scope<User>) -> String {
    progress.report(0.5).await;
    format!("Hello {}", user.name)
}

#[actix_web::test]
async fn what_is_said_before_the_answer_makes_it_a_stream() -> Result<(), Box<dyn std::error::Error>>
{
    let server = MiniMcp::<Session>::new("greeter").handlers(handlers![greet]);
    let app = application!(server);
    let greet = signed_in(call("greet", &json!({})), "bob:builder");
    let response = call_service(&app, greet.to_request()).await;
    assert_eq!(response.headers().get("content-type").ok_or("a type")?, "text/event-stream");
    let body = String::from_utf8(read_body(response).await.to_vec())?;
    judge::over_http(Some("2026-07-28"), &message("greet", &json!({})), &body);
    let events: Vec<Value> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let [progress, answer] = events.as_slice() else { return Err(body.into()) };
    assert_eq!(progress.pointer("/params/progress"), Some(&json!(0.5)));
    assert_eq!(answer.pointer("/result/content/0/text"), Some(&json!("Hello bob")));
    Ok(())
}
