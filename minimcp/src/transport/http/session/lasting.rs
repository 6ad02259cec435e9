//! A call that goes on when its client goes away.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::orphans::Orphans;
use super::recorder::Recorder;
use crate::protocol::reply::Class;
use crate::transport::http::event;
use crate::transport::http::exchange::{Exchange, Heard, Step, Steps};

/// A call in a session: a connection that breaks does not cancel it (2025-03-26 to 2025-11-25, Streamable HTTP,
/// Sending Messages to the Server).
///
/// As any other exchange it is run by the request and then by the body of the response, and no task is spawned. Only when
/// it is dropped before its end, a task takes over what is left of it.
pub(super) struct Lasting {
    /// `None` once it was handed over.
    exchange: Option<Exchange>,
    /// `None` where nobody could come back for what it says.
    recorder: Option<Recorder>,
    /// Whether an answer that nothing was said before is no stream.
    answers_with_json: bool,
    /// What goes out once it is saved.
    held: Option<Step>,
    hung_up: bool,
    orphans: Arc<Orphans>,
}

impl Lasting {
    pub(super) fn new(
        exchange: Exchange,
        recorder: Option<Recorder>,
        answers_with_json: bool,
        orphans: Arc<Orphans>,
    ) -> Self {
        let (exchange, held, hung_up) = (Some(exchange), None, false);
        Self { exchange, recorder, answers_with_json, held, hung_up, orphans }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let Some(exchange) = &mut self.exchange else { return Poll::Pending };
        let Some(recorder) = &mut self.recorder else { return exchange.poll_step(context) };
        let mut events = Vec::new();
        let heard = exchange.poll_heard(context, |message| recorder.write(&mut events, message));
        Poll::Ready(match ready!(heard) {
            Heard::Messages => Step::Events(events),
            Heard::Silence => {
                recorder.begin(&mut events);
                events.extend_from_slice(event::KEEP_ALIVE);
                Step::Events(events)
            }
            Heard::Answer(answered)
                if !recorder.has_begun()
                    && (self.answers_with_json || answered.reply.class() != Class::Answered) =>
            {
                Step::Answer(events, answered)
            }
            Heard::Answer(answered) => {
                recorder.end(&mut events, answered.reply.into_bytes());
                Step::Last(events)
            }
            Heard::HangUp(after) => {
                recorder.begin(&mut events);
                event::write_retry(&mut events, after);
                self.hung_up = true;
                Step::Last(events)
            }
        })
    }
}

impl Steps for Lasting {
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let step = match self.held.take() {
            Some(held) => held,
            None => ready!(self.poll_next(context)),
        };
        if let Some(recorder) = &mut self.recorder
            && recorder.poll_saved(context).is_pending()
        {
            self.held = Some(step);
            return Poll::Pending;
        }
        Poll::Ready(step)
    }

    fn is_over(&self) -> bool {
        let ended = self.exchange.as_ref().is_none_or(Exchange::is_over);
        self.held.is_none() && (ended || self.hung_up)
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        let Some(exchange) = self.exchange.take() else { return };
        let recorder = self.recorder.take();
        if exchange.is_over() && recorder.as_ref().is_none_or(Recorder::is_saved) {
            return;
        }
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                // Whoever stops waits for it.
                let orphan = self.orphans.adopt();
                runtime.spawn(async move {
                    go_on(exchange.without_keep_alive(), recorder).await;
                    drop(orphan);
                });
            }
            Err(_) => {
                tracing::error!("a call was cut off: its client went away on no thread of tokio's");
            }
        }
    }
}

/// Runs a call to its end, without a client.
async fn go_on(mut exchange: Exchange, recorder: Option<Recorder>) {
    // A client that never heard of the stream cannot come back for it.
    let Some(mut recorder) = recorder.filter(Recorder::has_begun) else {
        return exchange.end_unheard().await;
    };
    poll_fn(|context| recorder.poll_saved(context)).await;
    while !exchange.is_over() {
        let mut unread = Vec::new();
        let heard = poll_fn(|context| {
            exchange.poll_heard(context, |message| recorder.write(&mut unread, message))
        });
        match heard.await {
            Heard::Messages | Heard::Silence => (),
            Heard::HangUp(after) => recorder.hang_up(after),
            Heard::Answer(answered) => recorder.end(&mut unread, answered.reply.into_bytes()),
        }
        poll_fn(|context| recorder.poll_saved(context)).await;
    }
}
