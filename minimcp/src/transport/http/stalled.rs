//! A stream whose reader may stop reading, but not for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::joined::joined;

/// A stream on which a write that waits for longer than a time is an error.
///
/// Without it, a client that reads nothing keeps its connection, and the answer that waits for it, for as long as it
/// likes. Short pieces of an answer are written as one.
#[derive(Debug)]
pub(super) struct Stalled<T> {
    stream: T,
    longest: Duration,
    /// Set when a write first has to wait, so that those that need not wait cost no timer.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<T> Stalled<T> {
    pub(super) fn new(stream: T, longest: Duration) -> Self {
        Self { stream, longest, alarm: None }
    }

    /// Watches over what came of a write.
    fn watch<R>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.alarm = None;
            return written;
        }
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(self.longest)));
        alarm.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Stalled<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Stalled<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut stream = Pin::new(&mut self.stream);
        let written = joined(pieces, |bytes| stream.as_mut().poll_write(context, bytes));
        let written = written.unwrap_or_else(|| stream.poll_write_vectored(context, pieces));
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_is_given_up() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = Stalled::new(near, Duration::from_secs(30));
        near.write_all(b"1234").await.unwrap();
        let begun = Instant::now();
        let error = near.write_all(b"5678").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), 30);
        drop(near);
        let mut read = String::new();
        far.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "1234");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_not() {
        let (near, mut far) = tokio::io::duplex(1);
        let mut near = Stalled::new(near, Duration::from_secs(30));
        let writing = tokio::spawn(async move { near.write_all(b"123").await });
        let mut read = [0; 1];
        for expected in b"123" {
            sleep(Duration::from_secs(29)).await;
            far.read_exact(&mut read).await.unwrap();
            assert_eq!(read, [*expected]);
        }
        writing.await.unwrap().unwrap();
    }
}
