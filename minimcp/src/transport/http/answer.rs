//! Answers as responses: statuses and headers (2026-07-28, Streamable HTTP, Sending Messages to the Server).

use std::future::{Future, poll_fn};

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};

#[cfg(feature = "auth")]
use super::authorization::Needs;
use super::body::Body;
use super::event;
use super::exchange::{Answered, Step, Steps};
use super::media::Accepted;
use super::stream::EventStream;
use crate::protocol::reply::{Class, Reply};

/// The response to a call that has ended, and said `events` before.
fn ended(events: Vec<u8>, answered: Answered, accepted: Accepted) -> Response<Body> {
    #[cfg_attr(not(feature = "sessions"), allow(unused_mut, reason = "sessions have headers"))]
    let mut response = with_events(events, answered.reply, accepted);
    #[cfg(feature = "sessions")]
    answered.became.tell(&mut response);
    response
}

fn with_events(mut events: Vec<u8>, reply: Reply, accepted: Accepted) -> Response<Body> {
    // The status of a refusal says more than the form of it: one that nothing was sent before is JSON even for
    // clients that did not ask for it.
    let refused = reply.class() != Class::Answered;
    if events.is_empty() && (accepted.json || refused) {
        return json(reply);
    }
    if let Some(answer) = reply.into_bytes() {
        event::write(&mut events, &answer);
    }
    streaming(Body::full(events.into()))
}

/// The response to a call, by its steps.
// Not an async function, which would hold its parameters twice.
#[allow(clippy::manual_async_fn, reason = "see above")]
pub(super) fn by(
    mut steps: impl Steps + 'static,
    accepted: Accepted,
) -> impl Future<Output = Response<Body>> + Send {
    async move {
        match poll_fn(|context| steps.poll_step(context)).await {
            Step::Answer(events, answered) => ended(events, answered, accepted),
            Step::Events(events) => under_way(EventStream::new(events, steps)),
            Step::Silence => under_way(EventStream::new(event::KEEP_ALIVE, steps)),
            #[cfg(feature = "sessions")]
            Step::Last(events) => streaming(Body::full(events.into())),
        }
    }
}

/// The response to a call that goes on, after the first thing it said.
fn under_way(events: EventStream) -> Response<Body> {
    streaming(Body::stream(events))
}

/// The response that is one piece of JSON, or nothing.
fn json(reply: Reply) -> Response<Body> {
    let class = reply.class();
    #[cfg(feature = "auth")]
    let needed = reply.needed_scopes().map(Into::into);
    let body = match reply.into_pieces() {
        None => return with_status(StatusCode::ACCEPTED, Body::empty()),
        Some((content, None)) => Body::full(content),
        Some((first, Some(rest))) => Body::pieces(first, rest),
    };
    let mut response = with_status(status(class), body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    #[cfg(feature = "auth")]
    if let Some(needed) = needed {
        response.extensions_mut().insert(Needs(needed));
    }
    let headers = response.headers_mut();
    if class == Class::Overloaded {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn status(class: Class) -> StatusCode {
    match class {
        Class::Answered => StatusCode::OK,
        Class::Accepted => StatusCode::ACCEPTED,
        Class::Refused => StatusCode::BAD_REQUEST,
        Class::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Class::NoSuchMethod => StatusCode::NOT_FOUND,
        Class::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        #[cfg(feature = "auth")]
        Class::Forbidden => StatusCode::FORBIDDEN,
    }
}

/// The response that is a stream of events.
pub(super) fn streaming(body: Body) -> Response<Body> {
    let mut response = with_status(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    // Proxies that collect answers before they send them on would keep progress back until it is of no use.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

fn with_status(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
