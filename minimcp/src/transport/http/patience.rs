//! How long the head of a request is waited for.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::time::sleep_until;

/// The timer of one connection, which has one alarm.
///
/// hyper waits for each head with a new timer and drops it when the head is there, mostly at once. To set a timer of tokio's
/// and to take it back again each time would cost more than reading the head. So the alarm stays set, and whoever hears
/// it too early sets it anew.
#[derive(Clone, Default)]
pub(super) struct Patience {
    alarm: Arc<Mutex<Option<Pin<Box<tokio::time::Sleep>>>>>,
}

/// Ready at a time; the alarm is that of the connection.
struct Until {
    deadline: Instant,
    patience: Patience,
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { deadline, patience: self.clone() })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline.into();
        let mut alarm = self.patience.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        loop {
            ready!(alarm.as_mut().poll(context));
            if alarm.deadline() >= deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(deadline);
        }
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Patience").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for heads one after the other, each in milliseconds for as long as it takes, or for `longest`.
    async fn check(heads: &[u64], longest: u64, all_come: bool) {
        let patience = Patience::default();
        let mut came = true;
        for head in heads {
            let begun = tokio::time::Instant::now();
            let waited = patience.sleep(Duration::from_millis(longest));
            came = tokio::select! {
                biased;
                () = waited => false,
                () = tokio::time::sleep(Duration::from_millis(*head)) => true,
            };
            assert_eq!(begun.elapsed().as_millis(), u128::from(*head.min(&longest)), "{heads:?}");
        }
        assert_eq!(came, all_come, "{heads:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_head_has_the_whole_time() {
        check(&[5], 10, true).await;
        check(&[15], 10, false).await;
        check(&[6, 6, 6, 9], 10, true).await;
        check(&[6, 6, 6, 11], 10, false).await;
    }
}
