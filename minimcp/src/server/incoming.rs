//! A request that was read, on its way to its method.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::{Options, Peer, Transport};
use crate::call::{About, Call, Limits, LogLevel, Part, TraceContext};
use crate::completion::CompletionContext;
#[cfg(feature = "metrics")]
use crate::observe::Watched;
use crate::outbox::Outbox;
use crate::protocol::envelope::{Member, Request};
use crate::protocol::params::Params;
use crate::protocol::version::ProtocolVersion;

/// A request that is ready for its method.
pub(crate) struct Incoming<'a> {
    pub(super) message: &'a Bytes,
    pub(super) transport: &'a dyn Transport,
    pub(crate) request: Request<'a>,
    pub(super) params: &'a Params<'a>,
    pub(crate) peer: Cow<'a, Peer>,
    pub(super) trace: TraceContext,
    /// The options of the server.
    pub(super) options: &'a Arc<Options>,
    #[cfg(feature = "metrics")]
    pub(super) watch: &'a Watched,
}

impl Incoming<'_> {
    pub(crate) fn revision(&self) -> ProtocolVersion {
        self.peer.revision
    }

    pub(crate) fn is_modern(&self) -> bool {
        self.revision().is_modern()
    }

    /// The JSON text of what the client declared; empty if nothing is known.
    pub(crate) fn capabilities(&self) -> &[u8] {
        match self.params.meta.client_capabilities.0 {
            Some(capabilities) if self.is_modern() => capabilities.as_bytes(),
            _ => self.peer.introduction.as_ref().map_or(&[], |said| &said.capabilities),
        }
    }

    /// A part of the message that lives as long as somebody holds it.
    pub(super) fn share(&self, part: Option<&str>) -> Bytes {
        part.map_or_else(Bytes::new, |part| self.message.slice_ref(part.as_bytes()))
    }

    pub(crate) fn call(&self, method: &'static str, name: Cow<'_, str>, outbox: Outbox) -> Call {
        Call::new(self.about(method, name, (Limits::default(), self.peer.log_level)), outbox)
    }

    /// What is known of a call from its request.
    #[inline]
    pub(super) fn about(
        &self,
        method: &'static str,
        name: Cow<'_, str>,
        (limits, log_level): (Limits, Option<LogLevel>),
    ) -> About {
        let meta = &self.params.meta;
        About {
            message: self.message.clone(),
            id: self.part(self.request.id),
            method,
            name: match name {
                Cow::Borrowed(name) => self.part(name),
                Cow::Owned(name) => Part::Own(name.into()),
            },
            revision: Some(self.revision()),
            meta: self.params.raw_meta.0.map_or(Part::Nothing, |meta| self.part(meta)),
            progress_token: meta.progress_token().map(|token| self.share(Some(token))),
            log_level,
            introduction: self.peer.introduction.clone(),
            client_capabilities: self.declared(meta.client_capabilities),
            client_info: self.declared(meta.client_info),
            trace: self.trace.clone(),
            completion: CompletionContext::default(),
            limits,
            server: Some(Arc::clone(self.options)),
        }
    }

    /// What the client wants to hear of a handler's log; of a server that did not announce to send any, nothing.
    pub(super) fn log_level(&self, logs: bool) -> Option<LogLevel> {
        self.peer.log_level.filter(|_| logs)
    }

    fn part(&self, part: &str) -> Part {
        Part::of(self.message, part)
    }

    /// What a modern client declares in the message itself.
    fn declared(&self, member: Member<'_>) -> Part {
        let member = member.0.filter(|_| self.is_modern());
        member.map_or(Part::Nothing, |member| self.part(member))
    }
}
