//! The bodies of answers.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

#[cfg(feature = "sessions")]
use super::session::Feed;
use super::stream::EventStream;
#[cfg(feature = "sessions")]
use crate::observe::{Counted, What};
use crate::protocol::reply::Rest;

/// The body of an answer: nothing, all of it, or a stream of events that goes on with the call.
///
/// The handler runs while this is polled. Dropping it ends the stream and cancels the call, which is what a client
/// that goes away means (2026-07-28, Streamable HTTP, Cancellation); not so in a session, where the call goes on in a task
/// of its own.
pub struct Body(Kind);

enum Kind {
    /// One piece, or none when it was taken or there was nothing.
    Full(Option<Bytes>),
    /// Several, whose length is known like that of one.
    Pieces(Option<Bytes>, Rest),
    Stream(EventStream),
    #[cfg(feature = "sessions")]
    Feed {
        feed: Feed,
        _counted: Counted,
    },
}

impl Body {
    pub(super) fn empty() -> Self {
        Self(Kind::Full(None))
    }

    pub(super) fn full(content: Bytes) -> Self {
        Self(Kind::Full(Some(content).filter(|content| !content.is_empty())))
    }

    pub(super) fn pieces(first: Bytes, rest: Rest) -> Self {
        Self(Kind::Pieces(Some(first), rest))
    }

    #[cfg(feature = "sessions")]
    pub(super) fn feed(feed: Feed) -> Self {
        Self(Kind::Feed { feed, _counted: Counted::one(What::Streams) })
    }

    pub(super) fn stream(events: EventStream) -> Self {
        Self(Kind::Stream(events))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut self.0 {
            Kind::Full(content) => Poll::Ready(content.take()),
            Kind::Pieces(first, rest) => Poll::Ready(first.take().or_else(|| rest.next())),
            Kind::Stream(events) => events.poll_next(context),
            #[cfg(feature = "sessions")]
            Kind::Feed { feed, .. } => feed.poll_next(context),
        };
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(content) => content.is_none(),
            Kind::Pieces(first, rest) => first.is_none() && rest.as_slice().is_empty(),
            Kind::Stream(events) => events.is_over(),
            #[cfg(feature = "sessions")]
            Kind::Feed { feed, .. } => feed.is_over(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(content) => {
                SizeHint::with_exact(content.as_ref().map_or(0, |c| c.len() as u64))
            }
            Kind::Pieces(first, rest) => {
                let pieces = first.iter().chain(rest.as_slice());
                SizeHint::with_exact(pieces.map(|piece| piece.len() as u64).sum())
            }
            Kind::Stream(_) => SizeHint::default(),
            #[cfg(feature = "sessions")]
            Kind::Feed { .. } => SizeHint::default(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.0 {
            Kind::Full(None) => "Body(empty)",
            Kind::Full(Some(_)) | Kind::Pieces(..) => "Body(full)",
            Kind::Stream(_) => "Body(stream)",
            #[cfg(feature = "sessions")]
            Kind::Feed { .. } => "Body(feed)",
        })
    }
}
