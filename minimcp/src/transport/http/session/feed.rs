//! A stream of events that belongs to no call.

use std::task::{Context, Poll};

use bytes::Bytes;

use crate::boxed::BoxFuture;

/// Where the events of a stream come from, written as a future for each of them.
pub(in crate::transport::http) trait Source:
    Sized + Send + 'static
{
    /// The next piece of the stream; `None` at its end. Whoever drops it ends the stream.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;
}

/// The stream as bodies know it.
pub(in crate::transport::http) struct Feed {
    /// `None` at the end.
    next: Option<BoxFuture<'static, Option<(Bytes, Self)>>>,
}

impl Feed {
    pub(in crate::transport::http) fn of(mut source: impl Source) -> Self {
        let next = Box::pin(async move {
            let piece = source.next().await?;
            Some((piece, Self::of(source)))
        });
        Self { next: Some(next) }
    }

    pub(in crate::transport::http) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Bytes>> {
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        next.as_mut().poll(context).map(|next| match next {
            Some((piece, rest)) => {
                *self = rest;
                Some(piece)
            }
            None => {
                self.next = None;
                None
            }
        })
    }

    pub(in crate::transport::http) fn is_over(&self) -> bool {
        self.next.is_none()
    }
}
