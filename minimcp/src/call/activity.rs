//! When something was last heard of a call.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

/// The time of the last sign of life, shared between the handler and the one who watches it.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    /// When it was first asked, which is when the handler first has to wait: one that answers at once costs no look at a
    /// clock.
    started: OnceLock<Instant>,
    /// Nanoseconds since the start; wide enough for centuries.
    last: AtomicU64,
    /// Whether the handler is being polled.
    polled: AtomicBool,
    /// Whether something was heard of it meanwhile, at a time that nobody looked at.
    heard: AtomicBool,
    /// How many answers of the client the call waits for: until they are there, silence is not the handler's.
    #[cfg(feature = "ask")]
    waits: AtomicU64,
}

impl Activity {
    fn started(&self) -> Instant {
        *self.started.get_or_init(Instant::now)
    }

    /// A sign of life.
    pub(crate) fn touch(&self) {
        // A clock is dear for who reports often. What is heard while the handler is polled was heard when that is over.
        match self.polled.load(Ordering::Relaxed) {
            true => self.heard.store(true, Ordering::Relaxed),
            false => self.set_last(),
        }
    }

    /// Polls the handler.
    pub(crate) fn polling<T>(&self, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        self.polled.store(true, Ordering::Relaxed);
        let polled = poll();
        self.polled.store(false, Ordering::Relaxed);
        self.look();
        polled
    }

    /// Notes what was heard.
    fn look(&self) {
        if self.heard.load(Ordering::Relaxed) {
            self.heard.store(false, Ordering::Relaxed);
            self.set_last();
        }
    }

    fn set_last(&self) {
        let since = u64::try_from(self.started().elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.last.store(since, Ordering::Relaxed);
    }

    /// The call waits for its client from now on.
    #[cfg(feature = "ask")]
    pub(crate) fn wait(&self) {
        self.waits.fetch_add(1, Ordering::Relaxed);
    }

    /// The call does not wait any more.
    #[cfg(feature = "ask")]
    pub(crate) fn go_on(&self) {
        self.touch();
        self.waits.fetch_sub(1, Ordering::Relaxed);
    }

    /// The moment at which the call has been silent for `timeout`.
    pub(crate) fn deadline(&self, timeout: Duration) -> Instant {
        #[cfg(feature = "ask")]
        if self.waits.load(Ordering::Relaxed) > 0 {
            return Instant::now().checked_add(timeout).unwrap_or_else(far_future);
        }
        // A task of the handler may have been heard just when the handler was no longer polled.
        self.look();
        let last = self.started() + Duration::from_nanos(self.last.load(Ordering::Relaxed));
        last.checked_add(timeout).unwrap_or_else(far_future)
    }
}

/// As far away as tokio's timers reach.
fn far_future() -> Instant {
    Instant::now() + Duration::from_secs(86_400 * 365)
}
