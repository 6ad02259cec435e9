//! `GET /mcp/sse/{client_id}`: an ordinary route of axum, beside the server.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{ClientId, Feeds, Heard, Listener, Refused};

/// How long a stream may be silent before a comment keeps proxies from closing it.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Answers with the steps of the calls that carry this id, from now on.
///
/// Events are `step`, with a step as JSON, and `missed`, with how many steps were dropped because the listener was too
/// slow. Dropping is kinder than cutting the stream: a browser would connect again at once, and miss as much.
pub(crate) async fn follow(
    Path(id): Path<ClientId>,
    State(feeds): State<Feeds>,
) -> Result<impl IntoResponse, Refused> {
    tracing::debug!(%id, "a listener came");
    let listener = feeds.listen(id)?;
    // The listener lives in the body of the response, and leaves the table when the connection goes away.
    let events = stream::unfold((listener, true), next_event);
    let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("heartbeat");
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([unbuffered], Sse::new(events).keep_alive(heartbeat)))
}

async fn next_event(
    (mut listener, first): (Listener, bool),
) -> Option<(Result<Event, Infallible>, (Listener, bool))> {
    let event = match first {
        // Says at once that the listener is in the table: what is called from here on will be heard.
        true => Event::default().comment("following"),
        false => match listener.next().await? {
            Heard::Step(step) => Event::default().event("step").data(step),
            Heard::Missed(missed) => Event::default().event("missed").data(missed.to_string()),
        },
    };
    Some((Ok(event), (listener, false)))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let why = match self {
            Self::TooMany => "Too many listen already; try again later.\n",
            Self::TooManyOfOne => "Too many listen to this client id already; try again later.\n",
            Self::Closed => "The server stops.\n",
        };
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
        (StatusCode::SERVICE_UNAVAILABLE, retry, why).into_response()
    }
}
