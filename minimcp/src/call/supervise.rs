//! Running a handler so that its call always ends: by its answer, its panic, its silence, or by being dropped.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep, sleep_until};

use super::{Call, Entered};
use crate::error::{Error, Kind};

/// A handler under way.
pub(crate) type HandlerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Awaits a handler.
///
/// # Errors
///
/// The handler's own, or that it panicked, or that nothing was heard of it for longer than `timeout`.
pub(crate) fn supervise<'c, T>(
    held: Held<'c>,
    timeout: Option<Duration>,
    handler: HandlerFuture<'c, T>,
) -> Supervised<'c, T> {
    Supervised { held, timeout, handler, alarm: None }
}

/// What has the places of a handler for as long as it runs; the end of it when dropped.
pub(crate) enum Held<'c> {
    /// Its call.
    Call(&'c Call),
    /// Nobody else: the handler does not look at its call, so there is none.
    Places(#[allow(dead_code, reason = "given back when dropped")] Entered<'c>),
}

impl<'c> Held<'c> {
    pub(crate) fn call(&self) -> Option<&'c Call> {
        match self {
            Self::Call(call) => Some(call),
            Self::Places(_) => None,
        }
    }
}

impl<'c> From<&'c Call> for Held<'c> {
    fn from(call: &'c Call) -> Self {
        Self::Call(call)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Self::Call(call) = self {
            call.end();
        }
    }
}

/// A handler that is seen to its end. However it ends, the call ends when this is dropped, and the handler is dropped with
/// it.
// Written by hand, since each call holds it: an async function keeps twice what it is given.
#[must_use]
pub(crate) struct Supervised<'c, T> {
    held: Held<'c>,
    timeout: Option<Duration>,
    handler: HandlerFuture<'c, T>,
    /// In a box: most handlers never wait, and none of them is to carry it along.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<T> Future for Supervised<'_, T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { held, timeout, handler, alarm } = self.get_mut();
        let call = held.call();
        let answer = match call {
            Some(call) => call.activity().polling(|| poll_guarded(handler, context)),
            None => poll_guarded(handler, context),
        };
        if answer.is_ready() {
            return answer;
        }
        #[cfg(feature = "ask")]
        if let Some(round) = call.and_then(|call| call.asking().round_over(context)) {
            return Poll::Ready(Err(Error::input_required(round)));
        }
        match *timeout {
            Some(timeout) => {
                poll_silence(call, timeout, alarm, context).map(|()| Err(Error::timed_out(timeout)))
            }
            None => Poll::Pending,
        }
    }
}

/// Awaits what has to end by itself; a panic in it becomes an error.
pub(crate) async fn guard<T>(mut handler: HandlerFuture<'_, T>) -> Result<T, Error> {
    poll_fn(|context| poll_guarded(&mut handler, context)).await
}

/// Polls a handler; a panic in it becomes an error.
fn poll_guarded<T>(
    handler: &mut HandlerFuture<'_, T>,
    context: &mut Context<'_>,
) -> Poll<Result<T, Error>> {
    // The handler is never polled again after a panic, so nobody sees what it left half done but state that it
    // shares with others by its own choice, as with any thread that panics.
    match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(panicked(&*panic))),
    }
}

/// The error for a handler that panicked; the message of the panic is for the log alone.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Error {
    let message = panic
        .downcast_ref::<&'static str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is no text".into());
    Error::of(Kind::Panicked, format!("the handler panicked: {message}"))
}

/// Ready when nothing was heard of the call for `timeout`.
///
/// The alarm is set when the handler first has to wait, so a handler that answers at once costs no timer; a sign of
/// life moves no timer either, the alarm looks for it when it goes off.
fn poll_silence(
    call: Option<&Call>,
    timeout: Duration,
    alarm: &mut Option<Pin<Box<Sleep>>>,
    context: &mut Context<'_>,
) -> Poll<()> {
    // Of a handler that has no call nothing is heard but its answer.
    let deadline = || Some(call?.activity().deadline(timeout));
    let alarm = alarm
        .get_or_insert_with(|| Box::pin(deadline().map_or_else(|| sleep(timeout), sleep_until)));
    loop {
        ready!(alarm.as_mut().poll(context));
        match deadline().filter(|deadline| *deadline > alarm.deadline()) {
            Some(deadline) => alarm.as_mut().reset(deadline),
            None => return Poll::Ready(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::About;
    use crate::outbox::Outbox;

    fn call() -> Call {
        Call::new(About::default(), Outbox::none())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_call_and_a_sign_of_life_goes_on() {
        let second = Duration::from_secs(1);
        let quiet = call();
        let error = supervise(
            (&quiet).into(),
            Some(second),
            Box::pin(async {
                sleep(second * 2).await;
                Ok(())
            }),
        );
        assert!(error.await.unwrap_err().is_timeout());
        assert!(quiet.cancel().is_cancelled());

        let alive = call();
        let answer = supervise(
            (&alive).into(),
            Some(second),
            Box::pin(async {
                for _ in 0..5 {
                    sleep(second.mul_f64(0.9)).await;
                    alive.keep_alive();
                }
                Ok(5)
            }),
        );
        assert_eq!(answer.await.unwrap(), 5);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_says_nothing_to_the_client() {
        let call = call();
        let error =
            supervise::<()>((&call).into(), None, Box::pin(async { panic!("secret {}", 1) }))
                .await
                .unwrap_err();
        assert_eq!(error.to_string(), "the handler panicked: secret 1");
        assert_eq!(error.public_message(), "internal error");
    }
}
