//! Serving over standard input and output, or any other pair of byte streams.
//!
//! One message per line, UTF-8, in both directions (all revisions, Transports, stdio). Standard output belongs to the
//! protocol: write logs to standard error, and never `println!` in a handler.
//!
//! # Pipes and sockets
//!
//! On Unix, standard input and output that are pipes or sockets are served without threads. Whether reads and writes wait
//! (`O_NONBLOCK`) is shared by all processes that have the same open file, so:
//!
//! - A pipe is opened once more on Linux, and nothing changes for anybody.
//! - A socket, and a pipe where it cannot be opened again, does not wait while it is served, and waits again
//!   afterwards, if it did before. A program that is killed leaves it so. What else writes there meanwhile, a
//!   `println!` or another process, gets an error when the client reads slowly.
//! - If standard error is the same socket or pipe, it is left alone: `eprintln!` never fails for our sake.
//!
//! A terminal, a file, `/dev/null` and everything on other systems is served by threads, at more cost for each message.
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

mod conversation;
mod lines;
mod output;
#[cfg(feature = "page")]
mod page;
mod serve;
#[cfg(unix)]
mod shared;
mod standard;
mod stream;
mod thread;

pub use serve::{Stdio, serve};
