//! How many calls run at once, and how many may wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::Error;
use crate::observe::{Counted, Plain, What};

/// A bound on calls that run, with a bounded queue before it.
#[derive(Debug)]
pub(crate) struct Limit {
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
    /// Whether the queue is full and the log was told.
    told: AtomicBool,
}

/// The right to run, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permits {
    _server: Option<OwnedSemaphorePermit>,
    _group: Option<OwnedSemaphorePermit>,
    _handler: Option<OwnedSemaphorePermit>,
    _counted: Counted,
}

/// The limits that a call runs under.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits<'l> {
    pub(crate) server: Option<&'l Limit>,
    /// That of several handlers together.
    pub(crate) group: Option<&'l Limit>,
    pub(crate) handler: Option<&'l Limit>,
}

impl Limit {
    /// At most `concurrency` calls at once, at least one, and at most `queue` that wait.
    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        let slots = Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        Self { slots, waiting: AtomicUsize::new(0), queue, told: AtomicBool::new(false) }
    }

    /// Whether the next call would be refused.
    pub(crate) fn is_full(&self) -> bool {
        self.slots.available_permits() == 0 && self.waiting.load(Ordering::Acquire) >= self.queue
    }

    /// Takes a place that is free.
    fn try_enter(&self) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        // Most of the time there is nothing to change, and threads do not fight over what they only read.
        if self.told.load(Ordering::Relaxed) {
            self.told.store(false, Ordering::Relaxed);
        }
        Some(permit)
    }

    /// Takes a place, waiting for one in the order of arrival.
    async fn enter(
        &self,
        what: &str,
        longest: Option<Duration>,
    ) -> Result<OwnedSemaphorePermit, Error> {
        if let Some(permit) = self.try_enter() {
            return Ok(permit);
        }
        let Some(_place) = Place::in_queue(&self.waiting, self.queue) else {
            self.tell(what);
            return Err(Error::overloaded(what));
        };
        let permit = Arc::clone(&self.slots).acquire_owned();
        let permit = match longest {
            Some(longest) => timeout(longest, permit).await.map_err(|_| Error::overloaded(what))?,
            None => permit.await,
        };
        permit.map_err(|_| Error::overloaded(what))
    }

    /// Tells the log that calls are refused: once, until a call need not wait any more. Under load there is enough to do
    /// without a line for each.
    fn tell(&self, what: &str) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(of = %Plain(what), "calls are refused: as many as may are running and waiting");
        }
    }
}

/// The places of a call that waits for its client; others have them meanwhile.
#[cfg(feature = "ask")]
#[derive(Debug, Default)]
pub(crate) struct Paused {
    server: Option<Arc<Semaphore>>,
    group: Option<Arc<Semaphore>>,
    handler: Option<Arc<Semaphore>>,
}

#[cfg(feature = "ask")]
impl Paused {
    /// Waits for the places again, in the order of arrival and beside the queue: the call was let in already.
    pub(crate) async fn resume(self) -> Permits {
        let enter = async |slots: Option<Arc<Semaphore>>| slots?.acquire_owned().await.ok();
        Permits {
            _handler: enter(self.handler).await,
            _group: enter(self.group).await,
            _server: enter(self.server).await,
            _counted: Counted::one(What::Running),
        }
    }

    /// Takes those of the places that are free.
    pub(crate) fn try_resume(self) -> Permits {
        let enter = |slots: Option<Arc<Semaphore>>| slots?.try_acquire_owned().ok();
        Permits {
            _handler: enter(self.handler),
            _group: enter(self.group),
            _server: enter(self.server),
            _counted: Counted::one(What::Running),
        }
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
        Paused {
            server: slots(&self._server),
            group: slots(&self._group),
            handler: slots(&self._handler),
        }
    }

    /// The places, if all of them are free.
    pub(crate) fn at_once(limits: Limits<'_>) -> Option<Self> {
        let enter = |limit: Option<&Limit>| match limit {
            Some(limit) => limit.try_enter().map(Some),
            None => Some(None),
        };
        Some(Self {
            _handler: enter(limits.handler)?,
            _group: enter(limits.group)?,
            _server: enter(limits.server)?,
            _counted: Counted::one(What::Running),
        })
    }

    /// The narrowest limit comes first, so that calls which wait for a busy handler do not keep others out of the
    /// server.
    pub(crate) async fn acquire(
        limits: Limits<'_>,
        name: &str,
        longest: Option<Duration>,
    ) -> Result<Self, Error> {
        let enter = async |limit: Option<&Limit>, what: &str| match limit {
            Some(limit) => limit.enter(what, longest).await.map(Some),
            None => Ok(None),
        };
        let _handler = enter(limits.handler, name).await?;
        let _group = enter(limits.group, name).await?;
        let _server = enter(limits.server, "the server").await?;
        Ok(Self { _server, _group, _handler, _counted: Counted::one(What::Running) })
    }
}

/// A place in the queue, given up when dropped.
struct Place<'l> {
    waiting: &'l AtomicUsize,
    _counted: Counted,
}

impl<'l> Place<'l> {
    fn in_queue(waiting: &'l AtomicUsize, most: usize) -> Option<Self> {
        waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                (now < most).then_some(now + 1)
            })
            .ok()
            .map(|_| Self { waiting, _counted: Counted::one(What::Queued) })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::AcqRel);
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
        assert!(limit.is_full());
        assert!(enter(&limit).await.unwrap_err().is_overloaded());
        drop(running);
        let next = waiting.await.unwrap().unwrap();
        // The wait is bounded too: time is paused here, and moves when nothing else can.
        assert!(enter(&limit).await.unwrap_err().is_overloaded());
        drop(next);
        assert!(enter(&limit).await.is_ok());
    }
}
