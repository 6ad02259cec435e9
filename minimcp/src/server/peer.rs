//! What a transport knows of a message besides its text, and what it wants to know of it.

use std::borrow::Cow;
use std::future::pending;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Notify;

#[cfg(feature = "ask")]
use crate::ask::Questions;
use crate::boxed::BoxFuture;
use crate::bus::Bus;
use crate::call::{LogLevel, TraceContext};
use crate::changes::Filter;
use crate::definition::Mirrored;
use crate::error::Error;
use crate::protocol::envelope::{Member, Notification, Request, Response};
use crate::protocol::params::Params;
use crate::protocol::version::ProtocolVersion;

/// The client of a legacy message, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) revision: ProtocolVersion,
    /// What it said in `initialize`, if that is known.
    pub(crate) introduction: Option<Arc<Introduction>>,
    /// The least severe log messages that it wants; without one it wants none.
    pub(crate) log_level: Option<LogLevel>,
    /// The way back, where the server can send it requests.
    #[cfg(feature = "ask")]
    pub(crate) questions: Option<Arc<Questions>>,
}

/// What a client said of itself in `initialize`, and was told; a modern client says it in each message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Introduction {
    /// The JSON text of what it declared.
    pub(crate) capabilities: Bytes,
    pub(crate) info: Bytes,
    /// The lists whose changes it was told that it would hear of.
    pub(crate) told_of: Filter,
}

impl Peer {
    /// A client that nothing is known of but the revision it speaks.
    pub(crate) fn speaking(revision: ProtocolVersion) -> Self {
        Self {
            revision,
            introduction: None,
            log_level: None,
            #[cfg(feature = "ask")]
            questions: None,
        }
    }
}

/// The transport that a message came by.
///
/// The core calls these in the order in which the checks have to be made, while it reads the message, so that
/// nothing is read twice.
pub(crate) trait Transport: Send + Sync {
    /// The revision that the transport believes in, for errors about messages that could not be read.
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        None
    }

    /// A request with this id came in.
    fn accept(&self, _: &Request<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Who sent a request that does not describe itself.
    fn legacy_peer(&self, request: &Request<'_>) -> Result<Cow<'_, Peer>, Error>;

    /// A modern request says that it is of this revision.
    fn check_version(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    /// A modern request is about to be dispatched; for one of an extension, the member that headers repeat.
    fn check_routing(
        &self,
        _: &Request<'_>,
        _: &Params<'_>,
        _: Option<Member<'_>>,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// A modern call has these arguments, of which headers repeat some.
    fn check_arguments(&self, _: &[Mirrored], _: &str) -> Result<(), Error> {
        Ok(())
    }

    /// The trace that a message is part of, as far as the transport knows.
    fn trace(&self) -> TraceContext {
        TraceContext::default()
    }

    /// A client asks for a handshake.
    fn check_handshake(&self, _: &Params<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// A client introduced itself.
    fn negotiated(&self, _: Peer) -> Result<(), Error> {
        Ok(())
    }

    /// Whether the transport remembers what a client wants to see of the log.
    fn remembers_log_level(&self) -> bool {
        false
    }

    /// A client wants to see log messages from this level on.
    fn set_log_level(&self, _: LogLevel) {}

    /// Whether a modern client can be told of changes in the answer to a request that asks for them.
    fn listens(&self) -> bool {
        true
    }

    /// Ready when all subscriptions of this transport are to end.
    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(pending())
    }

    /// Whether a legacy client can be told of changes outside of its requests.
    fn notifies(&self) -> bool {
        false
    }

    /// A legacy client wants to hear of new contents of this resource, from the time that this is ready, and of at most
    /// `limit` resources.
    fn subscribe<'a>(
        &'a self,
        _uri: &'a str,
        _news: &'a Arc<dyn Bus>,
        _limit: usize,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    /// It wants to hear no more of it, if it did.
    fn unsubscribe<'a>(&'a self, _uri: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    /// A notification came in.
    fn notified(&self, _: &Notification<'_>, _: &Params<'_>) {}

    /// Whether the transport reads messages in their turn, and wants to be asked again before a handler is called that may
    /// keep those behind waiting.
    fn takes_turns(&self) -> bool {
        false
    }

    /// Whether no call is to begin any more, because the transport is about to stop.
    fn is_closed(&self) -> bool {
        false
    }

    /// Told when nobody wants the answer to the request with this id any more. Asked once, and only for what is not
    /// answered at its first poll.
    fn cancelled(&self, _id: &str) -> Option<&Notify> {
        None
    }

    /// Whether an array is a batch of messages, and not a mistake: the client of a message that does not describe itself
    /// speaks a revision that has batches.
    fn takes_batches(&self) -> bool {
        false
    }

    /// Whether an answer can be sent in pieces, without making one of them first.
    fn takes_pieces(&self) -> bool {
        false
    }

    /// What an element of a batch came by; `None` where nothing is remembered of a message, and this serves all.
    fn element(&self) -> Option<Box<dyn Transport + '_>> {
        None
    }

    /// The client answered something, in this message.
    fn responded(&self, _: &Response<'_>, _: &Bytes) -> Result<(), Error> {
        Ok(())
    }
}

/// No transport: the program hands over messages itself.
#[derive(Debug)]
pub(crate) struct Direct;

impl Transport for Direct {
    fn legacy_peer(&self, _: &Request<'_>) -> Result<Cow<'_, Peer>, Error> {
        Ok(Cow::Owned(Peer::speaking(ProtocolVersion::LATEST_LEGACY)))
    }
}
