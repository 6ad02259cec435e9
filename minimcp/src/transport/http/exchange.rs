//! A call under way, and what it says meanwhile.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::event;
use crate::outbox::Inbox;
use crate::protocol::reply::Reply;

/// The future of one call, with the inbox that it fills while it is polled.
///
/// Whoever owns this runs the call: first the request, which waits for what comes first; then, if that was not the
/// answer, the body of the response. Nothing is spawned, and dropping it drops the handler.
pub(super) struct Exchange {
    /// `None` once it has answered: a future that is done is not polled again.
    call: Option<Pin<Box<dyn Future<Output = Reply> + Send>>>,
    inbox: Inbox,
    silence: Silence,
}

/// What came next.
pub(super) enum Step {
    /// Some events; the call goes on.
    Events(Vec<u8>),
    /// Nothing for as long as a connection should be silent.
    Silence,
    /// The answer, and the events that were sent before it.
    Answer(Vec<u8>, Reply),
}

impl Exchange {
    pub(super) fn new(
        call: impl Future<Output = Reply> + Send + 'static,
        inbox: Inbox,
        keep_alive: Option<Duration>,
    ) -> Self {
        let silence = Silence { longest: keep_alive, alarm: None };
        Self { call: Some(Box::pin(call)), inbox, silence }
    }

    /// The next step; pending for ever after the answer.
    pub(super) fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let Some(call) = &mut self.call else { return Poll::Pending };
        if let Poll::Ready(reply) = call.as_mut().poll(context) {
            self.call = None;
            let mut events = Vec::new();
            while let Some(message) = self.inbox.try_recv() {
                event::write(&mut events, &message);
            }
            return Poll::Ready(Step::Answer(events, reply));
        }
        let mut events = Vec::new();
        while let Poll::Ready(Some(message)) = self.inbox.poll_recv(context) {
            event::write(&mut events, &message);
        }
        if !events.is_empty() {
            self.silence.end();
            return Poll::Ready(Step::Events(events));
        }
        self.silence.poll(context).map(|()| Step::Silence)
    }

    pub(super) fn is_over(&self) -> bool {
        self.call.is_none()
    }
}

/// How long nothing was said.
struct Silence {
    longest: Option<Duration>,
    /// Set when the call first has to wait, so that one that answers at once costs no timer.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    /// Ready when it has lasted; it begins anew then.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(longest) = self.longest else { return Poll::Pending };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(longest)));
        let poll = alarm.as_mut().poll(context);
        if poll.is_ready() {
            self.end();
        }
        poll
    }

    /// Something was said.
    fn end(&mut self) {
        if let (Some(alarm), Some(longest)) = (&mut self.alarm, self.longest)
            && let Some(next) = Instant::now().checked_add(longest)
        {
            alarm.as_mut().reset(next);
        }
    }
}
