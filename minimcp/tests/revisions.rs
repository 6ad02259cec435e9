//! The same server for clients of each revision: what a revision does not know is not sent to it.
//!
//! Everything that the server says is in `tests/revisions/`, one file for each revision. With `UPDATE_REVISIONS=1` they
//! are written anew; read the difference.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;

use minimcp::testing::Client;
use minimcp::{
    Annotations, CallToolResult, Content, GetPromptResult, Icon, Log, Message, MiniMcp, Progress,
    ProtocolVersion, Resource, ResourceContents, Role, handlers, prompt, resource, tool,
};
use serde_json::{Map, Value, json};

/// Everything that a tool can say of itself
#[tool(
    title = "Rich",
    icons("https://example.com/rich.png"),
    read_only,
    open_world = false,
    meta("com.example/unit" = "m", "ui" = "kept")
)]
async fn rich(
    /// A number
    #[arg(range = 0..=10, header = "Number")]
    number: Option<u8>,
    log: Log,
) -> CallToolResult {
    log.info("seen").await;
    let hints =
        Annotations::new().audience(Role::User).priority(0.5).last_modified("2026-01-31T12:00:00Z");
    CallToolResult::new([
        Content::text("text").annotations(hints).meta("com.example/a", 1),
        Content::image(vec![1], "image/png"),
        Content::audio(vec![2], "audio/wav"),
        Content::resource_link("rich://fixed", "fixed")
            .description("A link")
            .mime_type("text/plain"),
        Content::resource(
            ResourceContents::text("rich://fixed", "embedded").mime_type("text/plain"),
        ),
    ])
    .structured(&[number])
    .meta("com.example/b", 2)
}

/// Give a number back
#[tool]
async fn number(number: f64, progress: Progress) -> f64 {
    progress.report(1.0).total(2.0).message("half").await;
    number
}

/// Everything that a prompt can say
#[prompt(title = "Rich", icons("https://example.com/rich.png"), meta("com.example/unit" = "m"))]
async fn talk(
    /// About what
    #[arg(complete = ["tea", "tax"])]
    topic: &str,
) -> GetPromptResult {
    GetPromptResult::new([
        Message::user(format!("About {topic}")),
        Message::assistant(Content::audio(vec![2], "audio/wav")),
        Message::user(Content::resource_link("rich://fixed", "fixed")),
    ])
}

/// Text
#[resource(
    "rich://fixed",
    title = "Fixed",
    mime_type = "text/plain",
    icons("https://example.com/rich.png")
)]
async fn fixed() -> &'static str {
    "text"
}

/// Many texts
#[resource("rich://many/{name}", title = "Many", mime_type = "text/plain")]
async fn many(name: &str) -> Vec<ResourceContents> {
    let uri = format!("rich://many/{name}");
    vec![
        ResourceContents::blob(uri.clone(), vec![1])
            .mime_type("image/png")
            .meta("com.example/c", 3),
        ResourceContents::text(uri, "text"),
    ]
}

fn server() -> MiniMcp {
    let server = MiniMcp::new("rich")
        .handlers(handlers![rich, number, talk, many])
        .with_version("1.2.3")
        .with_title("Rich")
        .with_description("Everything")
        .with_website_url("https://example.com")
        .with_icon(Icon::new("https://example.com/rich.png").mime_type("image/png").size("48x48"))
        .with_instructions("Look around");
    let fixed = Resource::of::<fixed>()
        .size(4)
        .priority(0.5)
        .audience(Role::Assistant)
        .last_modified("2026-01-31T12:00:00Z")
        .meta("com.example/unit", "m");
    server.resources().add(fixed).unwrap();
    server
}

/// What a client of this revision asks; `ping` and `logging/setLevel` are not there for all.
fn requests(revision: ProtocolVersion) -> Vec<(&'static str, Value)> {
    let mut requests = vec![
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "rich", "arguments": { "number": 1 } })),
        ("tools/call", json!({ "name": "rich", "arguments": { "number": 11 } })),
        (
            "tools/call",
            json!({ "name": "number", "arguments": { "number": 1 }, "_meta": { "progressToken": "t" } }),
        ),
        ("tools/call", json!({ "name": "none" })),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "talk", "arguments": { "topic": "tea" } })),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({ "uri": "rich://fixed" })),
        ("resources/read", json!({ "uri": "rich://many/1" })),
        ("resources/read", json!({ "uri": "rich://none" })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "talk" }, "argument": { "name": "topic", "value": "t" } }),
        ),
    ];
    let only_some = match revision.is_modern() {
        true => ("server/discover", json!({})),
        false => ("ping", json!({})),
    };
    requests.insert(0, only_some);
    requests
}

/// Everything that the server says to a client of this revision.
async fn said(revision: ProtocolVersion) -> Value {
    let client = Client::new(&server(), ()).revision(revision);
    let mut said = Vec::new();
    if !revision.is_modern() {
        said.push(json!({ "introduce": without_capabilities(client.introduce().await.unwrap()) }));
    }
    for (method, params) in requests(revision) {
        let answer = match client.request(method, params.clone()).await {
            Ok(result) => json!({ "result": without_capabilities(result) }),
            Err(error) => {
                json!({ "code": error.code, "message": error.message, "data": error.data })
            }
        };
        let notifications = client.take_notifications();
        let mut entry = Map::new();
        entry.insert("1 asked".into(), json!({ "method": method, "params": params }));
        if !notifications.is_empty() {
            entry.insert("2 notified".into(), json!(notifications));
        }
        entry.insert("3 answered".into(), answer);
        said.push(Value::Object(entry));
    }
    Value::Array(said)
}

/// What a server offers depends on much else, and is shown elsewhere.
fn without_capabilities(mut result: Value) -> Value {
    if let Some(members) = result.as_object_mut() {
        members.remove("capabilities");
    }
    result
}

#[tokio::test]
async fn results_of_the_newest_revision_say_what_they_are() {
    let client = Client::new(&server(), ()).revision(ProtocolVersion::V2026_07_28);
    for (method, params) in requests(ProtocolVersion::V2026_07_28) {
        let Ok(result) = client.request(method, params).await else { continue };
        assert_eq!(result["resultType"], "complete", "{method}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(
            (&server["name"], &server["version"]),
            (&json!("rich"), &json!("1.2.3")),
            "{method}"
        );
        assert_eq!(result.get("serverInfo"), None, "{method}");
        let is_kept =
            method.ends_with("/list") || ["server/discover", "resources/read"].contains(&method);
        assert_eq!(result.get("ttlMs").is_some(), is_kept, "{method}");
        assert_eq!(result.get("cacheScope").is_some(), is_kept, "{method}");
    }
}

#[tokio::test]
async fn each_revision_is_told_what_it_knows() {
    for revision in ProtocolVersion::ALL {
        let path = format!("{}/tests/revisions/{revision}.json", env!("CARGO_MANIFEST_DIR"));
        let said = said(revision).await;
        if std::env::var_os("UPDATE_REVISIONS").is_some() {
            fs::write(&path, format!("{said:#}\n")).unwrap();
        }
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect(&path)).unwrap();
        assert_eq!(said, expected, "{path}");
    }
}
