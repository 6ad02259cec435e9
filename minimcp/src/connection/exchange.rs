//! A message on its way over a connection, and what the connection knows of its client.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::future::ready;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::sync::Notify;

use super::{State, lock};
use crate::boxed::BoxFuture;
use crate::bus::Bus;
use crate::call::{LogLevel, Part};
use crate::error::Error;
#[cfg(feature = "ask")]
use crate::protocol::envelope::Response;
use crate::protocol::envelope::{Notification, Request};
use crate::protocol::params::Params;
use crate::protocol::version::ProtocolVersion;
use crate::server::{Peer, Transport};

/// One message on its way.
pub(super) struct Exchange<'s> {
    state: &'s State,
    message: &'s Bytes,
    /// The id under which the call is noted as running, and what cancels it.
    noted: OnceLock<(Bytes, Arc<Notify>)>,
    in_steps: bool,
    in_batch: bool,
}

impl<'s> Exchange<'s> {
    pub(super) fn of(state: &'s State, message: &'s Bytes, in_steps: bool) -> Self {
        Self { state, message, noted: OnceLock::new(), in_steps, in_batch: false }
    }

    /// Notes the call as running, and gives what cancels it.
    ///
    /// Of two requests with one id whose first polls are at the same time the later one cannot be cancelled.
    fn note(&self, id: &str) -> Option<&Notify> {
        if self.noted.get().is_none() {
            let id = Part::of(self.message, id).share(self.message);
            if let Entry::Vacant(place) = lock(&self.state.running).entry(id.clone()) {
                let cancelled = Arc::clone(place.insert(Arc::default()));
                self.state.noted.fetch_add(1, Ordering::Release);
                let _ = self.noted.set((id, cancelled));
            }
        }
        self.noted.get().map(|(_, cancelled)| &**cancelled)
    }

    fn cancel(&self, params: &Params<'_>) {
        if let Some(id) = params.seldom().request_id.0
            && let Some(call) = lock(&self.state.running).get(id.as_bytes())
        {
            call.notify_one();
        }
    }
}

impl Transport for Exchange<'_> {
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        self.state.peer.read(|peer| peer.as_ref().map(|peer| peer.revision))
    }

    fn accept(&self, request: &Request<'_>) -> Result<(), Error> {
        if self.state.noted.load(Ordering::Acquire) > 0
            && lock(&self.state.running).contains_key(request.id.as_bytes())
        {
            return Err(Error::invalid_request("a call with this id is still running"));
        }
        // What is answered at its first poll is never noted, but in a batch, where no id may come twice.
        if self.in_batch {
            self.note(request.id);
        }
        Ok(())
    }

    fn legacy_peer(&self, _: &Request<'_>) -> Result<Cow<'_, Peer>, Error> {
        if let Some(Some(peer)) = self.state.peer.get() {
            return Ok(Cow::Borrowed(peer));
        }
        let peer = self.state.peer.read(Clone::clone);
        Ok(Cow::Owned(peer.unwrap_or_else(|| self.state.newcomer())))
    }

    fn negotiated(&self, peer: Peer) -> Result<(), Error> {
        self.state.followed.reset();
        #[cfg(feature = "ask")]
        let peer = Peer { questions: Some(Arc::clone(self.state.questions())), ..peer };
        self.state.peer.write(|known| *known = Some(peer));
        self.state.peer.settle();
        Ok(())
    }

    fn notifies(&self) -> bool {
        self.state.tellers.load(Ordering::Relaxed) > 0
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.state.ending.ended())
    }

    fn is_closed(&self) -> bool {
        self.state.closed.load(Ordering::Acquire)
    }

    fn subscribe<'a>(
        &'a self,
        uri: &'a str,
        news: &'a Arc<dyn Bus>,
        limit: usize,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.state.followed.add(uri, news, limit).await.map(drop) })
    }

    fn unsubscribe<'a>(&'a self, uri: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.state.followed.remove(uri);
        Box::pin(ready(Ok(())))
    }

    fn remembers_log_level(&self) -> bool {
        true
    }

    fn set_log_level(&self, level: LogLevel) {
        let newcomer = || self.state.newcomer();
        self.state.peer.write(|peer| peer.get_or_insert_with(newcomer).log_level = Some(level));
    }

    fn notified(&self, notification: &Notification<'_>, params: &Params<'_>) {
        match notification.method.as_ref() {
            "notifications/cancelled" => self.cancel(params),
            "notifications/initialized" => {
                let told_of = self
                    .state
                    .peer
                    .read(|peer| Some(peer.as_ref()?.introduction.as_ref()?.told_of.clone()));
                self.state.followed.begin(told_of.unwrap_or_default());
            }
            _ => (),
        }
    }

    #[cfg(feature = "ask")]
    fn responded(&self, response: &Response<'_>, message: &Bytes) -> Result<(), Error> {
        if let (Some(id), Some(questions)) = (response.id, self.state.questions.get()) {
            questions.answer(id, message);
        }
        Ok(())
    }

    fn takes_turns(&self) -> bool {
        self.in_steps
    }

    fn cancelled(&self, id: &str) -> Option<&Notify> {
        self.note(id)
    }

    fn takes_batches(&self) -> bool {
        self.believed_revision().is_some_and(ProtocolVersion::has_batches)
    }

    fn element(&self) -> Option<Box<dyn Transport + '_>> {
        let mut element = Self::of(self.state, self.message, self.in_steps);
        element.in_batch = true;
        Some(Box::new(element))
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if let Some((id, _)) = self.noted.get() {
            let mut running = lock(&self.state.running);
            running.remove(id);
            self.state.noted.fetch_sub(1, Ordering::Release);
        }
    }
}
