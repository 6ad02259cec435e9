//! Standard input, read by a thread of its own.

use std::io::{self, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;

/// Standard input that cannot be waited for, as a stream.
///
/// tokio's own keeps the runtime from ending while a read is under way, so a server that is told to stop would wait for
/// a last line that never comes. A plain thread keeps nobody.
pub(super) struct Thread {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl Thread {
    const CHUNK: usize = 64 * 1024;

    /// Starts to read.
    ///
    /// # Errors
    ///
    /// When there can be no further thread.
    pub(super) fn open() -> io::Result<Self> {
        let (sender, chunks) = mpsc::channel(4);
        thread::Builder::new().name("minimcp-stdin".into()).spawn(move || read_all(&sender))?;
        Ok(Self { chunks, rest: Bytes::new() })
    }
}

fn read_all(sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut input = io::stdin().lock();
    let mut chunk = vec![0; Thread::CHUNK];
    loop {
        let read = match input.read(&mut chunk) {
            Ok(0) => return,
            Ok(length) => Ok(Bytes::copy_from_slice(chunk.get(..length).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if sender.blocking_send(read).is_err() || failed {
            return;
        }
    }
}

impl AsyncRead for Thread {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            match ready!(this.chunks.poll_recv(context)) {
                Some(chunk) => this.rest = chunk?,
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = this.rest.len().min(out.remaining());
        out.put_slice(this.rest.get(..length).unwrap_or_default());
        this.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}
