//! The server without a framework over HTTP: a route of axum, or a service of hyper.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::bare::{Answer, Events, Lists, answer};

/// A body of an answer: all at once, or a frame for each event as it is asked for.
#[derive(Debug)]
pub enum Content {
    /// All of it, until it was sent.
    Whole(Option<Bytes>),
    /// A frame for each event.
    Events(Events),
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut *self {
            Self::Whole(content) => content.take(),
            Self::Events(events) => events.next().map(|event| {
                let mut frame = Vec::with_capacity(event.len() + 24);
                frame.extend_from_slice(b"event: message\ndata: ");
                frame.extend_from_slice(&event);
                frame.extend_from_slice(b"\n\n");
                frame.into()
            }),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => {
                SizeHint::with_exact(content.as_ref().map_or(0, |content| content.len() as u64))
            }
            Self::Events(_) => SizeHint::default(),
        }
    }
}

/// The answer to a message that was posted.
#[must_use]
pub fn respond(message: &[u8], lists: &Lists) -> Response<Content> {
    let (status, kind, content) = match answer(message, lists) {
        Ok(Some(Answer::Whole(answer))) => {
            (StatusCode::OK, "application/json", Content::Whole(Some(answer.into())))
        }
        Ok(Some(Answer::Events(events))) => {
            (StatusCode::OK, "text/event-stream", Content::Events(events))
        }
        Ok(None) => (StatusCode::ACCEPTED, "application/json", Content::Whole(None)),
        Err(error) => {
            let text = Bytes::from(error.to_string());
            (StatusCode::BAD_REQUEST, "text/plain", Content::Whole(Some(text)))
        }
    };
    let mut response = Response::new(content);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The server as a route of axum.
pub fn router(lists: Lists) -> Router {
    let handler = |State(lists): State<Arc<Lists>>, message: Bytes| async move {
        respond(&message, &lists).map(axum::body::Body::new)
    };
    Router::new().route("/mcp", post(handler)).with_state(Arc::new(lists))
}
