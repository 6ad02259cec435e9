//! The endpoint: requests of HTTP in, responses out, for any framework.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};

use super::body::Body;
use super::exchange::{Answered, Exchange};
use super::legacy::Legacy;
use super::media::{Accepted, check_content};
use super::mirror::Mirror;
use super::options::Options;
use super::received::Received;
use super::rejection::Rejection;
#[cfg(feature = "sessions")]
use super::session::{Found, Verb};
use super::{answer, content};
use crate::changes::Ending;
use crate::outbox::Outbox;
use crate::server::MiniMcp;

/// A server behind HTTP, for any framework: a request in, a response out.
///
/// One endpoint serves all revisions, message by message, and any replica can answer anything: clients of 2026-07-28 have
/// no sessions, and those of older clients are sealed into their ids; see [`legacy`](Self::legacy). It is cheap to clone.
///
/// For axum there are [`streamable`](super::streamable), [`json`](super::json) and [`into_route`](Self::into_route);
/// for anything built on tower, [`with_scope`](Self::with_scope); for everything else, [`respond`](Self::respond).
///
/// ```
/// use axum::{body::Body, http::Request};
/// use http_body_util::BodyExt;
/// use minimcp::{MiniMcp, http::Endpoint};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("math");
/// let endpoint = Endpoint::streamable(server).body_limit(64 * 1024);
///
/// let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
/// let request = Request::post("/mcp").header("content-type", "application/json").body(Body::from(ping))?;
/// let response = endpoint.respond(request, ()).await;
/// assert_eq!(response.status(), 200);
/// let body = response.into_body().collect().await?.to_bytes();
/// assert_eq!(body, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
/// # Ok(()) }
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`allowed_hosts`](Self::allowed_hosts) | loopback names | hosts under which the server is reached |
/// | [`allowed_origins`](Self::allowed_origins) | the host's own | web pages that may send requests |
/// | [`body_limit`](Self::body_limit) | 4 MiB | the longest request |
/// | [`body_timeout`](Self::body_timeout) | 60 s | how long it may take to come |
/// | [`keep_alive`](Self::keep_alive) | 15 s | how long an answer may say nothing |
/// | [`outbox_capacity`](Self::outbox_capacity) | 64 | notifications that wait for the client |
/// | [`missing_mirror_headers`](Self::missing_mirror_headers) | refused | modern requests without their headers |
/// | `authorize` | everybody | whose requests are answered (feature `auth`) |
/// | [`legacy`](Self::legacy) | sessions if there are any, else stateless | clients of revisions before 2026-07-28 |
///
/// # Statuses
///
/// | status | when |
/// |---|---|
/// | 200 | a request was answered, be it with an error of the call |
/// | 202 | a notification, or an answer of the client, was taken |
/// | 400 | the message makes no sense, or its headers contradict it |
/// | 401 | there is no good token, where `authorize` wants one |
/// | 403 | the host or the origin is not allowed; the caller lacks scopes |
/// | 404 | a modern request for a method that is not there; a session that is not there |
/// | 405 | not POST, nor GET or DELETE where there are sessions |
/// | 408 | the content did not come in time |
/// | 406, 413, 415 | the answer, the length or the type of the content does not fit; a subscription to changes can only be a stream |
/// | 503 | as many calls as may are running and waiting, or the server is about to stop; `Retry-After` says when to try again |
///
/// An answer is one piece of JSON unless the handler says something before, or is silent for long: then it is a stream
/// of events, and the answer is the last of them.
pub struct Endpoint<S> {
    shared: Arc<Shared<S>>,
}

/// What the clones of an endpoint share.
struct Shared<S> {
    server: MiniMcp<S>,
    options: Options,
    /// Of the subscriptions to changes that are answered here.
    ending: Arc<Ending>,
}

impl<S: 'static> Endpoint<S> {
    /// An endpoint that answers with JSON, or with a stream of events when there is something to say before the
    /// answer (2025-03-26 and later, Streamable HTTP).
    ///
    /// # Panics
    ///
    /// If the server is put to use for the first time and something of it is missing, such as the page that a tool links.
    #[must_use]
    pub fn streamable(server: MiniMcp<S>) -> Self {
        Self::with_options(server, Options::new(true))
    }

    /// An endpoint that always answers with one piece of JSON. What handlers say before, such as progress, is dropped, and
    /// nobody can subscribe to changes.
    ///
    /// # Panics
    ///
    /// As [`streamable`](Self::streamable).
    #[must_use]
    pub fn json(server: MiniMcp<S>) -> Self {
        Self::with_options(server, Options::new(false))
    }

    fn with_options(server: MiniMcp<S>, options: Options) -> Self {
        server.check();
        Self { shared: Arc::new(Shared { server, options, ending: Arc::default() }) }
    }
}

impl<S> Endpoint<S> {
    pub(super) fn allowed_methods(&self) -> &'static str {
        match &self.options().legacy {
            #[cfg(feature = "sessions")]
            Legacy::Sessions(_) => "GET, POST, DELETE",
            _ => "POST",
        }
    }

    pub(super) fn ending(&self) -> &Arc<Ending> {
        &self.shared.ending
    }

    pub(super) fn server(&self) -> &MiniMcp<S> {
        &self.shared.server
    }

    pub(super) fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(super) fn options_mut(&mut self) -> &mut Options {
        &mut Arc::make_mut(&mut self.shared).options
    }
}

impl<S: Send + Sync + 'static> Endpoint<S> {
    /// Answers a request, on behalf of `scope`.
    ///
    /// The path is not looked at. Where the response is a stream, the handler runs while its body is polled; dropping
    /// the future, or the body, cancels the call.
    pub async fn respond<B: http_body::Body>(
        &self,
        request: Request<B>,
        scope: S,
    ) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        match self.turn_away(&mut parts).await {
            None => self.answer(&mut parts, body, scope).await,
            Some(response) => response,
        }
    }

    /// The response to a request that is not for anybody behind here. This is before anybody looks for the scope.
    pub(super) async fn turn_away(&self, request: &mut Parts) -> Option<Response<Body>> {
        #[cfg(feature = "auth")]
        if let Some(metadata) = self.metadata(request) {
            return Some(metadata);
        }
        if let Err(rejection) = self.guard(request) {
            return Some(rejection.into_response());
        }
        #[cfg(feature = "auth")]
        return self.authenticate(request).await;
        #[cfg(not(feature = "auth"))]
        None
    }

    /// What is checked of every request, whoever sends it.
    pub(super) fn guard(&self, request: &Parts) -> Result<(), Rejection> {
        self.options().checks.check(request)
    }

    /// Answers a request that was not turned away. The headers of a message are taken out of it.
    pub(super) async fn answer<B: http_body::Body>(
        &self,
        request: &mut Parts,
        body: B,
        scope: S,
    ) -> Response<Body> {
        let response = self.answer_caller(request, body, scope).await;
        #[cfg(feature = "auth")]
        let response = self.challenge(response, request.extensions.get());
        response
    }

    async fn answer_caller<B: http_body::Body>(
        &self,
        request: &mut Parts,
        body: B,
        scope: S,
    ) -> Response<Body> {
        #[cfg(feature = "sessions")]
        if let Legacy::Sessions(sessions) = &self.options().legacy
            && let Some(verb) = Verb::of(&request.method)
        {
            // In a box, so that messages do not carry the way of these along.
            let answered = Box::pin(self.tend_session(sessions, verb, &request.headers, &scope));
            return answered.await.unwrap_or_else(Rejection::into_response);
        }
        let accepted = match self.check(&request.method, &request.headers, &body) {
            Ok(accepted) => accepted,
            Err(rejection) => return rejection.into_response(),
        };
        let read = content::read(body, self.options().body_limit, self.options().body_timeout);
        let message = match read.await {
            Ok(message) => message,
            Err(rejection) => return rejection.into_response(),
        };
        let mirror = self.mirror(std::mem::take(&mut request.headers));
        #[cfg(feature = "sessions")]
        if let Legacy::Sessions(sessions) = &self.options().legacy
            && !mirror.says_modern()
            && Found::is_named(mirror.headers())
        {
            // In a box, so that the way of all others does not carry it along.
            let answered = self.call_in_session(sessions, mirror, message, accepted, scope);
            return Box::pin(answered).await;
        }
        answer::by(self.begin(mirror, message, accepted, scope), accepted).await
    }

    /// What is checked before the content is read.
    fn check(
        &self,
        method: &Method,
        headers: &HeaderMap,
        body: &impl http_body::Body,
    ) -> Result<Accepted, Rejection> {
        if method != Method::POST {
            return Err(Rejection::Method { allowed: self.allowed_methods() });
        }
        check_content(headers)?;
        content::check_announced(body, self.options().body_limit)?;
        self.accepted(headers)
    }

    /// What the headers of a request are compared by.
    pub(super) fn mirror(&self, headers: HeaderMap) -> Mirror {
        let Options { missing_mirror_headers, streams, .. } = *self.options();
        Mirror::new(headers, missing_mirror_headers, streams)
    }

    fn accepted(&self, headers: &HeaderMap) -> Result<Accepted, Rejection> {
        let accepted = Accepted::of(headers);
        match self.options().streams {
            true if accepted.json || accepted.stream => Ok(accepted),
            true => {
                Err(Rejection::NotAcceptable { offers: "application/json or text/event-stream" })
            }
            false if accepted.json => Ok(Accepted { stream: false, ..accepted }),
            false => Err(Rejection::NotAcceptable { offers: "application/json" }),
        }
    }

    /// Begins the call of a message that names no session.
    fn begin(&self, mirror: Mirror, message: Bytes, accepted: Accepted, scope: S) -> Exchange {
        match &self.options().legacy {
            // Clients of modern revisions have no sessions, and pay nothing for those of others.
            #[cfg(feature = "sessions")]
            Legacy::Sessions(sessions) if !mirror.says_modern() => {
                self.begin_linked(sessions, Found::None, mirror, message, accepted, scope)
            }
            legacy => {
                let modern_only = matches!(legacy, Legacy::Off);
                let endpoint = self.clone();
                self.exchange(accepted, |outbox| async move {
                    let received = Received::new((&mirror, endpoint.ending()), modern_only);
                    let dispatched = endpoint.server().dispatch(&message, &received, outbox, scope);
                    // Pinned where it is made: awaited as it is, it would be moved, and it is long.
                    pin!(dispatched).await.into()
                })
            }
        }
    }

    /// The exchange of a call; what it says meanwhile is heard where the client takes streams.
    #[inline]
    pub(super) fn exchange<F>(&self, accepted: Accepted, call: impl FnOnce(Outbox) -> F) -> Exchange
    where
        F: Future<Output = Answered> + Send + 'static,
    {
        let (outbox, inbox) = if accepted.stream {
            let (outbox, inbox) = Outbox::channel(self.options().outbox_capacity);
            (outbox, Some(inbox))
        } else {
            (Outbox::none(), None)
        };
        Exchange::new(call(outbox), inbox, self.options().keep_alive)
    }
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
            options: self.options.clone(),
            ending: Arc::clone(&self.ending),
        }
    }
}

impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<S> fmt::Debug for Endpoint<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Endpoint")
            .field("server", self.server())
            .field("options", self.options())
            .finish()
    }
}
