//! A call under way, and what it says meanwhile.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep};

use super::event;
#[cfg(feature = "sessions")]
use super::session::Became;
use crate::boxed::boxed;
use crate::outbox::Inbox;
use crate::protocol::reply::Reply;

/// The future of one call, with the inbox that it fills while it is polled.
///
/// Whoever owns this runs the call: first the request, which waits for what comes first; then, if that was not the
/// answer, the body of the response. Nothing is spawned, and dropping it drops the handler.
pub(super) struct Exchange {
    /// `None` once it has answered: a future that is done is not polled again.
    call: Option<Pin<Box<dyn Future<Output = Answered> + Send>>>,
    /// `None` where nobody hears what is said before the answer.
    inbox: Option<Inbox>,
    /// What was said and is being written; empty in between.
    said: VecDeque<Bytes>,
    silence: Silence,
}

/// How a call ended.
pub(super) struct Answered {
    pub(super) reply: Reply,
    /// What became of the session, for the head of the response.
    #[cfg(feature = "sessions")]
    pub(super) became: Became,
}

impl From<Reply> for Answered {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            #[cfg(feature = "sessions")]
            became: Became::default(),
        }
    }
}

/// The steps of a call, whoever else sees them.
pub(super) trait Steps: Send {
    /// The next step; pending for ever after the last one.
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step>;

    fn is_over(&self) -> bool;
}

/// What came next.
pub(super) enum Step {
    /// Some events; the call goes on.
    Events(Vec<u8>),
    /// Nothing for as long as a connection should be silent.
    Silence,
    /// The answer, and the events that were sent before it.
    Answer(Vec<u8>, Answered),
    /// The last events of the stream, the answer among them unless it is to be fetched later.
    #[cfg(feature = "sessions")]
    Last(Vec<u8>),
}

/// What was heard of a call, besides its messages.
pub(super) enum Heard {
    /// Messages, and nothing else.
    Messages,
    /// Nothing for as long as a connection should be silent.
    Silence,
    Answer(Answered),
    /// The client is to hang up, and to come back after this time.
    #[cfg(feature = "sessions")]
    HangUp(Duration),
}

impl Exchange {
    /// An exchange whose messages are read from `inbox`; without one, of nothing but the answer.
    #[inline]
    pub(super) fn new(
        call: impl Future<Output = Answered> + Send + 'static,
        inbox: Option<Inbox>,
        keep_alive: Option<Duration>,
    ) -> Self {
        let longest = keep_alive.filter(|_| inbox.is_some());
        let silence = Silence { longest, alarm: None };
        Self { call: Some(boxed(|| call)), inbox, said: VecDeque::new(), silence }
    }

    /// Lets the call ask its client to hang up.
    #[cfg(feature = "sessions")]
    pub(super) fn let_hang_up(&mut self) {
        if let Some(inbox) = &mut self.inbox {
            inbox.let_hang_up();
        }
    }

    /// What is heard next, the messages through `write`; pending for ever after the answer.
    pub(super) fn poll_heard(
        &mut self,
        context: &mut Context<'_>,
        mut write: impl FnMut(&Bytes),
    ) -> Poll<Heard> {
        let Some(call) = &mut self.call else { return Poll::Pending };
        let answered = call.as_mut().poll(context);
        if answered.is_ready() {
            self.call = None;
        }
        if let Some(inbox) = &mut self.inbox {
            inbox.swap(&mut self.said, answered.is_pending().then_some(context));
        }
        let said = !self.said.is_empty();
        self.said.drain(..).for_each(|message| write(&message));
        if let Poll::Ready(answered) = answered {
            return Poll::Ready(Heard::Answer(answered));
        }
        #[cfg(feature = "sessions")]
        if let Some(after) = self.inbox.as_mut().and_then(Inbox::take_hang_up) {
            return Poll::Ready(Heard::HangUp(after));
        }
        if said {
            self.silence.end();
            return Poll::Ready(Heard::Messages);
        }
        self.silence.poll(context).map(|()| Heard::Silence)
    }

    /// Nobody waits on a connection any more, so none has to be kept alive.
    #[cfg(feature = "sessions")]
    pub(super) fn without_keep_alive(mut self) -> Self {
        self.silence = Silence { longest: None, alarm: None };
        self
    }

    /// Lets the call end; what it says meanwhile is told to nobody.
    #[cfg(feature = "sessions")]
    pub(super) async fn end_unheard(self) {
        drop(self.inbox);
        if let Some(call) = self.call {
            call.await;
        }
    }
}

impl Steps for Exchange {
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let mut events = Vec::new();
        let heard = self.poll_heard(context, |message| event::write(&mut events, message));
        heard.map(|heard| match heard {
            Heard::Messages => Step::Events(events),
            Heard::Silence => Step::Silence,
            Heard::Answer(answered) => Step::Answer(events, answered),
            #[cfg(feature = "sessions")]
            Heard::HangUp(_) => Step::Events(events),
        })
    }

    fn is_over(&self) -> bool {
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
