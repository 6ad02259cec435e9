//! The checks of an endpoint for everything else in an application.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::response::{IntoResponse as _, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use tower_layer::Layer;
use tower_service::Service;

use super::checks::Checks;

/// The headers that clients send, for the `Access-Control-Allow-Headers` of a layer for CORS. Besides these there is one
/// `Mcp-Param-…` for each argument with `#[arg(header = "…")]`.
pub static REQUEST_HEADERS: [HeaderName; 11] = [
    http::header::ACCEPT,
    http::header::AUTHORIZATION,
    http::header::CONTENT_TYPE,
    HeaderName::from_static("mcp-protocol-version"),
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];

/// The headers of answers that pages have to read, for `Access-Control-Expose-Headers`.
pub static RESPONSE_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-protocol-version"),
    WWW_AUTHENTICATE,
    RETRY_AFTER,
];

/// A layer of tower that looks at the host and the origin of requests as an [`Endpoint`](super::Endpoint) does, for the
/// other routes of an application: a web page can reach those under a name of its own as well (DNS rebinding).
///
/// Endpoints check for themselves. What is refused is answered with status 403.
///
/// ```
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use minimcp::http::Guard;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let guard = Guard::new().allowed_hosts(["app.example.com"]);
/// let app: Router = Router::new().route("/data", get(|| async { "data" })).layer(guard);
/// let status = async |host: &str| {
///     let request = Request::get("/data").header("host", host).body(Body::empty()).unwrap();
///     app.clone().oneshot(request).await.unwrap().status().as_u16()
/// };
/// assert_eq!(status("app.example.com").await, 200);
/// assert_eq!(status("evil.example").await, 403);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Guard {
    checks: Arc<Checks>,
}

impl Guard {
    /// Lets through what is addressed to this machine, and no pages but its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Endpoint::allowed_hosts`](super::Endpoint::allowed_hosts).
    ///
    /// # Panics
    ///
    /// If one of them is no host.
    #[must_use]
    pub fn allowed_hosts<H: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        Arc::make_mut(&mut self.checks).allow_hosts(hosts);
        self
    }

    /// As [`Endpoint::allow_any_host`](super::Endpoint::allow_any_host).
    #[must_use]
    pub fn allow_any_host(mut self) -> Self {
        Arc::make_mut(&mut self.checks).hosts.allow_any();
        self
    }

    /// As [`Endpoint::allowed_origins`](super::Endpoint::allowed_origins).
    ///
    /// # Panics
    ///
    /// If one of them is no origin.
    #[must_use]
    pub fn allowed_origins<O: AsRef<str>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        Arc::make_mut(&mut self.checks).allow_origins(origins);
        self
    }

    /// As [`Endpoint::allow_any_origin`](super::Endpoint::allow_any_origin).
    #[must_use]
    pub fn allow_any_origin(mut self) -> Self {
        Arc::make_mut(&mut self.checks).origins.allow_any();
        self
    }

    /// Whether pages of this origin may send this request: what a layer for CORS has to know, such as the `AllowOrigin` of
    /// tower-http.
    ///
    /// ```
    /// use http::{HeaderValue, Request};
    /// use minimcp::http::Guard;
    ///
    /// let guard = Guard::new().allowed_origins(["https://app.example.com"]);
    /// let (request, ()) = Request::post("/mcp").header("host", "mcp.example.com").body(()).unwrap().into_parts();
    /// let allows = |origin| guard.allows_origin(&HeaderValue::from_static(origin), &request);
    /// assert!(allows("https://app.example.com"));
    /// assert!(!allows("https://evil.example"));
    /// ```
    #[must_use]
    pub fn allows_origin(&self, origin: &HeaderValue, request: &Parts) -> bool {
        self.checks.origins.lets(origin.as_bytes(), request)
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, service: S) -> Guarded<S> {
        Guarded { checks: Arc::clone(&self.checks), service }
    }
}

/// A service behind a [`Guard`].
#[derive(Debug, Clone)]
pub struct Guarded<S> {
    checks: Arc<Checks>,
    service: S,
}

impl<S, B> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        if let Err(rejection) = self.checks.check(&parts) {
            let response = rejection.into_response().into_response();
            return Box::pin(async move { Ok(response) });
        }
        Box::pin(self.service.call(Request::from_parts(parts, body)))
    }
}
