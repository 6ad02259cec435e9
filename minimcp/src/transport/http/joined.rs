//! A stream on which short pieces go out as one.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that joins the head of an answer and what follows it, if both are short: to tell the system of several pieces
/// costs it more than to copy them.
#[derive(Debug)]
pub(super) struct Joined<T>(pub(super) T);

/// What is longer, in bytes, goes out as it is.
const SHORT: usize = 2048;

impl<T: AsyncRead + Unpin> AsyncRead for Joined<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Joined<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.0);
        if pieces.iter().map(|piece| piece.len()).sum::<usize>() > SHORT {
            return stream.poll_write_vectored(context, pieces);
        }
        let mut joined = [0; SHORT];
        let mut room = &mut joined[..];
        for piece in pieces {
            // All of them fit.
            io::Write::write(&mut room, piece)?;
        }
        let left = room.len();
        stream.poll_write(context, joined.get(..SHORT - left).unwrap_or_default())
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    /// A stream that notes each write.
    #[derive(Default)]
    struct Noted(Vec<String>);

    impl AsyncWrite for Noted {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.0.push(String::from_utf8_lossy(bytes).into_owned());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn check(pieces: &[&str], written: &str) {
        let mut stream = Joined(Noted::default());
        let slices: Vec<_> = pieces.iter().map(|piece| IoSlice::new(piece.as_bytes())).collect();
        let length = poll_fn(|context| Pin::new(&mut stream).poll_write_vectored(context, &slices));
        assert_eq!(length.await.unwrap(), written.len());
        assert_eq!(stream.0.0, [written]);
    }

    #[tokio::test]
    async fn short_pieces_are_one_write_and_long_ones_are_not_copied() {
        check(&["head", "", "content"], "headcontent").await;
        check(&[], "").await;
        let (full, rest) = ("a".repeat(2048), "b".repeat(2047));
        check(&[&full], &full).await;
        check(&["c", &rest], &format!("c{rest}")).await;
        // By itself, a stream writes the first piece.
        check(&[&full, "b"], &full).await;
    }
}
