//! A bound on the time of what mostly takes none.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// Awaits something for at most so long; `None` when the time is over. What is ready at once costs no timer.
pub(super) async fn within<T>(
    longest: Duration,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    // In a box, so that what is ready at once does not carry it along.
    let mut alarm: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep(longest)));
        alarm.as_mut().poll(context).map(|()| None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_takes_longer_is_given_up() {
        let second = Duration::from_secs(1);
        assert_eq!(within(second, pin!(async { 1 })).await, Some(1));
        assert_eq!(within(second * 2, pin!(sleep(second))).await, Some(()));
        assert_eq!(within(second, pin!(sleep(second * 2))).await, None);
    }
}
