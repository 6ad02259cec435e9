//! The application: which routes there are, and what stands before them.

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::map_request;
use axum::routing::get;
use minimcp::MiniMcp;
use minimcp::http::Endpoint;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tower_http::validate_request::ValidateRequestHeaderLayer;
use tracing::Level;

use crate::cors;
use crate::follow::{Feeds, follow};
use crate::options::Options;
use crate::rate::RateLimit;
use crate::steps::Pause;
use crate::{calculator, science};

/// The application, and what has to be done about it from outside.
#[derive(Debug)]
pub struct App {
    /// What answers.
    pub router: Router,
    /// Who follows which calls; to be closed when the service stops.
    pub feeds: Feeds,
    pub(crate) rate: Option<RateLimit>,
}

/// What the routes share. Extractors, and so the scopes of the servers, take their parts out of it.
#[derive(Clone, Debug, FromRef)]
struct Shared {
    feeds: Feeds,
    pause: Pause,
}

/// Puts the application together.
///
/// # Panics
///
/// If one of the hosts or origins in the options is none.
#[must_use]
pub fn app(options: &Options) -> App {
    let feeds = Feeds::new(options.bounds);
    let rate = options.rate.map(RateLimit::per_second);
    let mut router = Router::new()
        .route("/mcp", endpoint(calculator::server(), options).into_route())
        .route("/science/mcp", endpoint(science::server(), options).into_route())
        .route("/mcp/sse/{client_id}", get(follow));
    // A layer stands before those that were added earlier. The rate limit comes before the token, so that it also
    // limits how fast tokens can be guessed.
    if let Some(token) = &options.token {
        router = router.route_layer(ValidateRequestHeaderLayer::custom(token.clone()));
    }
    if let Some(rate) = &rate {
        router = router.route_layer(rate.layer());
    }
    // The pages hold nothing of the servers, and ask people for the token. Health is asked for by machines without one.
    // CORS is outermost but for the log: a preflight carries no token, and a refusal without CORS headers is a riddle to
    // a browser.
    let router = router
        .route("/docs", minimcp::http::page("/mcp"))
        .route("/science/docs", minimcp::http::page("/science/mcp"))
        .route("/health", get(|| async { "ok\n" }))
        .layer(cors::layer(options))
        .layer(map_request(cors::ask_for_known_headers))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .with_state(Shared { feeds: feeds.clone(), pause: Pause(options.pause) });
    App { router, feeds, rate }
}

/// A server behind HTTP, reached under the names that the options allow.
fn endpoint<S: 'static>(server: MiniMcp<S>, options: &Options) -> Endpoint<S> {
    Endpoint::streamable(server).allowed_hosts(&options.hosts).allowed_origins(&options.origins)
}
