//! A server that can be watched from outside: a span for each call, metrics for Prometheus, probes, bounds on everything,
//! and an orderly end. [`app()`] puts the parts together; start reading there.

mod tools;
mod watching;

use axum::Router;
use axum::routing::{get, post};
use minimcp::{MiniMcp, http};

pub use metrics_exporter_prometheus::PrometheusHandle;
pub use tools::{Bell, server};
pub use watching::{collect, keep_house, recorder, write_spans};

/// The application: the server at `/mcp`, its numbers at `/metrics`, the probes, and the bell that says that a cake is done.
///
/// `/metrics` and the probes are for the people of the house. Here they are on the same address; give them one of their own
/// where the public can reach this one.
pub fn app(server: &MiniMcp<Bell>, bell: &Bell, numbers: PrometheusHandle) -> Router {
    let (probed, rung) = (server.clone(), bell.clone());
    let endpoint = http::Endpoint::streamable(server.clone()).with_scope(bell.clone());
    // Endpoints look at host and origin by themselves; this is for the other routes.
    let inside = Router::new()
        .route("/metrics", get(move || async move { numbers.render() }))
        .route("/bell", post(move || async move { rung.ring() }))
        .layer(http::Guard::new());
    Router::new()
        .route_service("/mcp", endpoint)
        .merge(inside)
        .merge(http::health(move || probed.is_ready()))
}
