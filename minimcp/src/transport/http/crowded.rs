//! Connections that there is no place for.

use std::time::Duration;

use tokio::io::{self, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a client may take for everything.
const SHORT: Duration = Duration::from_secs(5);

/// How many bytes of its request are read, so that it reads the answer rather than that the connection was reset.
const UNREAD: u64 = 64 * 1024;

/// The answer, whatever is asked: it costs no more than to write it.
const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 65\r\n\
    retry-after: 1\r\n\
    connection: close\r\n\
    \r\n\
    The server has as many connections as it takes; try again later.\n";

/// Tells a client to try again later.
pub(super) async fn turn_away(stream: TcpStream) {
    let told = timeout(SHORT, tell(stream)).await;
    if let Ok(Err(error)) = told {
        tracing::debug!(%error, "a connection ended before it was turned away");
    }
}

async fn tell(mut stream: TcpStream) -> io::Result<()> {
    // An answer to no request would be an error to a client, which may have connected ahead of its need.
    if stream.read(&mut [0; 512]).await? == 0 {
        return Ok(());
    }
    stream.write_all(ANSWER).await?;
    stream.shutdown().await?;
    io::copy(&mut stream.take(UNREAD), &mut io::sink()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let answer = std::str::from_utf8(ANSWER).unwrap_or_default();
        let (head, content) = answer.split_once("\r\n\r\n").unwrap_or_default();
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", content.len())), "{answer}");
    }
}
