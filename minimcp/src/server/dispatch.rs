//! The way of a message: read, told apart by era, checked, and brought to its method.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Bytes;
use tokio::sync::futures::Notified;

use super::batch::is_array;
use super::{Handed, Incoming, MiniMcp, Peer, Transport};
use crate::call::{LogLevel, TraceContext};
use crate::error::Error;
use crate::observe::{Watched, log, refused};
use crate::outbox::Outbox;
use crate::protocol::envelope::{Malformed, Member, Message, Request};
use crate::protocol::meta::missing_envelope;
use crate::protocol::params::Params;
use crate::protocol::reply::{Reply, Stage};
use crate::protocol::version::ProtocolVersion;

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Answers a message, or a batch of them where the transport takes batches.
    pub(crate) fn dispatch<'m>(
        &'m self,
        message: &'m Bytes,
        transport: &'m dyn Transport,
        outbox: Outbox,
        scope: S,
    ) -> impl Future<Output = Reply> + Send + 'm {
        self.answer(message, transport, outbox, Handed::Own(scope))
    }

    /// The same for the message of a batch, which is none itself. What its transport hears meanwhile that nobody wants is not
    /// answered.
    pub(super) async fn answer(
        &self,
        message: &Bytes,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: Handed<'_, S>,
    ) -> Reply {
        if is_array(message) && transport.takes_batches() {
            return self.answer_batch(message, transport, &outbox, &scope).await;
        }
        let mut params = Params::default();
        let trace = transport.trace();
        let watch;
        let incoming = match self.receive(message, transport, &mut params) {
            Ok((request, peer)) => {
                watch = Watched::begin(&request.method, peer.revision, || {
                    described(&request, &params, &trace)
                });
                Incoming {
                    message,
                    transport,
                    request,
                    params: &params,
                    peer,
                    trace,
                    options: &self.options,
                    #[cfg(feature = "metrics")]
                    watch: &watch,
                }
            }
            Err(reply) => return reply,
        };
        // Pinned where it is made: awaited as it is, it would be moved, and it is long.
        let mut answered = pin!(self.method(&incoming, outbox, scope));
        // What is answered at once is never listened for.
        let mut listening = false;
        // In a box, since only what waits has one.
        let mut cancelled: Option<Pin<Box<Notified<'_>>>> = None;
        let answered = poll_fn(|context| {
            let _inside = watch.enter();
            let first = !std::mem::replace(&mut listening, true);
            if first {
                if let Poll::Ready(answered) = answered.as_mut().poll(context) {
                    return Poll::Ready(Some(answered));
                }
                let told = incoming.transport.cancelled(incoming.request.id);
                cancelled = told.map(|told| Box::pin(told.notified()));
            }
            if let Some(cancelled) = &mut cancelled
                && cancelled.as_mut().poll(context).is_ready()
            {
                return Poll::Ready(None);
            }
            if first { Poll::Pending } else { answered.as_mut().poll(context).map(Some) }
        });
        let reply = match answered.await {
            Some(Ok(reply)) => reply,
            Some(Err(error)) => {
                let _inside = watch.enter();
                let (id, revision) = (Some(incoming.request.id), Some(incoming.revision()));
                self.refuse(id, revision, &error, Stage::Method)
            }
            None => return Reply::nothing(),
        };
        watch.end(reply.outcome());
        reply
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

    /// Reads a message, and finds out who sends it.
    ///
    /// # Errors
    ///
    /// The reply to what is no request, or one that has to be refused.
    fn receive<'a>(
        &self,
        message: &'a Bytes,
        transport: &'a dyn Transport,
        params: &mut Params<'a>,
    ) -> Result<(Request<'a>, Cow<'a, Peer>), Reply> {
        let refuse = |id, error: &Error| {
            self.refuse(id, transport.believed_revision(), error, Stage::Before)
        };
        let text = match std::str::from_utf8(message) {
            Ok(text) => without_marks(text),
            Err(_) => {
                let error = Error::parse_error("the message is not UTF-8");
                return Err(refuse(None, &error));
            }
        };
        let request = match Message::parse(text, params) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification(notification)) => {
                // Nothing is ever answered to a notification, not even that its parameters make no sense.
                match params.check() {
                    Ok(()) => transport.notified(&notification, params),
                    Err(_) => transport.notified(&notification, &Params::default()),
                }
                return Err(Reply::nothing());
            }
            Ok(Message::Response(response)) => {
                return Err(match transport.responded(&response, message) {
                    Ok(()) => Reply::nothing(),
                    Err(error) => refuse(None, &error),
                });
            }
            Err(Malformed { id, error }) => return Err(refuse(id, &error)),
        };
        let id = Some(request.id);
        transport
            .accept(&request)
            .and_then(|()| params.check())
            .map_err(|error| refuse(id, &error))?;
        let claims_modern = params.meta.claims_modern();
        let peer = match claims_modern {
            true => {
                let mirrored = self.mirrored_member(&request);
                modern_peer(&request, params, (transport, mirrored)).map(Cow::Owned)
            }
            false => legacy_peer(&request, params, transport),
        };
        let peer = peer.map_err(|error| {
            let revision = match claims_modern {
                true => Some(ProtocolVersion::LATEST),
                false => transport.believed_revision(),
            };
            self.refuse(id, revision, &error, Stage::Before)
        })?;
        Ok((request, peer))
    }
}

/// What is asked of whom, and the trace that it is part of, for those who run the server.
fn described<'a>(
    request: &Request<'_>,
    params: &Params<'a>,
    trace: &TraceContext,
) -> (Option<Cow<'a, str>>, TraceContext) {
    let by_uri = request.method.starts_with("resources/");
    let handler = if by_uri { params.uri } else { params.name };
    let said = TraceContext::of_meta(params.raw_meta.0.unwrap_or_default());
    (handler.decode(), said.or(trace))
}

/// A text without the byte order marks that some writers begin with.
pub(super) fn without_marks(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix('\u{feff}') {
        text = rest;
    }
    text
}

/// The client of a request that does not describe itself.
fn legacy_peer<'t>(
    request: &Request<'_>,
    params: &Params<'_>,
    transport: &'t dyn Transport,
) -> Result<Cow<'t, Peer>, Error> {
    match request.method.as_ref() {
        // The handshake says its revision itself, whatever a header says.
        "initialize" => transport
            .check_handshake(params)
            .map(|()| Cow::Owned(Peer::speaking(ProtocolVersion::LATEST_LEGACY))),
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
