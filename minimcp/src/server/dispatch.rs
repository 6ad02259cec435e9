//! The way of a message: read, told apart by era, checked, and brought to its method.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use tokio::sync::Notify;

use super::batch::is_array;
use super::{Handed, MiniMcp, Peer, Transport};
use crate::bus::{BoxFuture, Bus};
use crate::call::{LogLevel, TraceContext};
use crate::definition::Policy;
use crate::error::Error;
use crate::observe::{Watched, log, refused};
use crate::outbox::Outbox;
use crate::protocol::envelope::{Malformed, Member, Message, Request};
use crate::protocol::meta::missing_envelope;
use crate::protocol::params::Params;
use crate::protocol::reply::{Reply, Stage};
use crate::protocol::version::ProtocolVersion;

/// A request that is ready for its method.
pub(crate) struct Incoming<'a> {
    pub(super) message: &'a Bytes,
    pub(super) transport: &'a dyn Transport,
    pub(crate) request: Request<'a>,
    pub(super) params: &'a Params<'a>,
    pub(crate) peer: Peer,
    pub(super) trace: TraceContext,
    pub(super) news: &'a Arc<dyn Bus>,
    #[cfg(feature = "metrics")]
    pub(super) watch: &'a Watched,
}

impl Incoming<'_> {
    pub(crate) fn revision(&self) -> ProtocolVersion {
        self.peer.revision
    }

    /// What is asked of whom, and the trace that it is part of, for those who run the server.
    fn described(&self) -> (Option<Cow<'_, str>>, TraceContext) {
        let by_uri = self.request.method.starts_with("resources/");
        let handler = if by_uri { self.params.uri } else { self.params.name };
        (handler.decode(), self.trace_context())
    }

    /// The trace that the request is part of: what the message says, or else its transport.
    fn trace_context(&self) -> TraceContext {
        TraceContext::of_meta(self.params.raw_meta.0.unwrap_or_default()).or(&self.trace)
    }

    /// The JSON text of what the client declared; empty if nothing is known.
    pub(crate) fn capabilities(&self) -> &[u8] {
        match self.params.meta.client_capabilities.0 {
            Some(capabilities) if self.revision().is_modern() => capabilities.as_bytes(),
            _ => &self.peer.capabilities,
        }
    }

    /// A part of the message that lives as long as somebody holds it.
    pub(super) fn share(&self, part: Option<&str>) -> Bytes {
        part.map_or_else(Bytes::new, |part| self.message.slice_ref(part.as_bytes()))
    }
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Answers a message, or a batch of them where the transport takes batches.
    pub(crate) async fn dispatch(
        &self,
        message: &Bytes,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: S,
    ) -> Reply {
        if is_array(message) && transport.takes_batches() {
            return self.answer_batch(message, transport, &outbox, &scope).await;
        }
        self.answer_or_cancel(message, transport, outbox, Handed::Own(scope)).await
    }

    /// Answers one message, unless its transport hears meanwhile that nobody wants the answer.
    pub(super) async fn answer_or_cancel(
        &self,
        message: &Bytes,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: Handed<'_, S>,
    ) -> Reply {
        let watch = Watched::default();
        let mut answered = pin!(self.answer(message, transport, outbox, scope, &watch));
        // What is answered at once is never listened for.
        let mut listening = false;
        let mut cancelled = pin!(None);
        poll_fn(|context| {
            let _inside = watch.enter();
            let first = !std::mem::replace(&mut listening, true);
            if first {
                if let Poll::Ready(reply) = answered.as_mut().poll(context) {
                    return Poll::Ready(reply);
                }
                cancelled.set(transport.cancelled().map(Notify::notified));
            }
            if let Some(cancelled) = cancelled.as_mut().as_pin_mut()
                && cancelled.poll(context).is_ready()
            {
                return Poll::Ready(Reply::nothing());
            }
            if first { Poll::Pending } else { answered.as_mut().poll(context) }
        })
        .await
    }

    /// An error, written to the log and for the client.
    pub(super) fn refuse(
        &self,
        id: Option<&str>,
        revision: Option<ProtocolVersion>,
        error: &Error,
        stage: Stage,
    ) -> Reply {
        log(error);
        if stage == Stage::Before {
            refused("message");
        }
        Reply::error(id, revision, error, stage, self.options().debug_errors)
    }

    async fn answer(
        &self,
        message: &Bytes,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: Handed<'_, S>,
        watch: &Watched,
    ) -> Reply {
        let refuse = |id, error: &Error| {
            self.refuse(id, transport.believed_revision(), error, Stage::Before)
        };
        let text = match std::str::from_utf8(message) {
            Ok(text) => without_marks(text),
            Err(_) => {
                let error = Error::parse_error("the message is not UTF-8");
                return refuse(None, &error);
            }
        };
        let mut params = Params::default();
        let request = match Message::parse(text, &mut params) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification(notification)) => {
                // Nothing is ever answered to a notification, not even that its parameters make no sense.
                let params = params.check().map(|()| params).unwrap_or_default();
                transport.notified(&notification, &params);
                return Reply::nothing();
            }
            Ok(Message::Response(response)) => {
                return match transport.responded(&response, message) {
                    Ok(()) => Reply::nothing(),
                    Err(error) => refuse(None, &error),
                };
            }
            Err(Malformed { id, error }) => {
                return refuse(id, &error);
            }
        };
        let id = Some(request.id);
        if let Err(error) = transport.accept(&request) {
            return refuse(id, &error);
        }
        if let Err(error) = params.check() {
            return refuse(id, &error);
        }
        let claims_modern = params.meta.claims_modern();
        let peer = match claims_modern {
            true => {
                let mirrored = self.mirrored_member(&request);
                modern_peer(&request, &params, (transport, mirrored))
            }
            false => legacy_peer(&request, &params, transport),
        };
        let peer = match peer {
            Ok(peer) => peer,
            Err(error) => {
                let revision = match claims_modern {
                    true => Some(ProtocolVersion::LATEST),
                    false => transport.believed_revision(),
                };
                return self.refuse(id, revision, &error, Stage::Before);
            }
        };
        let (trace, news) = (transport.trace(), self.news());
        let incoming = Incoming {
            message,
            transport,
            request,
            params: &params,
            peer,
            trace,
            news,
            #[cfg(feature = "metrics")]
            watch,
        };
        watch.begin(&incoming.request.method, incoming.revision(), || incoming.described());
        let reply = match self.method(&incoming, transport, outbox, scope).await {
            Ok(reply) => reply,
            Err(error) => self.refuse(id, Some(incoming.revision()), &error, Stage::Method),
        };
        watch.end(reply.outcome());
        reply
    }

    /// Brings a request to its method.
    async fn method(
        &self,
        incoming: &Incoming<'_>,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: Handed<'_, S>,
    ) -> Result<Reply, Error> {
        let modern = incoming.revision().is_modern();
        let method = incoming.request.method.as_ref();
        if transport.pauses_before_calls()
            && self.offered().method(method, incoming.revision()).is_some()
        {
            pause().await;
        }
        if method == "tools/call" && self.offers_tools(modern) {
            return self.answer_tools_call(incoming, transport, outbox, scope).await;
        }
        let answered = match self.answer_at_once(incoming, transport, &scope) {
            Some(answered) => answered,
            None => self.answer_in_time(incoming, transport, outbox, &scope).await,
        };
        #[cfg(feature = "ask")]
        let answered = answered.or_else(|error| self.ask_or_fail(incoming, error, &scope));
        answered
    }

    /// The answer to a request that nothing has to be waited for.
    fn answer_at_once(
        &self,
        incoming: &Incoming<'_>,
        transport: &dyn Transport,
        scope: &S,
    ) -> Option<Result<Reply, Error>> {
        let modern = incoming.revision().is_modern();
        let answered = match incoming.request.method.as_ref() {
            "tools/list" if self.offers_tools(modern) => self.answer_tools_list(incoming, scope),
            "prompts/list" if self.offers_prompts(modern) => {
                self.answer_prompts_list(incoming, scope)
            }
            "resources/list" if self.offers_resources(modern) => {
                self.answer_resources_list(incoming, scope)
            }
            "resources/templates/list" if self.offers_resources(modern) => {
                self.answer_templates_list(incoming, scope)
            }
            "server/discover" if modern => Ok(self.answer_discover(incoming, transport)),
            "logging/setLevel"
                if !modern && transport.remembers_log_level() && self.registry().logs() =>
            {
                answer_set_level(incoming, transport)
            }
            "initialize" if !modern => self.answer_initialize(incoming, transport),
            "ping" if !modern => Ok(Reply::result(incoming.request.id, 0, |_| ())),
            _ => return None,
        };
        Some(answered)
    }

    /// The answer to any other request but the call of a tool.
    ///
    /// Each way is in a box of its own, so that nobody who waits for one carries the others along.
    fn answer_in_time<'a>(
        &'a self,
        incoming: &'a Incoming<'_>,
        transport: &'a dyn Transport,
        outbox: Outbox,
        scope: &'a S,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        let modern = incoming.revision().is_modern();
        match incoming.request.method.as_ref() {
            "prompts/get" if self.offers_prompts(modern) => {
                Box::pin(self.answer_prompts_get(incoming, transport, outbox, scope))
            }
            "resources/read" if self.offers_resources(modern) => {
                Box::pin(self.answer_resources_read(incoming, transport, outbox, scope))
            }
            "completion/complete" if self.offers_completions() => {
                Box::pin(self.answer_complete(incoming, transport, outbox, scope))
            }
            "subscriptions/listen" if modern && transport.listens() => {
                Box::pin(self.answer_listen(incoming, transport, outbox, scope))
            }
            "resources/subscribe" if !modern && self.offers_subscriptions(transport) => {
                Box::pin(self.answer_subscribe(incoming, transport, scope))
            }
            "resources/unsubscribe" if !modern && self.offers_subscriptions(transport) => {
                Box::pin(self.answer_unsubscribe(incoming, transport))
            }
            _ => Box::pin(self.answer_extension(incoming, transport, outbox, scope)),
        }
    }
}

/// A text without the byte order marks that some writers begin with.
pub(super) fn without_marks(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix('\u{feff}') {
        text = rest;
    }
    text
}

fn answer_set_level(incoming: &Incoming<'_>, transport: &dyn Transport) -> Result<Reply, Error> {
    let level = incoming.params.level.as_str().and_then(LogLevel::parse).ok_or_else(|| {
        let levels = LogLevel::ALL.map(LogLevel::as_str).join(", ");
        Error::invalid_params(format!("`params.level` has to be one of {levels}"))
    })?;
    transport.set_log_level(level);
    Ok(Reply::result(incoming.request.id, 0, |_| ()))
}

impl<S> MiniMcp<S> {
    /// Refuses to begin anything when the server, or the transport of the message, is about to stop.
    pub(crate) fn check_open(&self, transport: &dyn Transport) -> Result<(), Error> {
        match transport.is_closed() || self.options().closed.is_ended() {
            true => Err(Error::stopping()),
            false => Ok(()),
        }
    }

    /// What comes before a handler is called: notes for those who run the server which one it is; refuses to begin
    /// anything shortly before the end; and pauses where the transport wants it, if the handler may keep others waiting.
    pub(super) async fn prepare(
        &self,
        incoming: &Incoming<'_>,
        (method, name): (&'static str, &str),
        policy: &Policy,
        transport: &dyn Transport,
    ) -> Result<(), Error> {
        #[cfg(feature = "metrics")]
        incoming.watch.is_of(|| policy.meters.keys(method, name));
        #[cfg(not(feature = "metrics"))]
        let _ = (incoming, method, name);
        self.check_open(transport)?;
        if transport.pauses_before_calls() && !policy.pace.answers_at_once() {
            pause().await;
        }
        Ok(())
    }
}

/// Pending once. Nothing wakes it: who asked for the pause polls again.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| match std::mem::replace(&mut paused, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// The client of a request that does not describe itself.
fn legacy_peer(
    request: &Request<'_>,
    params: &Params<'_>,
    transport: &dyn Transport,
) -> Result<Peer, Error> {
    match request.method.as_ref() {
        // The handshake says its revision itself, whatever a header says.
        "initialize" => transport
            .check_handshake(params)
            .map(|()| Peer::speaking(ProtocolVersion::LATEST_LEGACY)),
        "server/discover" => Err(missing_envelope("")),
        _ => transport.legacy_peer(request),
    }
}

/// The client of a request that describes itself.
fn modern_peer(
    request: &Request<'_>,
    params: &Params<'_>,
    (transport, mirrored): (&dyn Transport, Option<Member<'_>>),
) -> Result<Peer, Error> {
    let meta = &params.meta;
    let version = meta.envelope()?;
    transport.check_version(version)?;
    let revision = ProtocolVersion::parse(version)
        .filter(|revision| revision.is_modern())
        .ok_or_else(|| Error::unsupported_version(version))?;
    transport.check_routing(request, params, mirrored)?;
    Ok(Peer {
        log_level: meta.log_level.as_str().and_then(LogLevel::parse),
        ..Peer::speaking(revision)
    })
}
