//! The server at `/mcp`: sums and products, told step by step on request.

use minimcp::{MiniMcp, handlers, tool};

use crate::steps::{Caller, Steps};

/// Add two numbers
#[tool(read_only, idempotent)]
async fn add_numbers(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
    /// Whether to tell the steps on the way, as progress
    #[arg(default)]
    stream: bool,
    steps: Steps,
) -> f64 {
    let sum = a + b;
    if stream {
        steps.tell([format!("take {a}"), format!("add {b}"), format!("{a} + {b} = {sum}")]).await;
    }
    sum
}

/// Multiply two numbers
#[tool(read_only, idempotent)]
async fn multiply_numbers(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
    /// Whether to tell the steps on the way, as progress
    #[arg(default)]
    stream: bool,
    steps: Steps,
) -> f64 {
    let product = a * b;
    if stream {
        let told = [format!("take {a}"), format!("times {b}"), format!("{a} × {b} = {product}")];
        steps.tell(told).await;
    }
    product
}

/// The server; its scope is who is calling.
pub(crate) fn server() -> MiniMcp<Caller> {
    MiniMcp::new("calculator")
        .with_title("Calculator")
        .with_instructions("Adds and multiplies. With `stream` a call tells its steps as progress.")
        .handlers(handlers![add_numbers, multiply_numbers])
}
