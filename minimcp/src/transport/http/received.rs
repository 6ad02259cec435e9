//! A message that came by HTTP: what its headers and its session say of it.

use std::borrow::Cow;
#[cfg(feature = "sessions")]
use std::sync::Arc;

use bytes::Bytes;
#[cfg(feature = "sessions")]
use tokio::sync::Notify;

use super::mirror::Mirror;
#[cfg(feature = "sessions")]
use super::session::{Link, SessionChange};
use crate::boxed::BoxFuture;
#[cfg(feature = "sessions")]
use crate::bus::Bus;
#[cfg(feature = "sessions")]
use crate::call::LogLevel;
use crate::call::TraceContext;
use crate::changes::Ending;
use crate::definition::Mirrored;
use crate::error::Error;
#[cfg(feature = "sessions")]
use crate::protocol::envelope::Notification;
use crate::protocol::envelope::{Member, Request, Response};
use crate::protocol::params::Params;
use crate::protocol::version::ProtocolVersion;
use crate::server::{Peer, Transport};

/// One message, or one element of a batch.
pub(super) struct Received<'m> {
    mirror: &'m Mirror,
    /// Told when the endpoint is about to stop.
    ending: &'m Ending,
    /// Whether messages that do not describe themselves are refused.
    modern_only: bool,
    #[cfg(feature = "sessions")]
    link: Option<&'m Link<'m>>,
    /// Told when the client cancels the call; in a session alone.
    #[cfg(feature = "sessions")]
    cancelled: Option<Arc<Notify>>,
}

impl<'m> Received<'m> {
    pub(super) fn new((mirror, ending): (&'m Mirror, &'m Ending), modern_only: bool) -> Self {
        Self {
            mirror,
            ending,
            modern_only,
            #[cfg(feature = "sessions")]
            link: None,
            #[cfg(feature = "sessions")]
            cancelled: None,
        }
    }

    /// A message of a client that may have a session.
    #[cfg(feature = "sessions")]
    pub(super) fn linked(by: (&'m Mirror, &'m Ending), link: &'m Link<'m>) -> Self {
        let cancelled = link.is_live().then(Arc::default);
        Self { link: Some(link), cancelled, ..Self::new(by, false) }
    }
}

impl Transport for Received<'_> {
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        self.mirror.revision()
    }

    #[cfg(feature = "sessions")]
    fn accept(&self, request: &Request<'_>) -> Result<(), Error> {
        if let (Some(link), Some(cancelled)) = (self.link, &self.cancelled) {
            link.note(request.id, cancelled);
        }
        Ok(())
    }

    fn check_handshake(&self, params: &Params<'_>) -> Result<(), Error> {
        #[cfg(feature = "sessions")]
        if let Some(link) = self.link {
            link.greet();
        }
        match self.modern_only {
            true => {
                let asked = params.seldom().protocol_version.as_str().unwrap_or_default();
                Err(Error::unsupported_version(asked))
            }
            false => Ok(()),
        }
    }

    fn legacy_peer(&self, _: &Request<'_>) -> Result<Cow<'_, Peer>, Error> {
        let revision = self.mirror.legacy_revision()?;
        if self.modern_only {
            return Err(Error::unsupported_version(revision.as_str()));
        }
        #[cfg(feature = "sessions")]
        if let Some(link) = self.link {
            return link.peer(revision).map(Cow::Owned);
        }
        Ok(Cow::Owned(Peer::speaking(revision)))
    }

    fn takes_batches(&self) -> bool {
        #[cfg(feature = "sessions")]
        if let Some(revision) = self.link.and_then(Link::revision) {
            return revision.has_batches() && !self.mirror.says_modern();
        }
        !self.modern_only && self.mirror.takes_batches()
    }

    #[cfg(feature = "sessions")]
    fn element(&self) -> Option<Box<dyn Transport + '_>> {
        let link = self.link.filter(|link| link.is_live())?;
        Some(Box::new(Self::linked((self.mirror, self.ending), link)))
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn check_version(&self, version: &str) -> Result<(), Error> {
        self.mirror.check_version(version)
    }

    fn check_routing(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        mirrored: Option<Member<'_>>,
    ) -> Result<(), Error> {
        self.mirror.check_routing(request, params, mirrored)
    }

    fn check_arguments(&self, mirrored: &[Mirrored], arguments: &str) -> Result<(), Error> {
        self.mirror.check_arguments(mirrored, arguments)
    }

    fn listens(&self) -> bool {
        self.mirror.streams
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.ending.ended())
    }

    fn is_closed(&self) -> bool {
        self.ending.is_ended()
    }

    fn trace(&self) -> TraceContext {
        self.mirror.trace()
    }

    #[cfg(feature = "sessions")]
    fn negotiated(&self, peer: Peer) -> Result<(), Error> {
        self.link.map_or(Ok(()), |link| link.begin(&peer))
    }

    #[cfg(feature = "sessions")]
    fn remembers_log_level(&self) -> bool {
        self.link.is_some_and(Link::remembers)
    }

    #[cfg(feature = "sessions")]
    fn notifies(&self) -> bool {
        self.mirror.streams && self.remembers_log_level()
    }

    #[cfg(feature = "sessions")]
    fn subscribe<'a>(
        &'a self,
        uri: &'a str,
        _: &'a Arc<dyn Bus>,
        limit: usize,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match self.link {
                Some(link) => link.subscribe(uri, limit).await,
                None => Ok(()),
            }
        })
    }

    #[cfg(feature = "sessions")]
    fn unsubscribe<'a>(&'a self, uri: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match self.link {
                Some(link) => link.unsubscribe(uri).await,
                None => Ok(()),
            }
        })
    }

    #[cfg(feature = "sessions")]
    fn set_log_level(&self, level: LogLevel) {
        if let Some(link) = self.link {
            link.change(SessionChange::LogLevel(level));
        }
    }

    #[cfg(feature = "sessions")]
    fn notified(&self, notification: &Notification<'_>, params: &Params<'_>) {
        let modern = || params.meta.claims_modern();
        if let Some(link) = self.link.filter(|_| !modern())
            && link.is_there()
            && notification.method == "notifications/cancelled"
            && let Some(id) = params.seldom().request_id.0
        {
            link.cancel(id);
        }
    }

    #[cfg(feature = "sessions")]
    fn cancelled(&self, _: &str) -> Option<&Notify> {
        self.cancelled.as_deref()
    }

    fn responded(&self, response: &Response<'_>, message: &Bytes) -> Result<(), Error> {
        if self.modern_only || self.mirror.says_modern() {
            return Err(Error::invalid_request(
                "this revision has no requests of the server, so there is nothing to answer",
            ));
        }
        #[cfg(feature = "sessions")]
        if let Some(link) = self.link {
            return link.answer(response, message);
        }
        let _ = (response, message);
        Ok(())
    }
}
