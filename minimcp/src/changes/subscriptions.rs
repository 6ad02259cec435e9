//! The subscriptions that are open: how many there may be, and when they end.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::error::{Error, Kind};

/// The open subscriptions of a server.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    places: Arc<Semaphore>,
    pub(crate) ending: Ending,
}

impl Subscriptions {
    pub(crate) fn up_to(limit: usize) -> Self {
        let places = Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
        Self { places, ending: Ending::default() }
    }

    /// Takes a place, until it is dropped.
    ///
    /// # Errors
    ///
    /// -32603 when all are taken.
    pub(crate) fn enter(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| too_many("subscriptions"))
    }
}

/// The error for more of something than there may be; it belongs to the request, and is no status of a transport.
pub(crate) fn too_many(what: &str) -> Error {
    Error::of(Kind::Exhausted, format!("there are too many {what}; try again later"))
}

/// Tells subscriptions to end; those that begin later end at once.
#[derive(Debug, Default)]
pub(crate) struct Ending(watch::Sender<bool>);

impl Ending {
    pub(crate) fn end(&self) {
        self.0.send_replace(true);
    }

    /// Ready when they are to end.
    pub(crate) async fn ended(&self) {
        // The sender lives as long as this is borrowed, so there is no error.
        let _ = self.0.subscribe().wait_for(|ended| *ended).await;
    }
}
