//! Endpoints as routes of axum.

use std::future::Future;
use std::pin::Pin;

use axum::extract::{FromRequestParts, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};

use super::endpoint::Endpoint;
use crate::boxed::boxed;
use crate::server::MiniMcp;

/// A route that serves over Streamable HTTP: JSON, or a stream of events when there is something to say before the
/// answer. Short for [`Endpoint::streamable`] and [`Endpoint::into_route`] with all defaults.
///
/// ```
/// use axum::{Router, extract::FromRequestParts, http::{StatusCode, request::Parts}};
/// use minimcp::MiniMcp;
///
/// struct User(String);
///
/// impl<A: Sync> FromRequestParts<A> for User {
///     type Rejection = StatusCode;
///
///     async fn from_request_parts(request: &mut Parts, _: &A) -> Result<Self, StatusCode> {
///         let user = request.headers.get("x-user").and_then(|user| user.to_str().ok());
///         user.map(|user| User(user.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
///     }
/// }
///
/// let math: MiniMcp = MiniMcp::new("math");
/// let issues: MiniMcp<User> = MiniMcp::new("issues");
/// let app: Router = Router::new()
///     .route("/math", minimcp::http::streamable(math))
///     .route("/issues", minimcp::http::streamable(issues));
/// ```
pub fn streamable<S, A>(server: MiniMcp<S>) -> MethodRouter<A>
where
    S: FromRequestParts<A> + Send + Sync + 'static,
    A: Clone + Send + Sync + 'static,
{
    Endpoint::streamable(server).into_route()
}

/// A route that serves requests and answers only: always JSON, and no notifications. Short for [`Endpoint::json`] and
/// [`Endpoint::into_route`] with all defaults.
///
/// ```
/// use axum::Router;
/// use minimcp::MiniMcp;
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let app: Router = Router::new().route("/mcp", minimcp::http::json(server));
/// ```
pub fn json<S, A>(server: MiniMcp<S>) -> MethodRouter<A>
where
    S: FromRequestParts<A> + Send + Sync + 'static,
    A: Clone + Send + Sync + 'static,
{
    Endpoint::json(server).into_route()
}

impl<S: Send + Sync + 'static> Endpoint<S> {
    /// The endpoint as a route of axum, for all methods: it answers those that it does not serve itself.
    ///
    /// The scope is any extractor. Where it rejects a request, its own response goes out; that is the place to answer
    /// 401. Host and origin are checked before.
    ///
    /// ```
    /// use axum::Router;
    /// use minimcp::{MiniMcp, http::Endpoint};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let endpoint = Endpoint::streamable(server).allowed_hosts(["mcp.example.com"]);
    /// let app: Router = Router::new().route("/mcp", endpoint.into_route());
    /// ```
    pub fn into_route<A>(self) -> MethodRouter<A>
    where
        S: FromRequestParts<A>,
        A: Clone + Send + Sync + 'static,
    {
        any::<_, (), A>(Route(self))
    }
}

struct Route<S>(Endpoint<S>);

impl<S> Clone for Route<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S, A> Handler<(), A> for Route<S>
where
    S: FromRequestParts<A> + Send + Sync + 'static,
    A: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: A) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        boxed(|| async move {
            if let Some(response) = self.0.turn_away(&mut parts).await {
                return response.into_response();
            }
            let scope = match S::from_request_parts(&mut parts, &state).await {
                Ok(scope) => scope,
                Err(rejection) => return rejection.into_response(),
            };
            self.0.answer(&mut parts, body, scope).await.into_response()
        })
    }
}
