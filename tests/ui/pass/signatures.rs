//! Parameters and results of every kind.

#![deny(warnings)]

use minimcp::{Blob, Call, CallToolResult, Cancel, Content, FromCall, FromScope, Message, MiniMcp, Progress, Scope};
use minimcp::{handlers, prompt, resource, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone)]
struct User {
    name: String,
}

#[derive(Clone)]
struct Session {
    user: User,
}

impl FromScope<Session> for User {
    fn from_scope(session: &Session) -> User {
        session.user.clone()
    }
}

struct Locale(String);

impl FromCall for Locale {
    type Scope = User;

    fn from_call(user: User, _: &Call) -> Result<Self, minimcp::Error> {
        Ok(Locale(user.name))
    }
}

#[derive(Serialize, Deserialize, JsonSchema, Default)]
enum Level {
    #[default]
    Low,
    High,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Issue {
    title: String,
    labels: Vec<Option<Level>>,
}

/// No `Serialize`, so its default stays out of the schema.
#[derive(Deserialize, JsonSchema, Default)]
struct Hidden {
    #[allow(dead_code)]
    value: u8,
}

type Answer<T> = Result<T, std::fmt::Error>;

#[tool]
async fn injected(user: Scope<User>, locale: Locale, progress: Progress, call: Call, cancel: Cancel) -> String {
    let _ = (progress, call, cancel);
    format!("{} {}", user.name, locale.0)
}

#[tool(name = "rules.all", deny_unknown)]
async fn rules(
    #[arg(range = 1..=10, default = 5)] mut number: u8,
    #[arg(range = ..1e6)] maybe: Option<f64>,
    #[arg(length = 1..80, name = "the-text", default = "some")] text: &str,
    #[arg(length = ..3, default)] list: Vec<Level>,
    #[arg(default = Level::High)] level: Level,
    #[arg(default)] hidden: Hidden,
    #[arg(header = "Region")] region: &str,
) -> Result<Issue, String> {
    number += 1;
    let _ = (number, maybe, list, level, hidden, region);
    Ok(Issue { title: text.to_owned(), labels: vec![Some(Level::Low)] })
}


#[tool(blocking, timeout = "none", concurrency = 2, queue = 8)]
fn blocking(text: &str, issue: Issue, #[arg(default = "x")] other: &str, progress: Progress) -> Answer<usize> {
    let _ = (issue, progress);
    Ok(text.len() + other.len())
}

#[tool(timeout = std::time::Duration::from_secs(5), meta("example.com/a" = 1, "example.com/b" = ["x"]))]
async fn alias(text: &str) -> Answer<Option<Issue>> {
    let _ = text;
    Ok(None)
}

#[tool(icons("https://example.com/a.png"), read_only = true, destructive = false, idempotent, open_world)]
async fn borrowed(text: &str) -> &str {
    text
}

#[tool]
async fn content() -> Result<Vec<Content>, minimcp::Error> {
    Ok(vec![Content::text("x")])
}

#[tool]
async fn raw() -> std::io::Result<CallToolResult> {
    Ok(CallToolResult::text("x"))
}

#[tool]
async fn nothing() {}

#[prompt(title = "Ask", description = concat!("Ask ", "me"))]
async fn ask(topic: &str, #[arg(default = 3)] sentences: u32, level: Option<Level>) -> Vec<Message> {
    let _ = level;
    vec![Message::user(format!("{topic} {sentences}"))]
}

#[prompt(blocking)]
fn ask_slowly(topic: &str) -> Result<String, minimcp::Error> {
    Ok(topic.to_owned())
}

#[resource("users://{id}/{+path}{?depth,level}", mime_type = "text/plain", priority = 0.5, audience("user", "assistant"))]
async fn template(id: u64, path: &str, depth: Option<u8>, #[arg(default)] level: Level, user: Scope<User>) -> String {
    let _ = (depth, level, user);
    format!("{id} {path}")
}

#[resource("users://picture", size = 3, last_modified = "2025-01-12T15:00:58Z")]
async fn picture() -> Result<Vec<u8>, std::io::Error> {
    Ok(vec![1, 2, 3])
}

#[resource("users://blob", blocking)]
fn blob() -> Blob {
    Blob::new(vec![1])
}

fn main() {
    let server: MiniMcp<Session> = MiniMcp::new("signatures").handlers(handlers![
        injected, rules, blocking, alias, borrowed, content, raw, nothing, ask, ask_slowly, template, picture, blob,
    ]);
    assert_eq!(server.tools().list().len(), 8);
}
