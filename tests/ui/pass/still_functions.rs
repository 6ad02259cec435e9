//! A handler is a function like any other, and its docs, lints and attributes are its own.

#![deny(warnings)]

use minimcp::tool;

/// Add two numbers
#[tool]
#[must_use]
#[allow(unused_variables)]
pub async fn add(
    /// The first number
    a: f64,
    /// The second number
    #[arg(default = 1.0)]
    b: f64,
    #[arg(default)]
    #[allow(unused)]
    note: &str,
) -> f64 {
    a + b
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(add(1.0, 2.0, "").await, 3.0);
}
