//! A tool on minimcp.

use minimcp::{MiniMcp, handlers, tool};

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

/// The server of both programs.
pub fn server() -> MiniMcp {
    MiniMcp::new("built").handlers(handlers![add])
}
