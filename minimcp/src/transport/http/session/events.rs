//! What streams said, and who keeps it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::boxed::BoxFuture;
use crate::error::Error;

/// Keeps the events of streams, for clients of 2025-11-25 that come back for the rest.
///
/// The default is [`LocalEvents`](super::LocalEvents), in the memory of one process. One of your own is shared by all
/// processes that serve the same clients. It only keeps: that there are new events is told over the server's
/// [`bus`](crate::MiniMcp::bus).
///
/// A stream is named by text of at most 128 characters out of `A-Z a-z 0-9 - _ /`, in which its session is. Nobody outside
/// can guess it. One call writes to it at a time; several may read.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex, time::Duration};
/// use minimcp::{BoxFuture, Error, http::{EventStore, StreamEvent}};
///
/// #[derive(Default)]
/// struct Forgetless(Mutex<HashMap<String, Vec<StreamEvent>>>);
///
/// impl EventStore for Forgetless {
///     fn append<'a>(&'a self, stream: &'a str, events: Vec<StreamEvent>, _keep: Duration)
///         -> BoxFuture<'a, Result<(), Error>>
///     {
///         self.0.lock().unwrap().entry(stream.to_owned()).or_default().extend(events);
///         Box::pin(async { Ok(()) })
///     }
///
///     fn replay<'a>(&'a self, stream: &'a str, after: u64)
///         -> BoxFuture<'a, Result<Option<Vec<StreamEvent>>, Error>>
///     {
///         let events = self.0.lock().unwrap().get(stream).cloned();
///         let new = |event: StreamEvent| (event.number > after).then_some(event);
///         let events = events.map(|events| events.into_iter().filter_map(new).collect());
///         Box::pin(async { Ok(events) })
///     }
/// }
/// ```
pub trait EventStore: Send + Sync + 'static {
    /// Adds events, whose numbers go up, after those that are there; the first call makes the stream. All of them are kept
    /// for `keep` from now on, unless there are too many: then the oldest go.
    ///
    /// # Errors
    ///
    /// When they cannot be kept: the stream goes on without, and the cause goes to the log.
    fn append<'a>(
        &'a self,
        stream: &'a str,
        events: Vec<StreamEvent>,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>>;

    /// The events of a stream with higher numbers than `after`, in their order; `None` if nothing is kept of the stream.
    ///
    /// # Errors
    ///
    /// When nobody knows: the client is told to try again.
    fn replay<'a>(
        &'a self,
        stream: &'a str,
        after: u64,
    ) -> BoxFuture<'a, Result<Option<Vec<StreamEvent>>, Error>>;
}

/// So that one store serves several endpoints.
impl<T: EventStore + ?Sized> EventStore for Arc<T> {
    fn append<'a>(
        &'a self,
        stream: &'a str,
        events: Vec<StreamEvent>,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        (**self).append(stream, events, keep)
    }

    fn replay<'a>(
        &'a self,
        stream: &'a str,
        after: u64,
    ) -> BoxFuture<'a, Result<Option<Vec<StreamEvent>>, Error>> {
        (**self).replay(stream, after)
    }
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamEvent {
    /// Its place in the stream; the first one is 0.
    pub number: u64,
    /// What it says: a message, or nothing.
    pub message: Bytes,
    /// Whether it is the last one of its stream.
    pub last: bool,
}

impl StreamEvent {
    /// An event, as a store of your own reads it back.
    #[must_use]
    pub fn new(number: u64, message: impl Into<Bytes>, last: bool) -> Self {
        Self { number, message: message.into(), last }
    }
}
