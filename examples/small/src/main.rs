//! One handler of each kind: over stdio by default, over HTTP with an address as the argument.

use minimcp::{MiniMcp, handlers, prompt, resource, tool};

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

/// Explain a topic
#[prompt]
async fn explain(topic: &str) -> String {
    format!("Explain {topic} in simple words.")
}

/// What this server is for
#[resource("small://about")]
async fn about() -> &'static str {
    "It shows one handler of each kind."
}

/// The profile of a user
#[resource("users://{id}/profile")]
async fn profile(id: u64) -> String {
    format!("User {id} likes small servers.")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = MiniMcp::new("small").handlers(handlers![add, explain, about, profile]);
    match std::env::args().nth(1) {
        Some(address) => minimcp::http::serve(server, address).await,
        None => minimcp::stdio::serve(server, ()).await,
    }
}
