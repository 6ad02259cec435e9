//! The stream of events that an answer can be.

use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::event;
use super::exchange::{Step, Steps};

/// The events of a call, and its answer as the last of them.
pub(super) struct EventStream {
    /// What is to be said before the call is polled again.
    first: Option<Bytes>,
    /// `None` after the last event.
    steps: Option<Box<dyn Steps>>,
}

impl EventStream {
    pub(super) fn new(first: impl Into<Bytes>, steps: impl Steps + 'static) -> Self {
        Self { first: Some(first.into()), steps: Some(Box::new(steps)) }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        let Some(steps) = &mut self.steps else { return Poll::Ready(None) };
        let events = match ready!(steps.poll_step(context)) {
            Step::Events(events) => return Poll::Ready(Some(events.into())),
            Step::Silence => return Poll::Ready(Some(Bytes::from_static(event::KEEP_ALIVE))),
            Step::Answer(mut events, answered) => {
                if let Some(answer) = answered.reply.into_bytes() {
                    event::write(&mut events, &answer);
                }
                events
            }
            #[cfg(feature = "sessions")]
            Step::Last(events) => events,
        };
        self.steps = None;
        Poll::Ready(Some(events.into()).filter(|events: &Bytes| !events.is_empty()))
    }

    pub(super) fn is_over(&self) -> bool {
        self.first.is_none() && self.steps.as_ref().is_none_or(|steps| steps.is_over())
    }
}
