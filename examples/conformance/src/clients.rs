//! Tools that the suite does not call, for what only real clients show.

use std::time::Duration;

use minimcp::{Changes, Progress, tool};

/// Says that the resource which clients watch has changed
#[tool]
pub(crate) async fn change_watched_resource(changes: Changes) -> &'static str {
    changes.resource("test://watched-resource");
    "told"
}

/// Waits, and lets nobody else wait: another call is answered only once this one has ended or was cancelled
#[tool(concurrency = 1)]
pub(crate) async fn wait_alone(
    /// For how long
    #[arg(range = 0.0..=3600.0)]
    seconds: f64,
    progress: Progress,
) -> &'static str {
    progress.report(0.0).await;
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    "waited"
}
