//! How fast a handler is.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Whether a handler answers at once, by the last call of it that was timed.
///
/// What answers at once is called where its message was read, which is cheaper than a task. What does not, or was never
/// called, could keep the messages behind it waiting, even if it blocks and never waits itself.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    at_once: AtomicBool,
    /// How many calls there were, as far as that matters. Two that count at once may count as one.
    calls: AtomicU8,
}

/// A call whose time is taken, until it is dropped.
#[must_use]
pub(crate) struct Timed<'c> {
    pace: &'c Pace,
    begun: Instant,
}

impl Pace {
    /// A task costs some microseconds: a handler that takes longer than this does not notice.
    const AT_ONCE: Duration = Duration::from_micros(200);
    /// Of a handler that answers at once, one in so many calls is timed: two looks at a clock are a twentieth of a short call.
    /// If it has become slow, one less than this are called where they were read before that is noticed.
    const TIMED: u8 = 8;

    pub(crate) fn answers_at_once(&self) -> bool {
        self.at_once.load(Ordering::Relaxed)
    }

    /// A call that begins now, if it is one to be timed.
    pub(crate) fn timed(&self) -> Option<Timed<'_>> {
        let calls = self.calls.load(Ordering::Relaxed);
        self.calls.store(calls.wrapping_add(1), Ordering::Relaxed);
        let timed = calls.is_multiple_of(Self::TIMED) || !self.answers_at_once();
        timed.then(|| Timed { pace: self, begun: Instant::now() })
    }

    /// A call took this long.
    fn took(&self, time: Duration) {
        let at_once = time < Self::AT_ONCE;
        if at_once != self.at_once.load(Ordering::Relaxed) {
            self.at_once.store(at_once, Ordering::Relaxed);
        }
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.pace.took(self.begun.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_last_call_that_was_timed_counts() {
        let pace = Pace::default();
        // Whether the call was timed, and whether the handler then answers at once.
        let call = async |micros| {
            let timed = pace.timed();
            tokio::time::advance(Duration::from_micros(micros)).await;
            (timed.map(drop).is_some(), pace.answers_at_once())
        };
        assert!(!pace.answers_at_once());
        for (micros, at_once) in [(200, false), (1_000_000, false), (199, true)] {
            assert_eq!(call(micros).await, (true, at_once), "{micros}");
        }
        // It has become slow, which is noticed when a call is timed again; until it is fast, each is.
        let mut unnoticed = 0;
        while call(200).await == (false, true) {
            unnoticed += 1;
        }
        assert!(unnoticed < Pace::TIMED && !pace.answers_at_once(), "{unnoticed}");
        assert_eq!(call(200).await, (true, false));
        assert_eq!(call(0).await, (true, true));
    }
}
