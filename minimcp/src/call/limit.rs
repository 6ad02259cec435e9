//! How many calls run at once, and how many may wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::Error;

/// A bound on calls that run, with a bounded queue before it.
#[derive(Debug)]
pub(crate) struct Limit {
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

/// The right to run, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permits {
    _server: Option<OwnedSemaphorePermit>,
    _handler: Option<OwnedSemaphorePermit>,
}

impl Limit {
    /// At most `concurrency` calls at once, at least one, and at most `queue` that wait.
    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        let slots = Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        Self { slots, waiting: AtomicUsize::new(0), queue }
    }

    /// Takes a place, waiting for one in the order of arrival.
    async fn enter(
        &self,
        what: &str,
        longest: Option<Duration>,
    ) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _place =
            Place::in_queue(&self.waiting, self.queue).ok_or_else(|| Error::overloaded(what))?;
        let permit = Arc::clone(&self.slots).acquire_owned();
        let permit = match longest {
            Some(longest) => timeout(longest, permit).await.map_err(|_| Error::overloaded(what))?,
            None => permit.await,
        };
        permit.map_err(|_| Error::overloaded(what))
    }
}

/// The places of a call that waits for its client; others have them meanwhile.
#[cfg(feature = "ask")]
#[derive(Debug, Default)]
pub(crate) struct Paused {
    server: Option<Arc<Semaphore>>,
    handler: Option<Arc<Semaphore>>,
}

#[cfg(feature = "ask")]
impl Paused {
    /// Waits for the places again, in the order of arrival and beside the queue: the call was let in already.
    pub(crate) async fn resume(self) -> Permits {
        let enter = async |slots: Option<Arc<Semaphore>>| slots?.acquire_owned().await.ok();
        Permits { _handler: enter(self.handler).await, _server: enter(self.server).await }
    }

    /// Takes those of the places that are free.
    pub(crate) fn try_resume(self) -> Permits {
        let enter = |slots: Option<Arc<Semaphore>>| slots?.try_acquire_owned().ok();
        Permits { _handler: enter(self.handler), _server: enter(self.server) }
    }
}

impl Permits {
    /// Gives the server's place back for good.
    pub(crate) fn without_server(mut self) -> Self {
        self._server = None;
        self
    }

    /// Gives the places back for now.
    #[cfg(feature = "ask")]
    pub(crate) fn pause(self) -> Paused {
        let slots = |permit: &Option<OwnedSemaphorePermit>| {
            permit.as_ref().map(|permit| Arc::clone(permit.semaphore()))
        };
        Paused { server: slots(&self._server), handler: slots(&self._handler) }
    }

    /// The places, if both are free.
    pub(crate) fn at_once(server: Option<&Limit>, handler: Option<&Limit>) -> Option<Self> {
        let enter = |limit: Option<&Limit>| match limit {
            Some(limit) => Arc::clone(&limit.slots).try_acquire_owned().ok().map(Some),
            None => Some(None),
        };
        Some(Self { _handler: enter(handler)?, _server: enter(server)? })
    }

    /// Takes a place of the handler's own limit first, so that calls which wait for a busy handler do not keep
    /// others out of the server.
    pub(crate) async fn acquire(
        server: Option<&Limit>,
        handler: Option<&Limit>,
        name: &str,
        longest: Option<Duration>,
    ) -> Result<Self, Error> {
        let _handler = match handler {
            Some(limit) => Some(limit.enter(name, longest).await?),
            None => None,
        };
        let _server = match server {
            Some(limit) => Some(limit.enter("the server", longest).await?),
            None => None,
        };
        Ok(Self { _server, _handler })
    }
}

/// A place in the queue, given up when dropped.
struct Place<'l>(&'l AtomicUsize);

impl<'l> Place<'l> {
    fn in_queue(waiting: &'l AtomicUsize, most: usize) -> Option<Self> {
        waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                (now < most).then_some(now + 1)
            })
            .ok()
            .map(|_| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_and_a_place_is_given_back() {
        let limit = Arc::new(Limit::new(1, 1));
        let enter = |limit: &Arc<Limit>| {
            let limit = Arc::clone(limit);
            async move { limit.enter("x", Some(Duration::from_secs(1))).await }
        };
        let running = enter(&limit).await.unwrap();
        let waiting = tokio::spawn(enter(&limit));
        tokio::task::yield_now().await;
        assert!(enter(&limit).await.unwrap_err().is_overloaded());
        drop(running);
        let next = waiting.await.unwrap().unwrap();
        // The wait is bounded too: time is paused here, and moves when nothing else can.
        assert!(enter(&limit).await.unwrap_err().is_overloaded());
        drop(next);
        assert!(enter(&limit).await.is_ok());
    }
}
