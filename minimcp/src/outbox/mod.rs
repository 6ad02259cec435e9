//! The way of a call's notifications to the transport: a bounded queue that waits instead of growing.

mod queue;

#[cfg(feature = "http")]
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
#[cfg(feature = "ask")]
use std::task::Waker;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use queue::{HangUp, Queue};

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

impl Outbox {
    /// An outbox that nobody listens to.
    #[must_use]
    pub fn none() -> Self {
        Self(Way::Nowhere)
    }

    /// A queue of at most `capacity` messages, at least one; a sender waits while it is full.
    #[must_use]
    pub fn channel(capacity: usize) -> (Self, Inbox) {
        let queue = Arc::new(Queue::of(capacity));
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
        queue.poll_write(context, write)
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
        if let Some(context) = context {
            self.0.wake_for_more(&mut state, context);
        }
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
        self.0.put(&mut self.0.lock(), message);
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

    #[cfg(feature = "stdio")]
    #[tokio::test]
    async fn the_last_of_those_that_share_an_outbox_ends_it() {
        let (outbox, mut inbox) = Outbox::channel(2);
        let outbox = outbox.shared();
        let other = outbox.clone();
        let reading = tokio::spawn(async move { (inbox.recv().await, inbox.recv().await) });
        drop(outbox);
        tokio::task::yield_now().await;
        other.send("1").await.unwrap();
        tokio::task::yield_now().await;
        assert!(!reading.is_finished());
        drop(other);
        assert_eq!(reading.await.unwrap(), (Some("1".into()), None));
    }

    #[tokio::test]
    async fn nobody_is_told_at_once() {
        assert_eq!(Outbox::none().send("1").await, Err(Closed));
    }
}
