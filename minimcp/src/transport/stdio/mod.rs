//! Serving over standard input and output, or any other pair of byte streams.
//!
//! One message per line, UTF-8, in both directions (all revisions, Transports, stdio). Standard output belongs to the
//! protocol: write logs to standard error, and never `println!` in a handler.
//!
//! ```no_run
//! use minimcp::{handlers, tool, MiniMcp};
//!
//! /// Add two numbers
//! #[tool]
//! async fn add(a: f64, b: f64) -> f64 { a + b }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     minimcp::stdio::serve(MiniMcp::new("math").handlers(handlers![add]), ()).await
//! }
//! ```

mod lines;
mod output;
mod serve;
#[cfg(unix)]
mod shared;
mod standard;
mod thread;

pub use serve::{Stdio, serve};
