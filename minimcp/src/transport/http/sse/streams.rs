//! The streams that are open, and the way of messages to them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::seal::unguessable;

/// The streams of this process, by what clients name them.
pub(super) struct Streams<S> {
    most: usize,
    open: Mutex<HashMap<String, Way<S>>>,
}

/// The way to one stream.
struct Way<S> {
    principal: String,
    messages: mpsc::Sender<(Bytes, S)>,
}

/// The messages to one stream, each with the scope that it was sent in.
pub(super) type Messages<S> = mpsc::Receiver<(Bytes, S)>;

/// One stream that is open, until it is dropped.
pub(super) struct Stream<S> {
    id: String,
    streams: Arc<Streams<S>>,
}

/// Why a message was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is no such stream, or it is somebody else's.
    Unknown,
    /// As many messages as may are waiting.
    Busy,
}

impl<S> Streams<S> {
    pub(super) fn up_to(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// Opens a stream for a principal, unless there are too many.
    pub(super) fn open(
        self: &Arc<Self>,
        principal: String,
        waiting: usize,
    ) -> Option<(Stream<S>, Messages<S>)> {
        let (sender, receiver) = mpsc::channel(waiting);
        let mut open = self.lock();
        if open.len() >= self.most {
            return None;
        }
        let id = unguessable();
        open.insert(id.clone(), Way { principal, messages: sender });
        Some((Stream { id, streams: Arc::clone(self) }, receiver))
    }

    /// Sends a message to a stream of this principal.
    pub(super) fn send(
        &self,
        id: &str,
        principal: &str,
        message: Bytes,
        scope: S,
    ) -> Result<(), Refused> {
        let open = self.lock();
        let way = open.get(id).filter(|way| way.principal == principal).ok_or(Refused::Unknown)?;
        way.messages.try_send((message, scope)).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Busy,
            TrySendError::Closed(_) => Refused::Unknown,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Way<S>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Stream<S> {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl<S> Drop for Stream<S> {
    fn drop(&mut self) {
        self.streams.lock().remove(&self.id);
    }
}
