//! How many calls run at once, and how many may wait.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::error::Error;
use crate::observe::{Counted, Plain, What};

/// A bound on calls that run, with a bounded queue before it.
///
/// A place that is free costs one locked word to take and one to give back: every call takes some. Those that wait get
/// places in the order of their arrival, before any that come later; only a race between threads can let two of them
/// change places.
#[derive(Debug)]
pub(crate) struct Limit {
    free: AtomicUsize,
    /// Those that wait for a place, in the queue or beside it.
    waiting: AtomicUsize,
    /// Wakes the next one of them.
    freed: Notify,
    queued: AtomicUsize,
    queue: usize,
    /// Whether the queue is full and the log was told.
    told: AtomicBool,
}

/// A place of a call that runs, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place<'l>(&'l Limit);

impl Limit {
    /// At most `concurrency` calls at once, at least one, and at most `queue` that wait.
    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        Self {
            free: AtomicUsize::new(concurrency.max(1)),
            waiting: AtomicUsize::new(0),
            freed: Notify::new(),
            queued: AtomicUsize::new(0),
            queue,
            told: AtomicBool::new(false),
        }
    }

    /// Whether the next call would be refused.
    pub(crate) fn is_full(&self) -> bool {
        let none_free = self.free.load(Ordering::Acquire) == 0 || self.has_waiting();
        none_free && self.queued.load(Ordering::Acquire) >= self.queue
    }

    /// Takes a place that is free.
    pub(crate) fn try_enter(&self) -> Option<Place<'_>> {
        if self.has_waiting() || !self.take() {
            return None;
        }
        // Most of the time there is nothing to change, and threads do not fight over what they only read.
        if self.told.load(Ordering::Relaxed) {
            self.told.store(false, Ordering::Relaxed);
        }
        Some(Place(self))
    }

    /// Takes a place, waiting for one in the queue for at most as long as `longest`.
    pub(crate) async fn enter(
        &self,
        what: &str,
        longest: Option<Duration>,
    ) -> Result<Place<'_>, Error> {
        if let Some(place) = self.try_enter() {
            return Ok(place);
        }
        let Some(_queued) = Queued::one(&self.queued, self.queue) else {
            self.tell(what);
            return Err(Error::overloaded(what));
        };
        match longest {
            Some(longest) => {
                timeout(longest, self.wait()).await.map_err(|_| Error::overloaded(what))
            }
            None => Ok(self.wait().await),
        }
    }

    /// Waits for a place, however many do.
    pub(crate) async fn wait(&self) -> Place<'_> {
        // In line first, counted next: who leaves and counts those that wait then finds as many in line.
        let mut turn = pin!(self.freed.notified());
        turn.as_mut().enable();
        // Whoever leaves gives the place back and then looks for those that wait; they do it the other way round. So one
        // of both sees the other.
        let first = self.waiting.fetch_add(1, Ordering::SeqCst) == 0;
        let waiting = Waiting(&self.waiting);
        let mut woken = false;
        while !((first || woken) && self.take()) {
            turn.as_mut().await;
            woken = true;
            turn.set(self.freed.notified());
            turn.as_mut().enable();
        }
        drop(waiting);
        // Places that were given back before anybody waited woke nobody.
        if !woken && self.free.load(Ordering::SeqCst) > 0 {
            self.wake_next();
        }
        Place(self)
    }

    /// Gives a place back that was [kept](Place::keep).
    pub(crate) fn leave(&self) {
        self.free.fetch_add(1, Ordering::SeqCst);
        self.wake_next();
    }

    fn take(&self) -> bool {
        let one_less = |free: usize| free.checked_sub(1);
        self.free.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
    }

    fn has_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    fn wake_next(&self) {
        if self.has_waiting() {
            self.freed.notify_one();
        }
    }

    /// Tells the log that calls are refused: once, until a call need not wait any more. Under load there is enough to do
    /// without a line for each.
    fn tell(&self, what: &str) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(of = %Plain(what), "calls are refused: as many as may are running and waiting");
        }
    }
}

impl Place<'_> {
    /// Leaves it to the caller to give the place back, with [`Limit::leave`].
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// One that waits for a place.
struct Waiting<'l>(&'l AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A place in the queue, given up when dropped.
struct Queued<'l> {
    queued: &'l AtomicUsize,
    _counted: Counted,
}

impl<'l> Queued<'l> {
    fn one(queued: &'l AtomicUsize, most: usize) -> Option<Self> {
        queued
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                (now < most).then_some(now + 1)
            })
            .ok()
            .map(|_| Self { queued, _counted: Counted::one(What::Queued) })
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.queued.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use super::*;

    /// One that wants a place.
    type Entering<'l> = Pin<Box<dyn Future<Output = Result<Place<'l>, Error>> + 'l>>;

    /// Whether it has its answer now.
    fn asks<'l>(entering: &mut Entering<'l>) -> Option<Result<Place<'l>, Error>> {
        match entering.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Ready(answer) => Some(answer),
            std::task::Poll::Pending => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_and_a_place_is_given_back() {
        let limit = Limit::new(1, 1);
        let second = Some(Duration::from_secs(1));
        let enter = || -> Entering<'_> { Box::pin(limit.enter("x", second)) };
        let running = enter().await.unwrap();
        let mut waiting = enter();
        assert!(asks(&mut waiting).is_none());
        assert!(limit.is_full());
        assert!(enter().await.unwrap_err().is_overloaded());
        drop(running);
        let next = waiting.await.unwrap();
        // The wait is bounded too: time is paused here, and moves when nothing else can.
        assert!(enter().await.unwrap_err().is_overloaded());
        drop(next);
        assert!(enter().await.is_ok());
    }

    #[test]
    fn those_that_wait_get_places_in_their_order_and_nobody_overtakes_them() {
        let limit = Limit::new(1, 10);
        let enter = || -> Entering<'_> { Box::pin(limit.enter("x", None)) };
        let running = limit.try_enter().unwrap();
        let (mut first, mut given_up, mut last) = (enter(), enter(), enter());
        for waiting in [&mut first, &mut given_up, &mut last] {
            assert!(asks(waiting).is_none());
        }
        drop(running);
        assert!(limit.try_enter().is_none(), "the place is the first one's");
        let mut late = enter();
        assert!(asks(&mut late).is_none());
        for waiting in [&mut last, &mut given_up] {
            assert!(asks(waiting).is_none());
        }
        drop(asks(&mut first).unwrap().unwrap());
        // Its turn goes on to the next one.
        drop(given_up);
        assert!(asks(&mut late).is_none());
        drop(asks(&mut last).unwrap().unwrap());
        drop(asks(&mut late).unwrap().unwrap());
        assert!(limit.try_enter().is_some());
    }

    #[test]
    fn threads_that_come_and_go_leave_all_places_free() {
        let limit = Arc::new(Limit::new(3, 1000));
        let running = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (limit, running) = (Arc::clone(&limit), Arc::clone(&running));
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    runtime.block_on(async {
                        for _ in 0..2000 {
                            let place = limit.enter("x", None).await.unwrap();
                            assert!(running.fetch_add(1, Ordering::SeqCst) < 3);
                            tokio::task::yield_now().await;
                            running.fetch_sub(1, Ordering::SeqCst);
                            drop(place);
                        }
                    });
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let all: Vec<_> = std::iter::from_fn(|| limit.try_enter()).collect();
        assert_eq!(all.len(), 3);
    }
}
