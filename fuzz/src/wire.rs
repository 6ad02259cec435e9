//! Runtimes, and what is read of answers.

use std::future::Future;

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

/// A runtime whose clock jumps to the next alarm when nothing else is left to do.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// Runs what leaves nothing behind.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local!(static RUNTIME: Runtime = runtime());
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A message of the server: JSON, and one that says its version.
pub(crate) fn parsed(message: &str) -> Value {
    let message: Value =
        serde_json::from_str(message).unwrap_or_else(|error| panic!("{error}: {message}"));
    assert_eq!(message["jsonrpc"], "2.0", "{message}");
    message
}

/// An answer is of moderate length whatever was asked.
pub(crate) fn check_length(received: usize, sent: usize) {
    assert!(sent <= 64 * 1024 + 16 * received, "{received} bytes were answered with {sent}");
}
