//! How fast a handler is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether a handler answers at once, by its last call.
///
/// What answers at once is called where its message was read, which is cheaper than a task. What does not, or was never
/// called, could keep the messages behind it waiting, even if it blocks and never waits itself.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    at_once: AtomicBool,
    /// Somebody wants to know; otherwise nobody looks at a clock.
    wanted: AtomicBool,
}

impl Pace {
    /// A task costs some microseconds: a handler that takes longer than this does not notice.
    const AT_ONCE: Duration = Duration::from_micros(200);

    pub(crate) fn answers_at_once(&self) -> bool {
        if !self.is_wanted() {
            self.wanted.store(true, Ordering::Relaxed);
        }
        self.at_once.load(Ordering::Relaxed)
    }

    /// Whether anybody asks how fast the handler is.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// A call took this long.
    pub(crate) fn took(&self, time: Duration) {
        let at_once = time < Self::AT_ONCE;
        if at_once != self.at_once.load(Ordering::Relaxed) {
            self.at_once.store(at_once, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_call_counts() {
        let pace = Pace::default();
        assert!(!pace.is_wanted());
        assert!(!pace.answers_at_once());
        assert!(pace.is_wanted());
        for (micros, at_once) in [(199, true), (200, false), (1_000_000, false), (0, true)] {
            pace.took(Duration::from_micros(micros));
            assert_eq!(pace.answers_at_once(), at_once, "{micros}");
        }
    }
}
