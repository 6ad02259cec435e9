//! Reading the content of a request.

use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use super::rejection::Rejection;
use super::within::within;

/// How many bytes of an announced length are believed: a buffer for them is there before they are. A longer body grows as
/// it comes.
const BELIEVED: usize = 1024 * 1024;

/// Reads a body to its end, unless it says or shows that it is longer than `limit`, or takes longer than `longest`: then
/// it is left where it is.
pub(super) async fn read<B: Body>(
    body: B,
    limit: usize,
    longest: Option<Duration>,
) -> Result<Bytes, Rejection> {
    check_announced(&body, limit)?;
    let mut whole = pin!(whole(body, limit));
    match longest {
        Some(longest) => within(longest, whole.as_mut()).await.unwrap_or(Err(Rejection::Slow)),
        None => whole.await,
    }
}

async fn whole<B: Body>(body: B, limit: usize) -> Result<Bytes, Rejection> {
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Rejection::Unreadable)?;
        let Ok(mut data) = frame.into_data() else { continue };
        if data.remaining() > limit.saturating_sub(first.len() + whole.len()) {
            return Err(Rejection::TooLarge { limit });
        }
        // Most bodies come in one piece, which is then taken as it is.
        if first.is_empty() && whole.is_empty() {
            first = data.copy_to_bytes(data.remaining());
            if body.is_end_stream() {
                break;
            }
            continue;
        }
        if whole.is_empty() {
            let came = first.len() + data.remaining();
            let announced = usize::try_from(body.size_hint().lower()).unwrap_or(limit);
            whole.reserve(came.saturating_add(announced).min(BELIEVED).max(came));
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            whole.extend_from_slice(chunk);
            let read = chunk.len();
            data.advance(read);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

/// Whether a body admits to be longer than `limit`.
pub(super) fn check_announced(body: &impl Body, limit: usize) -> Result<(), Rejection> {
    match usize::try_from(body.size_hint().lower()) {
        Ok(announced) if announced <= limit => Ok(()),
        _ => Err(Rejection::TooLarge { limit }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::task::{Context, Poll};

    /// A body of several pieces that does not say how long it is.
    struct Chunks(VecDeque<&'static str>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            let chunk = self.0.pop_front();
            Poll::Ready(
                chunk.map(|chunk| Ok(http_body::Frame::data(Bytes::from_static(chunk.as_bytes())))),
            )
        }
    }

    async fn check(chunks: &[&'static str], expected: Option<&str>) {
        let read = read(Chunks(chunks.iter().copied().collect()), 5, None).await;
        let expected = expected
            .ok_or(Rejection::TooLarge { limit: 5 })
            .map(|text| Bytes::from(text.to_owned()));
        assert_eq!(read, expected);
    }

    #[tokio::test]
    async fn pieces_up_to_the_limit() {
        check(&[], Some("")).await;
        check(&["abc"], Some("abc")).await;
        check(&["ab", "", "cd", "e"], Some("abcde")).await;
        check(&["abcdef"], None).await;
        check(&["abc", "def", "never read"], None).await;
    }

    #[test]
    fn an_announced_length_is_believed_before_anything_is_read() {
        let body = http_body_util::Full::new(Bytes::from_static(b"abcdef"));
        assert_eq!(check_announced(&body, 5), Err(Rejection::TooLarge { limit: 5 }));
        assert_eq!(check_announced(&body, 6), Ok(()));
    }
}
