//! How fast a handler is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Whether a handler answers at once, by its last call.
///
/// What answers at once is called where its message was read, which is cheaper than a task. What does not, or was never
/// called, could keep the messages behind it waiting, even if it blocks and never waits itself.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    at_once: AtomicBool,
}

/// The clock of a transport that reads messages in their turn.
///
/// The end of one call is the beginning of the next message, so that a call costs one look and not two.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    made: Instant,
    /// When it was last looked at, in nanoseconds since it was made; wide enough for centuries.
    last: AtomicU64,
}

/// A call whose time is taken, until it is dropped.
#[must_use]
pub(crate) struct Timed<'c> {
    pace: &'c Pace,
    stopwatch: &'c Stopwatch,
    /// What the stopwatch showed when the call began.
    begun: Duration,
}

impl Pace {
    /// A task costs some microseconds: a handler that takes longer than this does not notice.
    const AT_ONCE: Duration = Duration::from_micros(200);

    pub(crate) fn answers_at_once(&self) -> bool {
        self.at_once.load(Ordering::Relaxed)
    }

    /// A call whose time began when the stopwatch was last looked at.
    pub(crate) fn timed<'c>(&'c self, stopwatch: &'c Stopwatch) -> Timed<'c> {
        let begun = Duration::from_nanos(stopwatch.last.load(Ordering::Relaxed));
        Timed { pace: self, stopwatch, begun }
    }

    /// A call took this long.
    fn took(&self, time: Duration) {
        let at_once = time < Self::AT_ONCE;
        if at_once != self.at_once.load(Ordering::Relaxed) {
            self.at_once.store(at_once, Ordering::Relaxed);
        }
    }
}

impl Stopwatch {
    /// Looks at the clock.
    pub(crate) fn look(&self) -> Duration {
        let now = self.made.elapsed();
        self.last.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        now
    }
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self { made: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.pace.took(self.stopwatch.look().saturating_sub(self.begun));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_last_call_counts() {
        let (pace, stopwatch) = (Pace::default(), Stopwatch::default());
        assert!(!pace.answers_at_once());
        for (micros, at_once) in [(199, true), (200, false), (1_000_000, false), (0, true)] {
            // Each begins where the last one ended.
            let timed = pace.timed(&stopwatch);
            tokio::time::advance(Duration::from_micros(micros)).await;
            drop(timed);
            assert_eq!(pace.answers_at_once(), at_once, "{micros}");
        }
    }
}
