//! What the server does: a call for each way that one can go.

use std::sync::Arc;
use std::time::Duration;

use minimcp::{Error, MiniMcp, Progress, Scope, handlers, tool};
use tokio::sync::Notify;

/// What ends the baking early.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Wakes who waits for it, or the next one that does.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Divide two numbers
#[tool(read_only, idempotent)]
async fn divide(
    /// What to divide
    a: f64,
    /// By what to divide it, not zero
    b: f64,
) -> Result<f64, &'static str> {
    match b == 0.0 {
        true => Err("cannot divide by zero"),
        false => Ok(a / b),
    }
}

/// Bake a cake, which takes its time
#[tool]
async fn bake(
    /// For how many milliseconds
    #[arg(range = 0..=600_000)]
    milliseconds: u64,
    progress: Progress,
    bell: Scope<Bell>,
) -> &'static str {
    progress.report(0.0).total(1.0).message("in the oven").await;
    // Until the time is over, or somebody smells that it is done.
    let _ = tokio::time::timeout(Duration::from_millis(milliseconds), bell.rung()).await;
    tracing::info!("the cake is done");
    "a cake"
}

/// Read a number from a disk that is broken
#[tool(read_only)]
async fn read() -> Result<f64, Error> {
    Err(Error::internal("the disk is broken"))
}

/// The server.
#[must_use]
pub fn server() -> MiniMcp<Bell> {
    MiniMcp::new("observed").handlers(handlers![divide, bake, read]).concurrency(4).queue(4)
}
