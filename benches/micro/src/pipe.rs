//! A client over standard input and output, without the system: bytes go in, and all that comes out is taken.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use memchr::memchr_iter;
use minimcp::MiniMcp;
use minimcp::stdio::Stdio;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Builder, Runtime};

/// A server at its pipes, which goes on between two runs.
pub(crate) struct Pipe {
    runtime: Runtime,
    serving: Pin<Box<dyn Future<Output = io::Result<()>>>>,
    ends: Ends,
    asked: bool,
}

impl Pipe {
    #[allow(clippy::expect_used, reason = "a runtime without anything that can fail")]
    pub(crate) fn open(server: MiniMcp) -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        let ends = Ends::default();
        let serving = Box::pin(Stdio::new(server, ()).run_on(ends.clone(), ends.clone()));
        Self { runtime, serving, ends, asked: false }
    }

    /// Sends lines, and gives the answer once it has as many lines.
    pub(crate) fn ask(&mut self, lines: &Bytes, answers: usize) -> Bytes {
        self.ends.lock().input = lines.clone();
        let Self { runtime, serving, ends, asked } = self;
        runtime.block_on(poll_fn(|context| {
            // How a call is made depends on how long the last one took, and under callgrind all take long: so the clock
            // stands still. Not earlier, since that is noticed by all cases from then on.
            if !std::mem::replace(asked, true) {
                tokio::time::pause();
            }
            let ended = serving.as_mut().poll(context).is_ready();
            let mut held = ends.lock();
            let there = memchr_iter(b'\n', &held.output).count();
            match ended || there >= answers {
                true => Poll::Ready(std::mem::take(&mut held.output).into()),
                false => Poll::Pending,
            }
        }))
    }
}

/// What both ends of the pipes share.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    input: Bytes,
    output: Vec<u8>,
}

impl Ends {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Ends {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut held = self.lock();
        if held.input.is_empty() {
            // Nobody is to be woken: whoever sends more polls then.
            return Poll::Pending;
        }
        let length = held.input.len().min(out.remaining());
        out.put_slice(&held.input.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Ends {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.lock().output.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
