//! What a client did not declare is never asked.

use http_body_util::{BodyExt as _, Full};
use minimcp::http::Endpoint;
use serde_json::{Value, json};

use crate::handlers::World;
use crate::wire::Over;
use crate::{ALL, check, server};

const FORM: &str = r#"{"elicitation":{}}"#;
const PAGE: &str = r#"{"name":"page","arguments":{"url":"https://a.example/x"}}"#;

/// Calls a tool of a client that declared this; the reply is all that the server says.
async fn check_call(revision: &str, capabilities: &str, tool: &str, reply: &str) {
    let lines = format!("→ 1 tools/call {tool}\n← {reply}");
    for over in [Over::Connection, Over::Stdio] {
        check(&[server()], over, revision, capabilities, &lines).await;
    }
}

fn named(tool: &str) -> String {
    json!({ "name": tool }).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_question_goes_to_whom_it_may() {
    for (declared, tool, required) in [
        ("{}", named("book"), r#"{"elicitation":{"form":{}}}"#),
        (r#"{"elicitation":{"url":{}}}"#, named("book"), r#"{"elicitation":{"form":{}}}"#),
        (FORM, PAGE.to_owned(), r#"{"elicitation":{"url":{}}}"#),
        (FORM, named("sample"), r#"{"sampling":{}}"#),
        (r#"{"sampling":{}}"#, named("sample_tools"), r#"{"sampling":{"tools":{}}}"#),
        (r#"{"sampling":{}}"#, named("sample_context"), r#"{"sampling":{"context":{}}}"#),
        (FORM, named("roots"), r#"{"roots":{}}"#),
    ] {
        let refused = format!(
            r#"1 error -32021 the client did not declare the capability `{required}` {{"requiredCapabilities":{required}}}"#
        );
        check_call("2026-07-28", declared, &tool, &refused).await;
        let (kind, inner) = serde_json::from_str::<Value>(required)
            .unwrap()
            .as_object()
            .and_then(|all| {
                all.iter().next().map(|(kind, inner)| (kind.clone(), inner.to_string()))
            })
            .unwrap();
        let part = match inner.as_str() {
            r#"{"form":{}}"# => " with forms",
            r#"{"url":{}}"# => " with URLs",
            r#"{"tools":{}}"# => " with tools",
            r#"{"context":{}}"# => " with context",
            _ => "",
        };
        let refused = format!("1 fails the client does not offer `{kind}`{part}");
        check_call("2025-11-25", declared, &tool, &refused).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_revision_without_a_question_is_not_asked() {
    for (revision, tool, refused) in [
        ("2025-03-26", named("book"), "`elicitation` with forms"),
        ("2024-11-05", named("book"), "`elicitation` with forms"),
        ("2025-06-18", PAGE.to_owned(), "`elicitation` with URLs"),
        ("2025-06-18", named("sample_tools"), "`sampling` with tools"),
    ] {
        check_call(revision, ALL, &tool, &format!("1 fails the client does not offer {refused}"))
            .await;
    }
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18"] {
        check_call(revision, ALL, &named("sample"), "1 sampling/createMessage Think").await;
        check_call(revision, ALL, &named("roots"), "1 roots/list").await;
        check_call(
            revision,
            r#"{"sampling":{}}"#,
            &named("sample_context"),
            "1 sampling/createMessage Recall",
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn handlers_know_what_can_be_asked() {
    for (revision, declared, able) in [
        ("2026-07-28", "{}", "says"),
        ("2026-07-28", ALL, "says form url model roots"),
        ("2025-11-25", FORM, "says form"),
        ("2025-06-18", ALL, "says form model roots"),
        ("2024-11-05", ALL, "says model roots"),
    ] {
        check_call(revision, declared, &named("able"), &format!("1 {able}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn prompts_and_resources_refuse_too() {
    let required = r#"{"elicitation":{"form":{}}}"#;
    let data = format!(
        r#"the client did not declare the capability `{required}` {{"requiredCapabilities":{required}}}"#
    );
    let lines = format!(
        r#"
        → 1 prompts/get {{"name":"greet"}}
        ← 1 error -32021 {data}
        → 2 resources/read {{"uri":"book://emma"}}
        ← 2 error -32021 {data}
        "#
    );
    check(&[server()], Over::Handle, "2026-07-28", "{}", &lines).await;
}

#[tokio::test(start_paused = true)]
async fn without_a_way_to_the_client_nobody_is_asked() {
    let none = "the client does not offer `elicitation` with forms";
    let lines = format!(
        r#"
        → 1 tools/call {{"name":"book"}}
        ← 1 fails {none}
        → 2 prompts/get {{"name":"greet"}}
        ← 2 error -32603 Error getting prompt greet: {none}
        "#
    );
    check(&[server()], Over::Handle, "2025-11-25", ALL, &lines).await;
}

#[tokio::test(start_paused = true)]
async fn a_page_has_an_id_in_one_revision_and_an_address_that_may_be_opened() {
    for (revision, has_id) in [("2025-11-25", true), ("2026-07-28", false)] {
        let params = asked(revision, PAGE).await;
        assert_eq!(params["mode"], "url");
        assert_eq!(params["elicitationId"].is_string(), has_id, "{params}");
    }
    let params = asked("2025-11-25", &named("book")).await;
    let mut members: Vec<_> = params.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["message", "requestedSchema"]);
    for url in ["http://a.example", "javascript:alert(1)", "https://ann:pw@a.example"] {
        let tool = json!({ "name": "page", "arguments": { "url": url } }).to_string();
        check_call("2025-11-25", ALL, &tool, "1 error -32603 internal error").await;
    }
}

/// What a tool asks first.
async fn asked(revision: &str, tool: &str) -> Value {
    crate::forms::asked(&server(), revision, serde_json::from_str(tool).unwrap()).await
}

#[tokio::test]
async fn over_http_a_capability_that_is_missing_is_a_bad_request_each_time_anew() {
    let endpoint = Endpoint::streamable(server());
    for (capabilities, status, expected) in [
        (FORM, 200, json!("input_required")),
        ("{}", 400, json!(-32021)),
        (FORM, 200, json!("input_required")),
    ] {
        let capabilities: Value = serde_json::from_str(capabilities).unwrap();
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "book", "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        } } })
        .to_string();
        let request = http::Request::post("/mcp")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", "book")
            .body(Full::<bytes::Bytes>::from(message.clone()))
            .unwrap();
        let response = endpoint.respond(request, World::of("")).await;
        assert_eq!(response.status(), status);
        let content = response.into_body().collect().await.unwrap().to_bytes();
        judge::over_http(Some("2026-07-28"), &message, std::str::from_utf8(&content).unwrap());
        let content: Value = serde_json::from_slice(&content).unwrap();
        let found =
            content.pointer("/result/resultType").or_else(|| content.pointer("/error/code"));
        assert_eq!(found, Some(&expected));
    }
}
