//! The servers that are asked.

use bytes::Bytes;
use minimcp::{Call, Content, MiniMcp, Progress, Resource, Tool, handlers, prompt, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finish;

/// Add two numbers
#[tool]
async fn add(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
) -> f64 {
    a + b
}

/// Say the same
#[tool]
async fn echo(
    /// What to say
    text: String,
) -> String {
    text
}

/// Count, and report each step
#[tool]
async fn count(
    /// How far to count
    steps: u32,
    progress: Progress,
) -> u32 {
    for step in 1..=steps {
        progress.report(f64::from(step)).total(f64::from(steps)).await;
    }
    steps
}

/// A place
#[derive(Deserialize, Serialize, JsonSchema)]
struct Place {
    name: String,
    latitude: f64,
    longitude: f64,
}

/// Count places
#[tool]
async fn places(
    /// All of them
    places: Vec<Place>,
) -> usize {
    places.len()
}

/// Make places
#[tool]
async fn make(
    /// How many
    number: usize,
) -> Vec<Place> {
    (0..number)
        .map(|n| Place { name: format!("place {n}"), latitude: 0.5, longitude: 1.5 })
        .collect()
}

/// Show several blocks
#[tool]
async fn show(
    /// How many
    number: usize,
) -> Vec<Content> {
    (0..number).map(|n| Content::text(format!("block {n}"))).collect()
}

/// Explain a topic
#[prompt]
async fn explain(#[arg(complete = topics)] topic: &str) -> String {
    format!("Explain {topic} in simple words.")
}

async fn topics(typed: &str) -> Vec<String> {
    ["rust", "ruby"]
        .iter()
        .filter(|topic| topic.starts_with(typed))
        .map(ToString::to_string)
        .collect()
}

#[derive(Deserialize, JsonSchema)]
struct Variables {
    id: u64,
}

/// A server with this many tools and templates.
#[allow(clippy::expect_used, reason = "the names differ")]
pub(crate) fn server(tools: usize, templates: usize) -> MiniMcp {
    let server: MiniMcp = MiniMcp::new("benchmark")
        .handlers(handlers![add, echo, count, places, make, show, explain]);
    for number in 6..tools {
        let more = |variables: Variables, _: Call| async move {
            Ok::<_, String>(variables.id.to_string())
        };
        server
            .tools()
            .add(Tool::from_fn(&format!("measure_{number}"), more).description("Measure something"))
            .expect("a name of its own");
    }
    for number in 0..templates {
        let read = |variables: Variables, _: Call| async move {
            Ok::<_, String>(format!("user {}", variables.id))
        };
        server
            .resources()
            .add(Resource::from_fn(
                &format!("kind{number}://users/{{id}}/profile"),
                &format!("r{number}"),
                read,
            ))
            .expect("a URI of its own");
    }
    server
}

pub(crate) fn handle(server: &MiniMcp, message: &Bytes) -> Bytes {
    let reply = finish(server.handle(message.clone(), minimcp::Outbox::none(), ()));
    reply.into_bytes().unwrap_or_default()
}
