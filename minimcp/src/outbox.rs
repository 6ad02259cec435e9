//! The way of a call's notifications to the transport: a bounded queue that waits instead of growing.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;

/// Where the notifications of a call go.
///
/// [`channel`](Self::channel) gives an outbox and the [`Inbox`] that a transport empties. A call that nobody
/// listens to gets [`none`](Self::none), and what it sends is dropped.
///
/// ```
/// use minimcp::Outbox;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (outbox, mut inbox) = Outbox::channel(16);
/// outbox.send("{}").await.unwrap();
/// drop(outbox);
/// assert_eq!(inbox.recv().await.unwrap(), "{}");
/// assert_eq!(inbox.recv().await, None);
/// # }
/// ```
pub struct Outbox(Option<Arc<Queue>>);

/// The other end of an [`Outbox`].
///
/// Dropping it closes the queue: whoever waits to send is told so.
pub struct Inbox(Arc<Queue>);

/// The message was not taken: nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

struct Queue {
    capacity: usize,
    /// How many outboxes there are. Counted beside the lock, since every call has one; but the reader looks under the lock,
    /// and the last outbox wakes it there.
    senders: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    messages: VecDeque<Bytes>,
    closed: bool,
    reader: Option<Waker>,
    waiting: Vec<Waker>,
    hang_up: HangUp,
    /// Where the next message is written, so that not each begins with a buffer of its own.
    draft: Vec<u8>,
}

/// The longest draft whose buffer is kept for the next one, in bytes.
const LONGEST_DRAFT: usize = 4096;

/// Whether the reader can be asked to break off and come back later.
enum HangUp {
    /// It could not come back.
    Never,
    #[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "only sessions resume"))]
    Possible,
    /// It is asked to, after this time.
    #[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "only sessions resume"))]
    Asked(Duration),
}

impl Outbox {
    /// An outbox that nobody listens to.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// A queue of at most `capacity` messages, at least one; a sender waits while it is full.
    #[must_use]
    pub fn channel(capacity: usize) -> (Self, Inbox) {
        let queue = Arc::new(Queue {
            capacity: capacity.max(1),
            senders: AtomicUsize::new(1),
            state: Mutex::new(State {
                messages: VecDeque::new(),
                closed: false,
                reader: None,
                waiting: Vec::new(),
                hang_up: HangUp::Never,
                draft: Vec::new(),
            }),
        });
        (Self(Some(Arc::clone(&queue))), Inbox(queue))
    }

    /// Whether a message sent now could reach anyone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| !queue.lock().closed)
    }

    /// Sends a message if there is room for it at once, from where nobody can wait.
    #[cfg(feature = "ask")]
    pub(crate) fn try_send(&self, message: impl Into<Bytes>) {
        if let Some(queue) = &self.0 {
            let mut message = Some(message.into());
            // Nobody is woken that was not waiting: pending means that there is no room.
            let _ = queue.poll_send(&mut Context::from_waker(Waker::noop()), &mut message);
        }
    }

    /// Sends a message, waiting for room.
    ///
    /// # Errors
    ///
    /// [`Closed`] when nobody listens, or the listener went away.
    pub async fn send(&self, message: impl Into<Bytes>) -> Result<(), Closed> {
        let Some(queue) = &self.0 else { return Err(Closed) };
        let mut message = Some(message.into());
        poll_fn(|context| queue.poll_send(context, &mut message)).await
    }

    /// Sends what `write` writes once there is room for it; nothing, if it says so. Whether something was sent.
    pub(crate) fn poll_write(
        &self,
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> Poll<Result<bool, Closed>> {
        let Some(queue) = &self.0 else { return Poll::Ready(Err(Closed)) };
        let mut state = queue.lock();
        ready!(state.poll_room(queue.capacity, context))?;
        let written = write(&mut state.draft);
        if written {
            let message = Bytes::copy_from_slice(&state.draft);
            state.push(message);
        }
        match state.draft.capacity() > LONGEST_DRAFT {
            true => state.draft = Vec::new(),
            false => state.draft.clear(),
        }
        Poll::Ready(Ok(written))
    }

    /// Asks the reader to break off once it has read what was sent, and to come back after this time. Whether it can.
    pub(crate) fn hang_up(&self, come_back_after: Duration) -> bool {
        let Some(queue) = &self.0 else { return false };
        let mut state = queue.lock();
        if state.closed || matches!(state.hang_up, HangUp::Never) {
            return false;
        }
        state.hang_up = HangUp::Asked(come_back_after);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
        true
    }
}

impl Inbox {
    /// The next message; `None` when every outbox is gone.
    pub async fn recv(&mut self) -> Option<Bytes> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// [`recv`](Self::recv), for futures written by hand.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.0.lock();
        if let Some(message) = state.messages.pop_front() {
            wake_all(&mut state);
            return Poll::Ready(Some(message));
        }
        if self.0.senders.load(Ordering::Acquire) == 0 {
            return Poll::Ready(None);
        }
        state.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// Gives all messages that are there in exchange for `read`, which is empty and spares the queue a new buffer.
    ///
    /// Where `context` is given, it is woken when there are more.
    #[cfg(feature = "http")]
    pub(crate) fn swap(&mut self, read: &mut VecDeque<Bytes>, context: Option<&Context<'_>>) {
        let mut state = self.0.lock();
        std::mem::swap(&mut state.messages, read);
        wake_all(&mut state);
        state.reader = context.map(|context| context.waker().clone());
    }

    /// Wakes nobody until the next [`poll_recv`](Self::poll_recv), which whoever calls this owes.
    #[cfg(feature = "stdio")]
    pub(crate) fn expect(&mut self) {
        self.0.lock().reader = None;
    }

    /// Takes messages, for as long as `take` says after each that it has room for another.
    #[cfg(feature = "stdio")]
    pub(crate) fn take_while(&mut self, take: impl FnMut(Bytes) -> bool) {
        self.0.lock().take_while(take);
    }

    /// The same; as with [`poll_recv`](Self::poll_recv), `None` is that every outbox is gone, and pending that there was
    /// nothing.
    #[cfg(feature = "stdio")]
    pub(crate) fn poll_while(
        &mut self,
        context: &mut Context<'_>,
        take: impl FnMut(Bytes) -> bool,
    ) -> Poll<Option<()>> {
        let mut state = self.0.lock();
        if !state.messages.is_empty() {
            state.take_while(take);
            return Poll::Ready(Some(()));
        }
        if self.0.senders.load(Ordering::Acquire) == 0 {
            return Poll::Ready(None);
        }
        state.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// Whether senders have to wait.
    #[cfg(feature = "stdio")]
    pub(crate) fn is_full(&self) -> bool {
        self.0.lock().messages.len() >= self.0.capacity
    }

    /// Puts a message behind the others, whether there is room or not.
    #[cfg(feature = "stdio")]
    pub(crate) fn push(&mut self, message: Bytes) {
        self.0.lock().messages.push_back(message);
    }

    /// A message that is there already.
    pub fn try_recv(&mut self) -> Option<Bytes> {
        let mut state = self.0.lock();
        let message = state.messages.pop_front()?;
        wake_all(&mut state);
        Some(message)
    }
}

#[cfg(feature = "sessions")]
impl Inbox {
    /// Lets [`Outbox::hang_up`] ask this reader to break off.
    pub(crate) fn let_hang_up(&mut self) {
        self.0.lock().hang_up = HangUp::Possible;
    }

    /// After which time the reader is asked to come back, if it is.
    pub(crate) fn take_hang_up(&mut self) -> Option<Duration> {
        let mut state = self.0.lock();
        let HangUp::Asked(after) = state.hang_up else { return None };
        state.hang_up = HangUp::Possible;
        Some(after)
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every statement under the lock, so a panic elsewhere cannot have broken it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_send(
        &self,
        context: &mut Context<'_>,
        message: &mut Option<Bytes>,
    ) -> Poll<Result<(), Closed>> {
        let mut state = self.lock();
        ready!(state.poll_room(self.capacity, context))?;
        if let Some(message) = message.take() {
            state.push(message);
        }
        Poll::Ready(Ok(()))
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

    fn push(&mut self, message: Bytes) {
        self.messages.push_back(message);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    #[cfg(feature = "stdio")]
    fn take_while(&mut self, mut take: impl FnMut(Bytes) -> bool) {
        while let Some(message) = self.messages.pop_front()
            && take(message)
        {}
        wake_all(self);
    }
}

fn wake_all(state: &mut State) {
    state.waiting.drain(..).for_each(Waker::wake);
}

impl Clone for Outbox {
    fn clone(&self) -> Self {
        if let Some(queue) = &self.0 {
            queue.senders.fetch_add(1, Ordering::Relaxed);
        }
        Self(self.0.clone())
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let Some(queue) = &self.0 else { return };
        if queue.senders.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(reader) = queue.lock().reader.take()
        {
            reader.wake();
        }
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.messages.clear();
        wake_all(&mut state);
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outbox").field("open", &self.is_open()).finish()
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inbox").field("waiting", &self.0.lock().messages.len()).finish()
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nobody listens any more")
    }
}

impl std::error::Error for Closed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_makes_the_sender_wait() {
        let (outbox, mut inbox) = Outbox::channel(1);
        outbox.send("1").await.unwrap();
        let second = tokio::spawn(async move { outbox.send("2").await });
        assert_eq!(inbox.recv().await.unwrap(), "1");
        assert_eq!(inbox.recv().await.unwrap(), "2");
        assert_eq!(second.await.unwrap(), Ok(()));
        assert_eq!(inbox.recv().await, None);
    }

    #[tokio::test]
    async fn a_sender_that_waits_learns_that_nobody_listens() {
        let (outbox, inbox) = Outbox::channel(1);
        outbox.send("1").await.unwrap();
        let second = tokio::spawn(async move { outbox.send("2").await });
        tokio::task::yield_now().await;
        drop(inbox);
        assert_eq!(second.await.unwrap(), Err(Closed));
    }

    #[tokio::test]
    async fn nobody_is_told_at_once() {
        assert_eq!(Outbox::none().send("1").await, Err(Closed));
    }
}
