//! The one writer of a connection.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::outbox::Inbox;

/// Writes messages, one per line, until nobody can send any more.
///
/// What is ready goes out in one write. Messages are JSON without line breaks: the server writes none, and escapes those
/// in strings.
///
/// # Errors
///
/// When the stream cannot be written.
pub(super) async fn write_all<W: AsyncWrite + Unpin>(
    mut inbox: Inbox,
    mut writer: W,
) -> io::Result<()> {
    const FLUSH_AT: usize = 64 * 1024;
    let mut buffer = Vec::new();
    while let Some(message) = inbox.recv().await {
        push(&mut buffer, &message);
        while buffer.len() < FLUSH_AT {
            let Some(message) = inbox.try_recv() else { break };
            push(&mut buffer, &message);
        }
        writer.write_all(&buffer).await?;
        writer.flush().await?;
        buffer.clear();
        buffer.shrink_to(FLUSH_AT);
    }
    writer.shutdown().await
}

fn push(buffer: &mut Vec<u8>, message: &Bytes) {
    debug_assert!(!message.contains(&b'\n'), "a message is one line");
    buffer.extend_from_slice(message);
    buffer.push(b'\n');
}
