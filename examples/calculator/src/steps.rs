//! Telling the steps of a call: to its client as progress, and to whoever follows the client id.

use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use http::{HeaderName, StatusCode};
use minimcp::{Call, Error, FromCall, Progress};

use crate::follow::{ClientId, Feeds, Step};

/// The header with the id under which the steps of a call can be followed.
///
/// A header and no argument of the tools: who listens has nothing to do with the sum, so the model should neither see
/// it in a schema nor have to copy it into every call. A program sets the header once, for its whole connection.
pub(crate) static CLIENT_ID: HeaderName = HeaderName::from_static("x-client-id");

/// The scope of the calculator: under which id the caller is followed, if any, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    client_id: Option<ClientId>,
    feeds: Feeds,
    pause: Pause,
}

/// How long to wait after each step, so that people see the steps come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause(pub(crate) Duration);

impl<A> FromRequestParts<A> for Caller
where
    A: Send + Sync,
    Feeds: FromRef<A>,
    Pause: FromRef<A>,
{
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &A) -> Result<Self, Self::Rejection> {
        let client_id = match parts.headers.get(&CLIENT_ID) {
            Some(id) => Some(id.to_str().ok().and_then(ClientId::parse).ok_or((
                StatusCode::BAD_REQUEST,
                "X-Client-Id takes 1 to 64 letters, digits, `-`, `_` and `.`\n",
            ))?),
            None => None,
        };
        Ok(Self { client_id, feeds: Feeds::from_ref(state), pause: Pause::from_ref(state) })
    }
}

/// What a handler tells its steps to. It is filled in for every call, out of the scope and the call.
#[derive(Debug)]
pub(crate) struct Steps {
    tool: String,
    progress: Progress,
    caller: Caller,
}

impl FromCall for Steps {
    type Scope = Caller;

    fn from_call(caller: Caller, call: &Call) -> Result<Self, Error> {
        Ok(Self { tool: call.name().to_owned(), progress: call.progress(), caller })
    }
}

impl Steps {
    /// Tells all steps of a call, with a pause after each.
    pub(crate) async fn tell<const OF: usize>(&self, steps: [String; OF]) {
        let Self { tool, progress, caller } = self;
        let of = u32::try_from(OF).unwrap_or(u32::MAX);
        for (number, message) in (1..=of).zip(&steps) {
            if let Some(id) = &caller.client_id {
                caller.feeds.publish(id, Step { tool, step: number, of, message });
            }
            progress.report(number.into()).total(of.into()).message(message).await;
            tokio::time::sleep(caller.pause.0).await;
        }
    }
}
