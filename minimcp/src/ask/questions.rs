//! The way back to a client that can be sent requests: how they are numbered, and where the answers come in.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::{Notify, watch};

use crate::bus::{Bus, LocalBus, Subscription, publish_soon};
use crate::error::Error;

/// The requests of the server that one legacy client has to answer.
///
/// A request goes out with the notifications of the call that asks. The answer comes in as a message of its own,
/// perhaps to another process, and finds the call over the bus. Nothing is kept of a question but its listener.
pub(crate) struct Questions {
    bus: Arc<dyn Bus>,
    /// What tells this client from others on the bus.
    client: String,
    numbering: Numbering,
    /// Whether the client will answer nothing any more.
    gone: watch::Sender<bool>,
    /// How many wait for their answers.
    open: AtomicUsize,
    /// Told when one more does.
    opened: Notify,
}

enum Numbering {
    /// On a connection, which one process serves from its beginning to its end.
    Counted(AtomicU64),
    /// Where several processes serve one client, and none knows what the others asked.
    #[cfg(feature = "sessions")]
    Random,
}

impl Questions {
    /// The questions to the client at the other end of a connection.
    pub(crate) fn on_connection() -> Self {
        let bus = Arc::new(LocalBus::with_capacity(1));
        Self::by(bus, String::new(), Numbering::Counted(AtomicU64::new(1)))
    }

    /// The questions to the client of a session.
    #[cfg(feature = "sessions")]
    pub(crate) fn in_session(bus: Arc<dyn Bus>, session: &str) -> Self {
        let client = format!("session/{session}/");
        Self::by(bus, client, Numbering::Random)
    }

    fn by(bus: Arc<dyn Bus>, client: String, numbering: Numbering) -> Self {
        Self {
            bus,
            client,
            numbering,
            gone: watch::Sender::new(false),
            open: AtomicUsize::new(0),
            opened: Notify::new(),
        }
    }

    /// The id of a new question as JSON text; the client never gets it twice.
    pub(crate) fn next_id(&self) -> String {
        match &self.numbering {
            Numbering::Counted(next) => next.fetch_add(1, Ordering::Relaxed).to_string(),
            #[cfg(feature = "sessions")]
            Numbering::Random => format!("\"{}\"", crate::seal::unguessable()),
        }
    }

    /// Listens for the answer to a question; to be called before it is sent.
    pub(crate) async fn listen(&self, id: &str) -> Result<Box<dyn Subscription>, Error> {
        self.bus.subscribe(vec![self.topic(id)]).await
    }

    /// Brings an answer, a whole message, to whoever asked. One that nobody waits for is dropped.
    pub(crate) fn answer(&self, id: &str, message: &Bytes) {
        publish_soon(&self.bus, self.topic(id), message.clone());
    }

    /// The client will answer nothing any more.
    #[cfg(feature = "stdio")]
    pub(crate) fn hang_up(&self) {
        self.gone.send_replace(true);
    }

    pub(crate) fn is_gone(&self) -> bool {
        *self.gone.borrow()
    }

    /// Waits until the client will answer nothing any more.
    pub(crate) async fn gone(&self) {
        // The sender is `self`, so this does not end before.
        let _ = self.gone.subscribe().wait_for(|gone| *gone).await;
    }

    /// Counts a question as open, from before it is sent until this is dropped.
    pub(super) fn begin(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::AcqRel);
        self.opened.notify_waiters();
        Open(self)
    }

    /// Whether this many are open.
    #[cfg(any(feature = "stdio", feature = "sse"))]
    pub(crate) fn are_open(&self, number: usize) -> bool {
        self.open.load(Ordering::Acquire) >= number
    }

    /// Ready when this many are.
    #[cfg(feature = "stdio")]
    pub(crate) async fn opened(&self, number: usize) {
        loop {
            let mut opened = std::pin::pin!(self.opened.notified());
            // What is opened from here on is not missed.
            opened.as_mut().enable();
            if self.are_open(number) {
                return;
            }
            opened.await;
        }
    }

    fn topic(&self, id: &str) -> String {
        format!("{}answer/{id}", self.client)
    }
}

/// A question that waits for its answer.
pub(super) struct Open<'q>(&'q Questions);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl fmt::Debug for Questions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Questions").field("client", &self.client).finish_non_exhaustive()
    }
}
