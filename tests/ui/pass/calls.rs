//! What the expansion reads is what the function gets, and what it returns is what the client gets.

#![deny(warnings)]

use minimcp::{MiniMcp, Outbox, handlers, prompt, resource, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, JsonSchema, Default)]
enum Level {
    #[default]
    Low,
    High,
}

#[derive(Debug, Deserialize, JsonSchema, Default)]
struct Options {
    levels: Vec<Level>,
}

#[tool]
async fn show(
    text: &str,
    #[arg(range = 1..=10, default = 5)] number: u8,
    maybe: Option<i64>,
    #[arg(default)] options: Options,
    #[arg(default = "x", length = ..4, pattern = "^[a-z]*$", name = "the-label")] label: &str,
) -> Result<String, String> {
    if text == "fail" { Err("failed".to_owned()) } else { Ok(format!("{text} {number} {maybe:?} {options:?} {label}")) }
}

#[tool(blocking)]
fn shout(text: &str, #[arg(default = "!")] end: &str) -> String {
    format!("{}{end}", text.to_uppercase())
}

#[prompt]
async fn ask(topic: &str, #[arg(default = 3)] sentences: u32, #[arg(default)] level: Level) -> String {
    format!("{topic} {sentences} {level:?}")
}

#[resource("math://{row}/{+path}{?digits}")]
async fn row(row: u64, path: &str, #[arg(default = 2)] digits: u8) -> String {
    format!("{row} {path} {digits}")
}

async fn check(method: &str, params: &str, expected: &str) {
    let server: MiniMcp = MiniMcp::new("calls").handlers(handlers![show, shout, ask, row]);
    let message = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    let reply = server.handle(message, Outbox::none(), ()).await;
    let reply = reply.as_str().unwrap_or_default();
    assert!(reply.contains(expected), "{params}: {reply}");
}

async fn call(name: &str, arguments: &str, expected: &str) {
    check("tools/call", &format!(r#"{{"name":"{name}","arguments":{arguments}}}"#), expected).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    call("show", r#"{"text":"a"}"#, "a 5 None Options { levels: [] } x").await;
    call("show", r#"{"text":"\u00e4","number":1,"maybe":-1}"#, "ä 1 Some(-1)").await;
    call("show", r#"{"text":"a","options":{"levels":["High"]},"the-label":"abc"}"#, "[High] } abc").await;
    call("show", r#"{"text":"fail"}"#, r#""text":"failed"}],"isError":true"#).await;
    call("show", r#"{"text":"a","number":11}"#, "Invalid argument `number`").await;
    call("show", r#"{"text":"a","the-label":"ABC"}"#, "Invalid argument `the-label`").await;
    call("show", r#"{"text":"a","the-label":"abcd"}"#, "Invalid argument `the-label`").await;
    call("show", "{}", "Missing required arguments: text").await;
    call("shout", r#"{"text":"a"}"#, "A!").await;
    call("shout", r#"{"text":"a","end":"?"}"#, "A?").await;
    let ask = r#"{"name":"ask","arguments":{"topic":"rust","sentences":"4","level":"High"}}"#;
    check("prompts/get", ask, "rust 4 High").await;
    check("resources/read", r#"{"uri":"math://7/a/b%20c?digits=9"}"#, "7 a/b c 9").await;
    check("resources/read", r#"{"uri":"math://7/a"}"#, "7 a 2").await;
}
