//! All that a server can say, in each revision, before the judge.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::pin::pin;

use judge::Transcript;
use minimcp::{
    Annotations, Blob, Call, CallToolResult, Client, Completion, Connection, Content, Error,
    GetPromptResult, Icon, Log, Message, MiniMcp, Outbox, Progress, ProtocolVersion,
    ResourceContents, Role, Theme, handlers, prompt, resource, tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize, JsonSchema)]
struct Tree {
    name: String,
    children: Vec<Tree>,
    any: Option<Value>,
}

fn annotations() -> Annotations {
    Annotations::new().audience(Role::User).priority(0.5).last_modified("2026-01-31T12:00:00Z")
}

fn contents() -> ResourceContents {
    ResourceContents::text("a://b", "c").mime_type("text/plain").meta("com.example/x", 1)
}

/// Content of every kind.
fn everything() -> Vec<Content> {
    let blob = ResourceContents::blob("a://b", Blob::new(vec![0])).mime_type("image/png");
    [
        Content::text("a"),
        Content::image(vec![1], "image/png"),
        Content::audio(vec![1], "audio/wav"),
        Content::resource(contents()),
        Content::resource(blob),
        Content::resource_link("a://b", "b").description("d").mime_type("text/plain"),
    ]
    .map(|content| content.annotations(annotations()).meta("com.example/x", json!({ "y": null })))
    .into()
}

/// Say everything
#[tool(
    title = "Everything",
    read_only,
    destructive = false,
    idempotent,
    open_world = false,
    icons("https://example.com/a.png"),
    meta("com.example/x" = 1)
)]
async fn say(
    /// How
    how: &str,
    tree: Option<Tree>,
    #[arg(default = 1.5, range = 0.0..=2.0)] number: f64,
    progress: Progress,
    log: Log,
) -> Result<CallToolResult, Error> {
    progress.report(number).total(2.0).message("half").await;
    log.named("part").error("x").await;
    match how {
        "error" => Ok(CallToolResult::error("no").meta("com.example/x", 1)),
        "object" => Ok(CallToolResult::new(everything()).structured(&json!({ "a": [1, null] }))),
        "list" => Ok(CallToolResult::text("a").structured(&json!([1, null]))),
        "null" => Ok(CallToolResult::text("a").structured(&Value::Null)),
        "empty" => Ok(CallToolResult::new([])),
        "not found" => Err(Error::not_found("no")),
        "forbidden" => Err(Error::forbidden("no")),
        "internal" => Err(Error::internal("no")),
        "application" => Err(Error::application(7, "no").with_data(&Value::Null)),
        _ => Ok(CallToolResult::new(everything()).meta("com.example/x", tree.is_some())),
    }
}

/// A tree
#[tool]
async fn tree() -> Tree {
    Tree { name: "a".into(), children: vec![], any: Some(json!(1)) }
}

#[tool]
async fn number() -> f64 {
    0.5
}

#[tool]
async fn list() -> Vec<Option<Tree>> {
    vec![None]
}

#[tool]
async fn nothing() {}

#[tool]
async fn maybe() -> Option<u8> {
    None
}

/// Need something of the client
#[tool]
async fn need(call: Call) -> Result<(), Error> {
    call.require("sampling")
}

async fn many(_: &str) -> Completion {
    Completion::new((0..200).map(|number| number.to_string())).total(1000)
}

/// Talk of everything
#[prompt(title = "Talk", icons("https://example.com/a.png"), meta("com.example/x" = 1))]
async fn talk(
    /// Of what
    #[arg(complete = many)]
    of: &str,
    how: Option<String>,
) -> GetPromptResult {
    let messages = everything().into_iter().map(Message::assistant);
    let messages = messages.chain([Message::user(format!("{of}{how:?}"))]);
    GetPromptResult::new(messages).description("d").meta("com.example/x", 1)
}

/// One of everything
#[resource(
    "all://one",
    title = "One",
    mime_type = "text/plain",
    size = 3,
    priority = 0.5,
    audience("user", "assistant"),
    icons("https://example.com/a.png"),
    meta("com.example/x" = 1),
    ttl = "5s"
)]
async fn one() -> Vec<ResourceContents> {
    vec![contents(), ResourceContents::blob("all://one/2", Blob::new(vec![1]))]
}

/// One of many
#[resource("all://of/{name}", title = "Many", mime_type = "text/plain", priority = 1.0, meta("com.example/x" = 1))]
async fn of(#[arg(complete = ["a", "b"])] name: &str) -> Result<BTreeMap<String, u8>, Error> {
    match name {
        "none" => Err(Error::not_found("no")),
        name => Ok(BTreeMap::from([(name.to_owned(), 1)])),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "what is asked for counts, and nobody answers")]
struct Form {
    /// Who
    #[schemars(title = "Name", length(min = 1, max = 9))]
    name: String,
    #[schemars(range(min = 0, max = 9))]
    count: i32,
    weight: Option<f64>,
    #[serde(default)]
    sure: bool,
    size: Size,
}

/// Ask the client
#[tool]
async fn ask(how: &str, client: Client) -> Result<String, Error> {
    match how {
        "form" => drop(client.elicit::<Form>("m").await?),
        "word" => drop(client.elicit::<String>("m").await?),
        "page" => {
            client.elicit_url("m", "https://example.com/").await?;
        }
        "model" => drop(
            client
                .sample("m")
                .system_prompt("s")
                .temperature(0.5)
                .stop_sequences(["x"])
                .prefer_models(["y"])
                .await?,
        ),
        _ => drop(client.roots().await?),
    }
    Ok(String::new())
}

fn server() -> MiniMcp {
    let icon = Icon::new("https://example.com/a.png").mime_type("image/png").size("48x48");
    MiniMcp::new("all")
        .with_version("1")
        .with_title("All")
        .with_description("All of it")
        .with_website_url("https://example.com")
        .with_icon(icon.theme(Theme::Dark))
        .with_instructions("Ask.")
        .page_size(3)
        .handlers(handlers![say, tree, number, list, nothing, maybe, need, ask, talk, one, of])
}

/// All that a client can be asked for.
fn capabilities() -> Value {
    json!({ "elicitation": { "form": {}, "url": {} }, "sampling": { "tools": {}, "context": {} }, "roots": {} })
}

/// Asks in each revision; the judge takes whatever is said. A question of the server is judged, and not answered.
async fn check(method: &str, params: Value) {
    for revision in ProtocolVersion::ALL {
        let connection = Connection::new(server());
        let mut transcript = Transcript::new(None);
        let mut messages = Vec::new();
        let mut params = params.clone();
        params["_meta"] = json!({ "progressToken": "t" });
        if revision.is_modern() {
            for (name, value) in [
                ("protocolVersion", json!(revision.as_str())),
                ("clientCapabilities", capabilities()),
                ("logLevel", json!("debug")),
            ] {
                params["_meta"][format!("io.modelcontextprotocol/{name}")] = value;
            }
        } else {
            let hello =
                json!({ "protocolVersion": revision.as_str(), "capabilities": capabilities() });
            messages.push(("initialize", hello));
        }
        messages.push((method, params));
        for (method, params) in messages {
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
            let message = message.to_string();
            transcript.received(&message);
            let (outbox, mut inbox) = Outbox::channel(8);
            let mut handled = pin!(connection.handle(message, outbox, ()));
            loop {
                tokio::select! {
                    biased;
                    Some(said) = inbox.recv() => {
                        let said = std::str::from_utf8(&said).unwrap();
                        transcript.sent(said);
                        if said.contains(r#""id":"#) {
                            break;
                        }
                    }
                    reply = &mut handled => {
                        transcript.sent(reply.as_str().unwrap());
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_a_server_is_and_has() {
    check("server/discover", json!({})).await;
    check("ping", json!({})).await;
    check("logging/setLevel", json!({ "level": "debug" })).await;
    check("nonsense", json!({})).await;
    for list in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
        check(list, json!({})).await;
        check(list, json!({ "cursor": "x" })).await;
    }
}

#[tokio::test]
async fn what_tools_answer() {
    for how in [
        "",
        "error",
        "object",
        "list",
        "null",
        "empty",
        "not found",
        "forbidden",
        "internal",
        "application",
    ] {
        check("tools/call", json!({ "name": "say", "arguments": { "how": how } })).await;
    }
    for name in ["tree", "number", "list", "nothing", "maybe", "need", "say", "unknown"] {
        check("tools/call", json!({ "name": name })).await;
    }
}

#[tokio::test]
async fn what_clients_are_asked() {
    for how in ["form", "word", "page", "model", "folders"] {
        check("tools/call", json!({ "name": "ask", "arguments": { "how": how } })).await;
    }
}

#[tokio::test]
async fn what_prompts_and_resources_answer() {
    check("prompts/get", json!({ "name": "talk", "arguments": { "of": "a" } })).await;
    check("prompts/get", json!({ "name": "talk" })).await;
    check("prompts/get", json!({ "name": "unknown" })).await;
    for uri in ["all://one", "all://of/a", "all://of/none", "none://x"] {
        check("resources/read", json!({ "uri": uri })).await;
    }
    let argument = json!({ "name": "of", "value": "1" });
    let prompt = json!({ "type": "ref/prompt", "name": "talk" });
    check("completion/complete", json!({ "ref": prompt, "argument": argument })).await;
    let argument = json!({ "name": "name", "value": "" });
    let template = json!({ "type": "ref/resource", "uri": "all://of/{name}" });
    check("completion/complete", json!({ "ref": template, "argument": argument })).await;
}
