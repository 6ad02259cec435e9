//! The way of a call's notifications to the transport: a bounded queue that waits instead of growing.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
pub struct Outbox(Way);

/// The way from an outbox to its queue.
enum Way {
    Nowhere,
    /// Counted among the senders of the queue.
    Own(Arc<Queue>),
    /// One of those that count as one sender, and are counted together.
    #[cfg(feature = "stdio")]
    Shared(Arc<Outbox>),
}

/// The other end of an [`Outbox`].
///
/// Dropping it closes the queue: whoever waits to send is told so.
pub struct Inbox(Arc<Queue>);

/// The message was not taken: nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

struct Queue {
    capacity: usize,
    /// How many outboxes there are.
    senders: AtomicUsize,
    /// Whether there are messages. Changed under the lock, and looked at before: most calls say nothing before they are
    /// answered.
    filled: AtomicBool,
    /// Whether the reader ever waited. It says so and then counts the senders, and the last of them leaves and then looks
    /// whether somebody waits: so one of both sees the other.
    awaited: AtomicBool,
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
        Self(Way::Nowhere)
    }

    /// A queue of at most `capacity` messages, at least one; a sender waits while it is full.
    #[must_use]
    pub fn channel(capacity: usize) -> (Self, Inbox) {
        let queue = Arc::new(Queue {
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
        });
        (Self(Way::Own(Arc::clone(&queue))), Inbox(queue))
    }

    /// The same outbox, whose clones count as one sender: for a transport that gives one to each of many calls.
    #[cfg(feature = "stdio")]
    pub(crate) fn shared(self) -> Self {
        Self(Way::Shared(Arc::new(self)))
    }

    fn queue(&self) -> Option<&Queue> {
        match &self.0 {
            Way::Nowhere => None,
            Way::Own(queue) => Some(queue),
            #[cfg(feature = "stdio")]
            Way::Shared(outbox) => outbox.queue(),
        }
    }

    /// Whether a message sent now could reach anyone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.queue().is_some_and(|queue| !queue.lock().closed)
    }

    /// Sends a message if there is room for it at once, from where nobody can wait.
    #[cfg(feature = "ask")]
    pub(crate) fn try_send(&self, message: impl Into<Bytes>) {
        if let Some(queue) = self.queue() {
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
        let Some(queue) = self.queue() else { return Err(Closed) };
        let mut message = Some(message.into());
        poll_fn(|context| queue.poll_send(context, &mut message)).await
    }

    /// Sends what `write` writes once there is room for it; nothing, if it says so. Whether something was sent.
    pub(crate) fn poll_write(
        &self,
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> Poll<Result<bool, Closed>> {
        let Some(queue) = self.queue() else { return Poll::Ready(Err(Closed)) };
        let mut state = queue.lock();
        ready!(state.poll_room(queue.capacity, context))?;
        let written = write(&mut state.draft);
        if written {
            let message = Bytes::copy_from_slice(&state.draft);
            queue.push(&mut state, message);
        }
        match state.draft.capacity() > LONGEST_DRAFT {
            true => state.draft = Vec::new(),
            false => state.draft.clear(),
        }
        Poll::Ready(Ok(written))
    }

    /// Asks the reader to break off once it has read what was sent, and to come back after this time. Whether it can.
    pub(crate) fn hang_up(&self, come_back_after: Duration) -> bool {
        let Some(queue) = self.queue() else { return false };
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
            self.0.taken(&mut state);
            return Poll::Ready(Some(message));
        }
        self.0.poll_next(&mut state, context).map(|_| None)
    }

    /// Gives all messages that are there in exchange for `read`, which is empty and spares the queue a new buffer.
    ///
    /// Where `context` is given, it is woken when there are more.
    #[cfg(feature = "http")]
    pub(crate) fn swap(&mut self, read: &mut VecDeque<Bytes>, context: Option<&Context<'_>>) {
        if context.is_none() && !self.0.is_filled() {
            return;
        }
        let mut state = self.0.lock();
        std::mem::swap(&mut state.messages, read);
        self.0.taken(&mut state);
        state.reader = context.map(|context| context.waker().clone());
        self.0.awaited.store(true, Ordering::SeqCst);
    }

    /// Wakes nobody until the next [`poll_recv`](Self::poll_recv), which whoever calls this owes.
    #[cfg(feature = "stdio")]
    pub(crate) fn expect(&mut self) {
        self.0.lock().reader = None;
    }

    /// Takes messages, for as long as `take` says after each that it has room for another.
    #[cfg(feature = "stdio")]
    pub(crate) fn take_while(&mut self, take: impl FnMut(Bytes) -> bool) {
        if self.0.is_filled() {
            let mut state = self.0.lock();
            state.take_while(take);
            self.0.taken(&mut state);
        }
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
            self.0.taken(&mut state);
            return Poll::Ready(Some(()));
        }
        self.0.poll_next(&mut state, context)
    }

    /// Whether senders have to wait.
    #[cfg(feature = "stdio")]
    pub(crate) fn is_full(&self) -> bool {
        self.0.lock().messages.len() >= self.0.capacity
    }

    /// Puts a message behind the others, whether there is room or not.
    #[cfg(feature = "stdio")]
    pub(crate) fn push(&mut self, message: Bytes) {
        let mut state = self.0.lock();
        state.messages.push_back(message);
        self.0.filled.store(true, Ordering::Release);
    }

    /// A message that is there already.
    pub fn try_recv(&mut self) -> Option<Bytes> {
        let mut state = self.0.lock();
        let message = state.messages.pop_front()?;
        self.0.taken(&mut state);
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
            self.push(&mut state, message);
        }
        Poll::Ready(Ok(()))
    }

    fn push(&self, state: &mut State, message: Bytes) {
        state.messages.push_back(message);
        self.filled.store(true, Ordering::Release);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Notes that messages were taken, and that there is room.
    fn taken(&self, state: &mut State) {
        self.filled.store(!state.messages.is_empty(), Ordering::Release);
        state.waiting.drain(..).for_each(Waker::wake);
    }

    /// Whether there are messages.
    #[cfg(any(feature = "stdio", feature = "http"))]
    fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Waits for what comes next; pending, unless every outbox is gone.
    fn poll_next(&self, state: &mut State, context: &Context<'_>) -> Poll<Option<()>> {
        state.reader = Some(context.waker().clone());
        self.awaited.store(true, Ordering::SeqCst);
        match self.senders.load(Ordering::SeqCst) {
            0 => Poll::Ready(None),
            _ => Poll::Pending,
        }
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
    fn take_while(&mut self, mut take: impl FnMut(Bytes) -> bool) {
        while let Some(message) = self.messages.pop_front()
            && take(message)
        {}
    }
}

impl Clone for Outbox {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Way::Nowhere => Way::Nowhere,
            Way::Own(queue) => {
                queue.senders.fetch_add(1, Ordering::Relaxed);
                Way::Own(Arc::clone(queue))
            }
            #[cfg(feature = "stdio")]
            Way::Shared(outbox) => Way::Shared(Arc::clone(outbox)),
        })
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let Way::Own(queue) = &self.0 else { return };
        if queue.senders.fetch_sub(1, Ordering::SeqCst) == 1
            && queue.awaited.load(Ordering::SeqCst)
            && let Some(reader) = queue.lock().reader.take()
        {
            reader.wake();
        }
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // Without an outbox nobody can see it any more.
        if self.0.senders.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut state = self.0.lock();
        state.closed = true;
        state.messages.clear();
        self.0.taken(&mut state);
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
