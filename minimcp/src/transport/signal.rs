//! Being asked to stop.

/// Waits until the program is asked to stop: for SIGINT or SIGTERM; elsewhere than on Unix for Ctrl-C.
///
/// Waits for ever where signals cannot be watched: the program then stops as it would without this.
///
/// ```no_run
/// # #[tokio::main] async fn main() -> std::io::Result<()> {
/// use axum::Router;
/// use minimcp::{http, MiniMcp};
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let app: Router = Router::new().route("/mcp", http::streamable(server.clone()));
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// axum::serve(listener, app)
///     .with_graceful_shutdown(async move {
///         minimcp::stop_signal().await;
///         server.close();
///     })
///     .await
/// # }
/// ```
pub async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
