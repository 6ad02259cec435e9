//! What no client should send, over raw sockets and raw pipes: each case names what comes back, and after each of them the
//! next request is answered.
#![cfg(all(feature = "stdio", feature = "http", feature = "macros", feature = "sessions", unix))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod headers;
mod json;
mod messages;
mod methods;
mod pipe;
mod requests;
mod web;

use minimcp::{Changes, Client, Error, Log, MiniMcp, handlers, prompt, resource, tool};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Nested {
    #[allow(dead_code, reason = "read, and of no further use")]
    inner: Option<Box<Nested>>,
}

/// Add
#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Give back a text
#[tool]
async fn echo(text: &str) -> String {
    text.to_owned()
}

/// Take what is nested as deep as one likes
#[tool]
async fn nested(value: Nested) -> &'static str {
    drop(value);
    "taken"
}

/// Tell those who follow a file
#[tool]
async fn touch(changes: Changes, log: Log) {
    log.info("touched").await;
    changes.resource("files://a/b");
}

/// Ask
#[tool]
async fn ask(client: Client) -> Result<String, Error> {
    client.elicit("Who?").await
}

/// Give back a name
#[prompt]
async fn greet(#[arg(complete = ["Ada", "Grace"])] name: &str) -> String {
    name.to_owned()
}

/// Give back a path
#[resource("files://{name}/{+path}")]
async fn file(name: &str, path: &str) -> String {
    format!("{name}: {path}")
}

fn server() -> MiniMcp {
    MiniMcp::new("hostile").handlers(handlers![add, echo, nested, touch, ask, greet, file])
}

/// One thing that nobody should send, and what comes back.
struct Case {
    name: &'static str,
    sent: Vec<u8>,
    expected: &'static str,
}

fn case(name: &'static str, sent: impl Into<Vec<u8>>, expected: &'static str) -> Case {
    Case { name, sent: sent.into(), expected }
}

/// A message that nobody should send: its name, its text, and what comes back over HTTP and over a pipe.
type Message<T> = (&'static str, T, &'static str, &'static str);

/// What came back, without what differs from run to run: the code of an error, or a result that is not too long.
fn told(reply: &[u8]) -> String {
    let Ok(reply) = serde_json::from_slice::<serde_json::Value>(reply) else {
        return String::from(if reply.starts_with(b"{") { "answered unreadably" } else { "" });
    };
    if let Some(replies) = reply.as_array() {
        let told = replies.iter().map(|reply| told(reply.to_string().as_bytes()));
        return format!("[{}]", told.collect::<Vec<_>>().join(", "));
    }
    let id = match &reply["id"] {
        serde_json::Value::Number(id) if id.as_u64() == Some(1) => String::new(),
        id => format!(" for {}", shortened(&id.to_string())),
    };
    match reply.pointer("/error/code") {
        Some(code) => format!("{code}{id}"),
        None if reply["result"]["isError"] == true => format!("error for the model{id}"),
        None => format!("answered{id}"),
    }
}

fn shortened(text: &str) -> &str {
    text.get(..40).unwrap_or(text)
}
