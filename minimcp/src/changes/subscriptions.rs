//! The subscriptions that are open: how many there may be, and when they end.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;

use crate::error::{Error, Kind};

/// The open subscriptions of a server.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    places: Arc<Semaphore>,
    pub(crate) ending: Ending,
    /// How long one of them may be open.
    pub(crate) lifetime: Option<Duration>,
}

impl Subscriptions {
    pub(crate) fn up_to(limit: usize, lifetime: Option<Duration>) -> Self {
        let places = Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
        Self { places, ending: Ending::default(), lifetime }
    }

    /// Ready when one that begins now has been open for as long as it may.
    pub(crate) async fn expired(&self) {
        match self.lifetime {
            Some(lifetime) => sleep(lifetime).await,
            None => pending().await,
        }
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
pub(crate) struct Ending {
    told: watch::Sender<bool>,
    /// The same, for those who look at it with each call.
    ended: AtomicBool,
}

impl Ending {
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.told.send_replace(true);
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Ready when they are to end.
    pub(crate) async fn ended(&self) {
        // The sender lives as long as this is borrowed, so there is no error.
        let _ = self.told.subscribe().wait_for(|ended| *ended).await;
    }
}
