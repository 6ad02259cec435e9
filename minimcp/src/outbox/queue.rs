//! The queue behind an outbox: bounded, and locked only where there is something to say.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;

use super::Closed;

/// The messages between an outbox and its inbox.
pub(super) struct Queue {
    pub(super) capacity: usize,
    /// How many outboxes there are.
    pub(super) senders: AtomicUsize,
    /// Whether there are messages. Changed under the lock, and looked at before: most calls say nothing before they are
    /// answered.
    pub(super) filled: AtomicBool,
    /// Whether the reader ever waited. It says so and then counts the senders, and the last of them leaves and then looks
    /// whether somebody waits: so one of both sees the other.
    pub(super) awaited: AtomicBool,
    state: Mutex<State>,
}

/// What is under the lock.
pub(super) struct State {
    pub(super) messages: VecDeque<Bytes>,
    pub(super) closed: bool,
    pub(super) reader: Option<Waker>,
    waiting: Vec<Waker>,
    pub(super) hang_up: HangUp,
    /// Where the next message is written, so that not each begins with a buffer of its own.
    draft: Vec<u8>,
}

/// The longest draft whose buffer is kept for the next one, in bytes.
const LONGEST_DRAFT: usize = 4096;

/// Whether the reader can be asked to break off and come back later.
pub(super) enum HangUp {
    /// It could not come back.
    Never,
    #[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "only sessions resume"))]
    Possible,
    /// It is asked to, after this time.
    #[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "only sessions resume"))]
    Asked(Duration),
}

impl Queue {
    pub(super) fn of(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            senders: AtomicUsize::new(1),
            filled: AtomicBool::new(false),
            awaited: AtomicBool::new(false),
            state: Mutex::new(State {
                messages: VecDeque::new(),
                closed: false,
                reader: None,
                waiting: Vec::new(),
                hang_up: HangUp::Never,
                draft: Vec::new(),
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every statement under the lock, so a panic elsewhere cannot have broken it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn poll_send(
        &self,
        context: &mut Context<'_>,
        message: &mut Option<Bytes>,
    ) -> Poll<Result<(), Closed>> {
        let mut state = self.lock();
        ready!(state.poll_room(self.capacity, context))?;
        if let Some(message) = message.take() {
            self.push(&mut state, message);
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn poll_write(
        &self,
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> Poll<Result<bool, Closed>> {
        let mut state = self.lock();
        ready!(state.poll_room(self.capacity, context))?;
        let written = write(&mut state.draft);
        if written {
            let message = Bytes::copy_from_slice(&state.draft);
            self.push(&mut state, message);
        }
        match state.draft.capacity() > LONGEST_DRAFT {
            true => state.draft = Vec::new(),
            false => state.draft.clear(),
        }
        Poll::Ready(Ok(written))
    }

    fn push(&self, state: &mut State, message: Bytes) {
        self.put(state, message);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Puts a message behind the others, and wakes nobody.
    pub(super) fn put(&self, state: &mut State, message: Bytes) {
        state.messages.push_back(message);
        self.filled.store(true, Ordering::Release);
    }

    /// Notes that messages were taken, and that there is room.
    pub(super) fn taken(&self, state: &mut State) {
        self.filled.store(!state.messages.is_empty(), Ordering::Release);
        state.waiting.drain(..).for_each(Waker::wake);
    }

    /// Whether there are messages.
    #[cfg(any(feature = "stdio", feature = "http"))]
    pub(super) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Waits for what comes next; pending, unless every outbox is gone.
    pub(super) fn poll_next(&self, state: &mut State, context: &Context<'_>) -> Poll<Option<()>> {
        self.wake_for_more(state, context);
        match self.senders.load(Ordering::SeqCst) {
            0 => Poll::Ready(None),
            _ => Poll::Pending,
        }
    }

    /// Wakes the reader when there is more, or every outbox is gone.
    pub(super) fn wake_for_more(&self, state: &mut State, context: &Context<'_>) {
        state.reader = Some(context.waker().clone());
        self.awaited.store(true, Ordering::SeqCst);
    }
}

impl State {
    /// Ready when one more message fits.
    fn poll_room(
        &mut self,
        capacity: usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        if self.closed {
            return Poll::Ready(Err(Closed));
        }
        if self.messages.len() < capacity {
            return Poll::Ready(Ok(()));
        }
        if !self.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            self.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    #[cfg(feature = "stdio")]
    pub(super) fn take_while(&mut self, mut take: impl FnMut(Bytes) -> bool) {
        while let Some(message) = self.messages.pop_front()
            && take(message)
        {}
    }
}
