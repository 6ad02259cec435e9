//! HTTP+SSE, the transport of 2024-11-05, for clients that know no other.

mod conversation;
mod streams;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, any};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Uri};

use super::body::Body;
use super::endpoint::Endpoint;
use super::media::{Accepted, check_content};
use super::rejection::Rejection;
use super::session::Feed;
use super::{answer, content};
use crate::server::MiniMcp;
use conversation::{Conversation, Terms};
use streams::{Refused, Streams};

/// A server behind HTTP+SSE (2024-11-05, Transports, HTTP with SSE): a client opens a stream with GET, is told where to
/// send its messages, and gets every answer on that stream.
///
/// GET and POST are one route. The stream is all that there is of a session: whatever is said on it is as on a
/// [`Connection`](crate::Connection), the client can be asked and told of changes, and when it goes away its calls are
/// cancelled. Messages have to reach the process that holds the stream, on behalf of the same
/// [`principal`](crate::MiniMcp::principal).
///
/// This transport is deprecated. It is made of an [`Endpoint`] and keeps to its hosts, origins, body limit, keep-alive and
/// outbox capacity.
///
/// ```
/// use axum::Router;
/// use minimcp::{MiniMcp, http::{Endpoint, Sse, streamable}};
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let sse = Sse::new(Endpoint::streamable(server.clone())).streams(100);
/// let app: Router = Router::new().route("/mcp", streamable(server)).route("/sse", sse.into_route());
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`streams`](Self::streams) | 1000 | streams that are open at once |
/// | [`waiting`](Self::waiting) | 64 | messages of one client that wait to be read |
/// | [`in_flight`](Self::in_flight) | 256 | calls of one client that are not answered yet |
pub struct Sse<S> {
    endpoint: Endpoint<S>,
    streams: Arc<Streams<S>>,
    waiting: usize,
    in_flight: usize,
}

/// A route that serves over HTTP+SSE, with all defaults; see [`Sse`].
///
/// ```
/// use axum::Router;
/// use minimcp::MiniMcp;
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let app: Router = Router::new().route("/sse", minimcp::http::sse(server));
/// ```
pub fn sse<S, A>(server: MiniMcp<S>) -> MethodRouter<A>
where
    S: FromRequestParts<A> + Send + Sync + 'static,
    A: Clone + Send + Sync + 'static,
{
    Sse::new(Endpoint::streamable(server)).into_route()
}

impl<S> Sse<S> {
    /// Serves what an endpoint serves.
    #[must_use]
    pub fn new(endpoint: Endpoint<S>) -> Self {
        Self { endpoint, streams: Arc::new(Streams::up_to(1000)), waiting: 64, in_flight: 256 }
    }

    /// How many streams may be open at once, 1000 unless it is said. One more is refused with status 503.
    #[must_use]
    pub fn streams(mut self, streams: usize) -> Self {
        self.streams = Arc::new(Streams::up_to(streams));
        self
    }

    /// How many messages of one client may wait to be read, 64 unless it is said, at least one. One more is refused with
    /// status 503.
    #[must_use]
    pub fn waiting(mut self, messages: usize) -> Self {
        self.waiting = messages.max(1);
        self
    }

    /// How many calls of one client may be read and not yet answered, 256 unless it is said, at least one. Nothing more is
    /// read then. For each question to the client that is open one more may be read.
    #[must_use]
    pub fn in_flight(mut self, calls: usize) -> Self {
        self.in_flight = calls.max(1);
        self
    }
}

impl<S: Send + Sync + 'static> Sse<S> {
    /// Answers a request, on behalf of `scope`. The path is not looked at; the client is told to send its messages to the
    /// path that it asked.
    pub async fn respond<B: http_body::Body>(
        &self,
        request: Request<B>,
        scope: S,
    ) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        match self.endpoint.turn_away(&mut parts).await {
            None => self.answer(parts, body, scope).await,
            Some(response) => response,
        }
    }

    /// Answers a request that passed the guard.
    pub(super) async fn answer<B: http_body::Body>(
        &self,
        request: Parts,
        body: B,
        scope: S,
    ) -> Response<Body> {
        let answered = match request.method {
            Method::GET => self.open(&request, &scope),
            Method::POST => self.take(&request, body, scope).await,
            _ => Err(Rejection::Method { allowed: "GET, POST" }),
        };
        answered.unwrap_or_else(Rejection::into_response)
    }

    fn open(&self, request: &Parts, scope: &S) -> Result<Response<Body>, Rejection> {
        if !Accepted::of(&request.headers).stream {
            return Err(Rejection::NotAcceptable { offers: "text/event-stream" });
        }
        let server = self.endpoint.server();
        let (stream, messages) =
            self.streams.open(server.principal_of(scope), self.waiting).ok_or(Rejection::Busy)?;
        let options = self.endpoint.options();
        let terms = Terms {
            keep_alive: options.keep_alive,
            outbox_capacity: options.outbox_capacity,
            in_flight: self.in_flight,
            ending: Arc::clone(self.endpoint.ending()),
        };
        let path = request.extensions.get::<OriginalUri>().map_or(&request.uri, |uri| &uri.0);
        let address = format!("{}?session={}", path.path(), stream.id());
        let conversation = Conversation::new(server.clone(), stream, messages, &address, terms);
        Ok(answer::streaming(Body::feed(Feed::of(conversation))))
    }

    async fn take<B: http_body::Body>(
        &self,
        request: &Parts,
        body: B,
        scope: S,
    ) -> Result<Response<Body>, Rejection> {
        check_content(&request.headers)?;
        let session = session(&request.uri).ok_or(Rejection::NoSuchSession)?;
        let options = self.endpoint.options();
        let message = content::read(body, options.body_limit, options.body_timeout).await?;
        let principal = self.endpoint.server().principal_of(&scope);
        self.streams.send(session, &principal, message, scope).map_err(
            |refused| match refused {
                Refused::Unknown => Rejection::NoSuchSession,
                Refused::Busy => Rejection::Busy,
            },
        )?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::ACCEPTED;
        Ok(response)
    }

    /// The route of axum, for GET and POST; see [`Endpoint::into_route`].
    pub fn into_route<A>(self) -> MethodRouter<A>
    where
        S: FromRequestParts<A>,
        A: Clone + Send + Sync + 'static,
    {
        any::<_, (), A>(Route(self))
    }
}

/// The session that an address names.
fn session(address: &Uri) -> Option<&str> {
    address.query()?.split('&').find_map(|member| member.strip_prefix("session="))
}

struct Route<S>(Sse<S>);

impl<S, A> Handler<(), A> for Route<S>
where
    S: FromRequestParts<A> + Send + Sync + 'static,
    A: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = axum::response::Response> + Send>>;

    fn call(self, request: axum::extract::Request, state: A) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if let Some(response) = self.0.endpoint.turn_away(&mut parts).await {
                return response.into_response();
            }
            let scope = match S::from_request_parts(&mut parts, &state).await {
                Ok(scope) => scope,
                Err(rejection) => return rejection.into_response(),
            };
            self.0.answer(parts, body, scope).await.into_response()
        })
    }
}

impl<S> Clone for Route<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> Clone for Sse<S> {
    fn clone(&self) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            streams: Arc::clone(&self.streams),
            waiting: self.waiting,
            in_flight: self.in_flight,
        }
    }
}

impl<S> fmt::Debug for Sse<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sse")
            .field("endpoint", &self.endpoint)
            .field("waiting", &self.waiting)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
