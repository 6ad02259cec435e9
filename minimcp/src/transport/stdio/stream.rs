//! The streams that standard input and output can be.

#[cfg(unix)]
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
#[cfg(unix)]
use std::pin::pin;
#[cfg(unix)]
use std::task::Waker;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, Stdout};
#[cfg(unix)]
use tokio::io::{Interest, Ready};
#[cfg(unix)]
use tokio::net::{
    UnixStream,
    unix::pipe::{Receiver, Sender},
};

use super::thread::Thread;

/// Standard input.
pub(super) enum Input {
    #[cfg(unix)]
    Pipe(Receiver),
    #[cfg(unix)]
    Socket(UnixStream),
    /// A terminal, a file, and whatever else cannot be waited for.
    Other(Thread),
}

/// Standard output.
pub(super) enum Output {
    #[cfg(unix)]
    Pipe(Sender),
    #[cfg(unix)]
    Socket(UnixStream),
    /// Written by threads of tokio's.
    Other(Stdout),
}

impl Output {
    /// Whether nobody reads it any more, as far as the system says so of itself.
    pub(super) fn is_gone(&self) -> bool {
        #[cfg(unix)]
        let ready = match self {
            Self::Pipe(pipe) => at_once(pipe.ready(Interest::WRITABLE)),
            Self::Socket(socket) => at_once(socket.ready(Interest::WRITABLE)),
            Self::Other(_) => None,
        };
        #[cfg(unix)]
        return ready.is_some_and(|ready| ready.is_ok_and(Ready::is_write_closed));
        #[cfg(not(unix))]
        false
    }
}

/// What is ready without waiting.
#[cfg(unix)]
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(ready) => Some(ready),
        Poll::Pending => None,
    }
}

impl AsyncRead for Input {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Pipe(pipe) => Pin::new(pipe).poll_read(context, out),
            #[cfg(unix)]
            Self::Socket(socket) => Pin::new(socket).poll_read(context, out),
            Self::Other(thread) => Pin::new(thread).poll_read(context, out),
        }
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Pipe(pipe) => Pin::new(pipe).poll_write(context, bytes),
            #[cfg(unix)]
            Self::Socket(socket) => Pin::new(socket).poll_write(context, bytes),
            Self::Other(stdout) => Pin::new(stdout).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Pipe(pipe) => Pin::new(pipe).poll_write_vectored(context, slices),
            #[cfg(unix)]
            Self::Socket(socket) => Pin::new(socket).poll_write_vectored(context, slices),
            Self::Other(stdout) => Pin::new(stdout).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Pipe(_) | Self::Socket(_) => Poll::Ready(Ok(())),
            Self::Other(stdout) => Pin::new(stdout).poll_flush(context),
        }
    }

    /// Only flushes: a socket that was shut down would be shut for everyone who has it, and we have it from others.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}
