//! A math server: its handlers, which are plain functions, and the list of them.

use std::time::Duration;

use minimcp::{Error, MiniMcp, Progress, handlers, prompt, resource, tool};

/// Add two numbers
#[tool(read_only)]
async fn add(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
) -> f64 {
    a + b
}

/// Add two numbers, slowly, and report the progress
#[tool(read_only)]
async fn add_with_progress(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
    progress: Progress,
) -> f64 {
    for (done, message) in [(0.1, "adding"), (0.4, "still adding"), (0.7, "almost done")] {
        progress.report(done).total(1.0).message(message).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    a + b
}

/// Subtract the second number from the first
#[tool(read_only)]
async fn subtract(
    /// The number to subtract from
    a: f64,
    /// The number to subtract
    b: f64,
) -> f64 {
    a - b
}

/// Multiply two numbers
#[tool(name = "multiply", read_only)]
async fn product(
    /// The first number
    a: f64,
    /// The second number
    b: f64,
) -> f64 {
    a * b
}

/// Divide the first number by the second
#[tool(read_only)]
async fn divide(
    /// The number to divide
    a: f64,
    /// The number to divide by
    b: f64,
) -> Result<f64, &'static str> {
    if b == 0.0 { Err("cannot divide by zero") } else { Ok(a / b) }
}

/// Solve a math problem step by step
#[prompt]
async fn problem_solving(
    /// The problem to solve
    problem_description: &str,
) -> String {
    format!(
        "Solve this problem. Say what is given and what is asked, name the method, show each step, and check the \
         result.\n\nProblem: {problem_description}"
    )
}

/// The value of π
#[resource("math://constants/pi")]
async fn pi() -> f64 {
    std::f64::consts::PI
}

/// A mathematical constant: pi, e or tau
#[resource("math://constants/{name}")]
async fn constant(
    /// The name of the constant
    name: &str,
) -> Result<f64, Error> {
    match name {
        "pi" => Ok(std::f64::consts::PI),
        "e" => Ok(std::f64::consts::E),
        "tau" => Ok(std::f64::consts::TAU),
        _ => Err(Error::not_found(format!("Unknown constant: {name}"))),
    }
}

/// The server: all handlers, in the order in which clients see them.
#[must_use]
pub fn server() -> MiniMcp {
    MiniMcp::new("math")
        .with_title("Math")
        .with_instructions(
            "Use the tools for arithmetic; read the constants instead of recalling them.",
        )
        .handlers(handlers![
            add,
            add_with_progress,
            subtract,
            product,
            divide,
            problem_solving,
            pi,
            constant,
        ])
}
