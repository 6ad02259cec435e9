//! The stream of events that an answer can be.

use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::event;
use super::exchange::{Exchange, Step};

/// The events of a call, and its answer as the last of them.
pub(super) struct EventStream {
    /// What is to be said before the call is polled again.
    first: Option<Bytes>,
    exchange: Exchange,
}

impl EventStream {
    pub(super) fn new(first: impl Into<Bytes>, exchange: Exchange) -> Self {
        Self { first: Some(first.into()), exchange }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        if self.is_over() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(match ready!(self.exchange.poll_step(context)) {
            Step::Events(events) => events.into(),
            Step::Silence => Bytes::from_static(event::KEEP_ALIVE),
            Step::Answer(mut events, reply) => {
                if let Some(answer) = reply.into_bytes() {
                    event::write(&mut events, &answer);
                }
                events.into()
            }
        }))
    }

    pub(super) fn is_over(&self) -> bool {
        self.first.is_none() && self.exchange.is_over()
    }
}
