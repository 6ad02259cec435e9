//! Splitting a byte stream into lines of bounded length.

use std::io;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The lines of a stream.
pub(super) struct Lines<R> {
    reader: R,
    buffer: BytesMut,
    /// How much of the buffer was looked at and has no line break.
    searched: usize,
    limit: usize,
    skipping: bool,
}

/// What comes next.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A line without its end, never empty.
    Text(Bytes),
    /// A line was longer than the limit and was skipped.
    TooLong,
    /// The stream has ended.
    End,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// How much is read at once, in bytes. The buffer is used up before there is another: lines that are kept keep theirs.
    const CHUNK: usize = 64 * 1024;
    /// Less room than this is not worth a read.
    const LEAST: usize = 8 * 1024;

    pub(super) fn new(reader: R, limit: usize) -> Self {
        Self { reader, buffer: BytesMut::new(), searched: 0, limit, skipping: false }
    }

    /// The next line that is not blank. A last line needs no line break.
    ///
    /// May be dropped at any time; what was read is kept.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read.
    pub(super) async fn next(&mut self) -> io::Result<Line> {
        loop {
            if let Some(line) = self.take() {
                return Ok(line);
            }
            if self.buffer.len() > self.limit {
                self.skipping = true;
            }
            if self.skipping {
                self.buffer.clear();
                self.searched = 0;
            }
            if self.buffer.capacity() - self.buffer.len() < Self::LEAST {
                self.buffer.reserve(Self::CHUNK);
            }
            if self.reader.read_buf(&mut self.buffer).await? == 0 {
                let mut rest = self.buffer.split();
                trim(&mut rest);
                self.searched = 0;
                return Ok(match (std::mem::take(&mut self.skipping), rest.is_empty()) {
                    (true, _) => Line::TooLong,
                    (false, true) => Line::End,
                    (false, false) => Line::Text(rest.freeze()),
                });
            }
        }
    }

    /// The next line that is not blank, if it was read already.
    pub(super) fn take(&mut self) -> Option<Line> {
        while let Some(mut line) = self.take_line() {
            if std::mem::take(&mut self.skipping) {
                return Some(Line::TooLong);
            }
            trim(&mut line);
            if !line.is_empty() {
                return Some(Line::Text(line.freeze()));
            }
        }
        None
    }

    fn take_line(&mut self) -> Option<BytesMut> {
        let rest = self.buffer.get(self.searched..).unwrap_or_default();
        let Some(passed) = memchr(b'\n', rest) else {
            self.searched = self.buffer.len();
            return None;
        };
        let end = std::mem::take(&mut self.searched) + passed;
        let mut line = self.buffer.split_to(end + 1);
        line.truncate(end);
        if line.len() > self.limit {
            self.skipping = true;
        }
        Some(line)
    }
}

/// Takes blanks off both ends, without another handle on the bytes.
fn trim(line: &mut BytesMut) {
    line.truncate(line.trim_ascii_end().len());
    line.advance(line.len() - line.trim_ascii_start().len());
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(input: &[u8], expected: &[Line]) {
        // One byte at a time is the hardest way to be read.
        let reader = tokio_test_reader(input);
        let mut lines = Lines::new(reader, 5);
        for line in expected {
            assert_eq!(lines.next().await.unwrap(), *line, "{input:?}");
        }
        let mut lines = Lines::new(input, 5);
        for line in expected {
            assert_eq!(lines.next().await.unwrap(), *line, "{input:?}");
        }
    }

    fn tokio_test_reader(input: &[u8]) -> impl AsyncRead + Unpin + use<> {
        let (mut writer, reader) = tokio::io::duplex(1);
        let input = input.to_vec();
        tokio::spawn(async move { tokio::io::AsyncWriteExt::write_all(&mut writer, &input).await });
        reader
    }

    fn text(line: &'static str) -> Line {
        Line::Text(Bytes::from_static(line.as_bytes()))
    }

    #[tokio::test]
    async fn lines_of_every_ending() {
        check(b"a\nb\r\n\n \t\r\nc", &[text("a"), text("b"), text("c"), Line::End, Line::End])
            .await;
        check(b"", &[Line::End]).await;
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_skipped_to_its_end() {
        check(b"12345\n123456\nab\n", &[text("12345"), Line::TooLong, text("ab"), Line::End]).await;
        check(b"1234567890123\nab", &[Line::TooLong, text("ab"), Line::End]).await;
        check(b"1234567890123", &[Line::TooLong, Line::End]).await;
    }
}
