//! The one writer of a connection.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::AsyncWrite;

use crate::outbox::Inbox;

/// Writes messages, one per line, until nobody can send any more.
///
/// What is ready goes out in one write. Messages are JSON without line breaks: the server writes none, and escapes those
/// in strings.
pub(super) struct Writer<W> {
    inbox: Inbox,
    stream: W,
    due: Due,
    flushed: bool,
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    pub(super) fn new(inbox: Inbox, stream: W) -> Self {
        Self { inbox, stream, due: Due::default(), flushed: true }
    }

    /// Lets messages come without being woken for each: who calls this polls afterwards.
    pub(super) fn expect(&mut self) {
        self.inbox.expect();
    }

    /// Takes an answer, behind all that was sent before it. What cannot be due yet waits in the inbox.
    pub(super) fn answer(&mut self, answer: Bytes) {
        if self.due.has_room() {
            self.inbox.take_while(|message| self.due.push(message));
        }
        match self.due.has_room() {
            true => drop(self.due.push(answer)),
            false => self.inbox.push(answer),
        }
    }

    /// Whether there is room for an answer. Without it nothing should be read that has one.
    pub(super) fn has_room(&self) -> bool {
        self.due.has_room() || !self.inbox.is_full()
    }

    /// Whether this holds of the stream.
    pub(super) fn is(&self, holds: impl FnOnce(&W) -> bool) -> bool {
        holds(&self.stream)
    }

    /// Writes until nobody can send any more.
    ///
    /// # Errors
    ///
    /// When the stream cannot be written.
    pub(super) async fn run(&mut self) -> io::Result<()> {
        poll_fn(|context| self.poll(context)).await
    }

    /// Writes until there is room for an answer where there was none, otherwise for as long as it is polled. Whether anybody
    /// still listens.
    pub(super) async fn make_room(&mut self) -> bool {
        let lacking = !self.has_room();
        poll_fn(|context| match self.poll(context) {
            Poll::Ready(_) => Poll::Ready(false),
            Poll::Pending if lacking && self.has_room() => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Writes what is there. Ready when nobody can send any more and everything is written.
    ///
    /// # Errors
    ///
    /// When the stream cannot be written.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_write(context))?;
            match self.inbox.poll_while(context, |message| self.due.push(message)) {
                Poll::Ready(Some(())) => (),
                Poll::Ready(None) => return Pin::new(&mut self.stream).poll_shutdown(context),
                Poll::Pending => break,
            }
        }
        if !self.flushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.flushed = true;
        }
        Poll::Pending
    }

    /// Writes what is due.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.due.is_empty() {
            self.flushed = false;
            let (slices, stream) = (self.due.slices(), Pin::new(&mut self.stream));
            // Most of the time there is one, and the system takes it faster alone.
            let written = match &slices {
                [joined, long, end] if long.is_empty() && end.is_empty() => {
                    stream.poll_write(context, joined)
                }
                slices => stream.poll_write_vectored(context, slices),
            };
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.due.advance(written),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// What was taken from the inbox and is not written yet.
#[derive(Default)]
struct Due {
    /// Short messages with their line breaks, joined.
    joined: Vec<u8>,
    /// A long message, which follows them and is not copied.
    long: Bytes,
    /// The line break of the long message.
    end: &'static [u8],
    /// How much of these three was written.
    written: usize,
}

impl Due {
    /// No more is joined than this, in bytes.
    const FULL: usize = 64 * 1024;
    /// Messages from this length on are not copied, in bytes.
    const LONG: usize = 16 * 1024;

    fn is_empty(&self) -> bool {
        self.joined.is_empty() && self.end.is_empty()
    }

    /// Takes a message; whether there is room for another.
    fn push(&mut self, message: Bytes) -> bool {
        debug_assert!(!message.contains(&b'\n'), "a message is one line");
        if message.len() < Self::LONG {
            self.joined.extend_from_slice(&message);
            self.joined.push(b'\n');
        } else {
            self.long = message;
            self.end = b"\n";
        }
        self.has_room()
    }

    fn has_room(&self) -> bool {
        self.joined.len() < Self::FULL && self.end.is_empty()
    }

    fn slices(&self) -> [IoSlice<'_>; 3] {
        let mut skip = self.written;
        [&self.joined, &self.long[..], self.end].map(|part| {
            let (skipped, rest) = part.split_at(skip.min(part.len()));
            skip -= skipped.len();
            IoSlice::new(rest)
        })
    }

    fn advance(&mut self, written: usize) {
        self.written += written;
        if self.written >= self.joined.len() + self.long.len() + self.end.len() {
            self.joined.clear();
            self.joined.shrink_to(Self::FULL);
            (self.long, self.end, self.written) = (Bytes::new(), b"", 0);
        }
    }
}
