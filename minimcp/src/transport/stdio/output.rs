//! The one writer of a connection.

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
    /// Short messages with their line breaks, joined.
    joined: Vec<u8>,
    /// A long message, which follows them and is not copied.
    long: Bytes,
    /// The line break of the long message.
    end: &'static [u8],
    /// How much of these three was written.
    written: usize,
    flushed: bool,
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    /// No more is joined than this, in bytes.
    const FULL: usize = 64 * 1024;
    /// Messages from this length on are not copied, in bytes.
    const LONG: usize = 16 * 1024;

    pub(super) fn new(inbox: Inbox, stream: W) -> Self {
        let (joined, long, end) = (Vec::new(), Bytes::new(), &b""[..]);
        Self { inbox, stream, joined, long, end, written: 0, flushed: true }
    }

    /// Lets messages come without being woken for each: who calls this polls afterwards.
    pub(super) fn expect(&mut self) {
        self.inbox.expect();
    }

    /// Writes what is there. Ready when nobody can send any more and everything is written.
    ///
    /// # Errors
    ///
    /// When the stream cannot be written.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.joined.is_empty() && self.end.is_empty() {
                let Poll::Ready(message) = self.inbox.poll_recv(context) else { break };
                match message {
                    Some(message) => self.push(message),
                    None => return Pin::new(&mut self.stream).poll_shutdown(context),
                }
            }
            while self.joined.len() < Self::FULL && self.end.is_empty() {
                let Some(message) = self.inbox.try_recv() else { break };
                self.push(message);
            }
            ready!(self.poll_write(context))?;
        }
        if !self.flushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.flushed = true;
        }
        Poll::Pending
    }

    fn push(&mut self, message: Bytes) {
        debug_assert!(!message.contains(&b'\n'), "a message is one line");
        if message.len() < Self::LONG {
            self.joined.extend_from_slice(&message);
            self.joined.push(b'\n');
        } else {
            self.long = message;
            self.end = b"\n";
        }
    }

    /// Writes all that was taken from the inbox.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushed = false;
        loop {
            let mut skip = self.written;
            let slices = [&self.joined, &self.long[..], self.end].map(|part| {
                let (skipped, rest) = part.split_at(skip.min(part.len()));
                skip -= skipped.len();
                IoSlice::new(rest)
            });
            if slices.iter().all(|slice| slice.is_empty()) {
                break;
            }
            match ready!(Pin::new(&mut self.stream).poll_write_vectored(context, &slices))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        self.joined.clear();
        self.joined.shrink_to(Self::FULL);
        (self.long, self.end, self.written) = (Bytes::new(), b"", 0);
        Poll::Ready(Ok(()))
    }
}
