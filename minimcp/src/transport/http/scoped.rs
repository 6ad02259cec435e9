//! An endpoint that knows its callers: a service of tower.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use tower_service::Service;

use super::body::Body;
use super::endpoint::Endpoint;
use crate::server::MiniMcp;

/// An [`Endpoint`] with a way to make the scope of each request: a service of tower, cheap to clone.
///
/// [`Endpoint::with_scope`] and [`Endpoint::with_scope_fn`] make it. An endpoint whose scope is `()` becomes one by
/// itself.
///
/// ```
/// use axum::Router;
/// use minimcp::{MiniMcp, http::Endpoint};
///
/// let server: MiniMcp<u32> = MiniMcp::new("math");
/// let app: Router = Router::new().route_service("/mcp", Endpoint::streamable(server).with_scope(7));
/// ```
pub struct Scoped<S> {
    endpoint: Endpoint<S>,
    scope: Arc<dyn Fn(&Parts) -> S + Send + Sync>,
}

/// Giving an endpoint its scope.
impl<S: Send + Sync + 'static> Endpoint<S> {
    /// The endpoint as a service of tower, for one scope: every request gets a clone of it.
    #[must_use]
    pub fn with_scope(self, scope: S) -> Scoped<S>
    where
        S: Clone,
    {
        self.with_scope_fn(move |_| scope.clone())
    }

    /// The endpoint as a service of tower; `scope` makes the scope of a request out of its head. Layers around the
    /// service leave in the request's extensions what they found out.
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Endpoint};
    ///
    /// let server: MiniMcp<Option<String>> = MiniMcp::new("math");
    /// let service = Endpoint::streamable(server).with_scope_fn(|request| {
    ///     request.headers.get("x-user").and_then(|user| user.to_str().ok()).map(str::to_owned)
    /// });
    /// ```
    #[must_use]
    pub fn with_scope_fn(self, scope: impl Fn(&Parts) -> S + Send + Sync + 'static) -> Scoped<S> {
        Scoped::new(self, Arc::new(scope))
    }
}

impl<S: Send + Sync + 'static> Scoped<S> {
    pub(super) fn new(
        endpoint: Endpoint<S>,
        scope: Arc<dyn Fn(&Parts) -> S + Send + Sync>,
    ) -> Self {
        Self { endpoint, scope }
    }

    pub(super) fn endpoint(&self) -> &Endpoint<S> {
        &self.endpoint
    }

    /// Answers a request; see [`Endpoint::respond`].
    pub async fn respond<B: http_body::Body>(&self, request: Request<B>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        match self.admit(&mut parts).await {
            Ok(scope) => self.endpoint.answer(&mut parts, body, scope).await,
            Err(response) => response,
        }
    }

    /// The scope of a request, unless it is turned away.
    pub(super) async fn admit(&self, request: &mut Parts) -> Result<S, Response<Body>> {
        match self.endpoint.turn_away(request).await {
            None => Ok((self.scope)(request)),
            Some(response) => Err(response),
        }
    }
}

impl<S, B> Service<Request<B>> for Scoped<S>
where
    S: Send + Sync + 'static,
    B: http_body::Body<Data: Send, Error: Send> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let scoped = self.clone();
        Box::pin(async move { Ok(scoped.respond(request).await) })
    }
}

impl From<Endpoint<()>> for Scoped<()> {
    fn from(endpoint: Endpoint<()>) -> Self {
        endpoint.with_scope(())
    }
}

/// [`Endpoint::streamable`] with its defaults.
impl From<MiniMcp<()>> for Scoped<()> {
    fn from(server: MiniMcp<()>) -> Self {
        Endpoint::streamable(server).into()
    }
}

impl<S> Clone for Scoped<S> {
    fn clone(&self) -> Self {
        Self { endpoint: self.endpoint.clone(), scope: Arc::clone(&self.scope) }
    }
}

impl<S> fmt::Debug for Scoped<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scoped").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
