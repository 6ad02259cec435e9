//! What those who watch over a server ask it: whether it lives, and whether it takes calls.

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

use super::body::Body;

/// Two routes for probes: `/health/live`, which is always 200, and `/health/ready`, which is 200 if `ready` gives `true`,
/// and otherwise 503 with `Retry-After`.
///
/// A program that is not ready is sent no requests; one that does not live is started anew. So being ready may depend on
/// what a call needs, such as a database, and living on nothing. [`MiniMcp::is_ready`](crate::MiniMcp::is_ready) says
/// whether the server takes calls: it does not while it stops, or while its queue is full. Neither route asks who is
/// there, nor under which host; put them behind whatever the public should not see.
///
/// ```
/// use axum::{Router, body::Body, http::Request};
/// use minimcp::{MiniMcp, http};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("math");
/// let probed = server.clone();
/// let app: Router = Router::new()
///     .route("/mcp", http::streamable(server.clone()))
///     .merge(http::health(move || probed.is_ready()));
/// let status = async |path: &str| {
///     let request = Request::get(path).body(Body::empty()).unwrap();
///     app.clone().oneshot(request).await.unwrap().status().as_u16()
/// };
/// assert_eq!(status("/health/ready").await, 200);
/// server.close();
/// assert_eq!(status("/health/ready").await, 503);
/// assert_eq!(status("/health/live").await, 200);
/// # Ok(()) }
/// ```
pub fn health<A: Clone + Send + Sync + 'static>(
    ready: impl Fn() -> bool + Clone + Send + Sync + 'static,
) -> Router<A> {
    let answer_ready = move || {
        let answer = answer(ready());
        async move { answer }
    };
    Router::new()
        .route("/health/live", get(|| async { answer(true) }))
        .route("/health/ready", get(answer_ready))
}

/// The answer to a probe.
pub(super) fn answer(well: bool) -> Response<Body> {
    let text: &[u8] = if well { b"ok\n" } else { b"not now\n" };
    let mut response = Response::new(Body::full(Bytes::from_static(text)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !well {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}
