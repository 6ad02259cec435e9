//! Calls that ask their client: the rounds of 2026-07-28, and the bounds on questions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use super::{Incoming, MiniMcp, Options};
use crate::ask::{Asking, AskingLimits, RequestState};
use crate::error::{Error, Kind};
use crate::observe::Outcome;
use crate::protocol::reply::Reply;

/// Bounds on questions to clients.
impl<S> MiniMcp<S> {
    /// How long a client may take to answer a question, 10 minutes unless it is said. Up to 2025-11-25 the handler waits as
    /// long, and gets an error then; from 2026-07-28 on the state of the call can be used as long.
    ///
    /// ```
    /// use std::time::Duration;
    /// use minimcp::MiniMcp;
    ///
    /// let server: MiniMcp = MiniMcp::new("booking").answer_timeout(Duration::from_secs(3600));
    /// ```
    #[must_use]
    pub fn answer_timeout(mut self, timeout: Duration) -> Self {
        self.asking_mut().answer_timeout = timeout;
        self
    }

    /// How many requests to clients may be open at once, 1000 unless it is said. A handler that asks beyond that gets an
    /// error. Only for clients up to 2025-11-25: from then on a question keeps nothing open.
    #[must_use]
    pub fn question_limit(mut self, questions: usize) -> Self {
        self.asking_mut().requests =
            Arc::new(Semaphore::new(questions.min(Semaphore::MAX_PERMITS)));
        self
    }

    /// How many rounds a call may take, 32 unless it is said (2026-07-28). A handler that never gets to its end asks
    /// something else each time it runs; then its questions need keys.
    #[must_use]
    pub fn round_limit(mut self, rounds: u32) -> Self {
        self.asking_mut().rounds = rounds;
        self
    }

    /// How long the sealed state of a call may be, in bytes, 256 KiB unless it is said (2026-07-28). It holds all answers
    /// so far and the results of [`once`](crate::Client::once). A call whose state grows beyond it fails.
    #[must_use]
    pub fn request_state_limit(mut self, bytes: usize) -> Self {
        self.asking_mut().state_size = bytes;
        self
    }

    fn asking_mut(&mut self) -> &mut AskingLimits {
        &mut self.options_mut().asking
    }
}

impl Options {
    pub(crate) fn asking(&self) -> &AskingLimits {
        &self.asking
    }
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// How a call asks its client, and what was answered already.
    ///
    /// # Errors
    ///
    /// -32602 for a state that is not of this call, without saying why.
    pub(super) fn asking(&self, incoming: &Incoming<'_>, scope: &S) -> Result<Asking, Error> {
        if !incoming.is_modern() {
            let questions = incoming.peer.questions.clone();
            return Ok(questions.map_or_else(Asking::default, Asking::by_requests));
        }
        let state = match incoming.params.seldom().request_state {
            state if state.is_absent() => None,
            state => {
                let wrong = || Error::invalid_params("`params.requestState` is not of this call");
                let token = state.decode().ok_or_else(wrong)?;
                let bound = self.bound(incoming, scope);
                Some(RequestState::open(self.seal(), &bound, &token).ok_or_else(wrong)?)
            }
        };
        Ok(Asking::by_rounds(state, responses(incoming)?))
    }

    /// Ends a round with its questions, if that is why the call came to an end.
    pub(super) fn ask_or_fail(
        &self,
        incoming: &Incoming<'_>,
        error: Error,
        scope: &S,
    ) -> Result<Reply, Error> {
        match error.kind() {
            Kind::InputRequired => self.ask(incoming, error, &self.bound(incoming, scope)),
            _ => Err(error),
        }
    }

    /// Ends a round with its questions; `bound` is what its state is bound to.
    pub(crate) fn ask(
        &self,
        incoming: &Incoming<'_>,
        error: Error,
        bound: &[u8],
    ) -> Result<Reply, Error> {
        let mut round = error.into_round()?;
        let AskingLimits { answer_timeout, rounds, state_size, .. } = *self.options().asking();
        if round.state.round > rounds {
            return Err(Error::internal(format!(
                "a call was given up that asked for more than {rounds} rounds: questions that change when the handler \
                 runs again need a key"
            )));
        }
        let state = round.state.seal(self.seal(), bound, answer_timeout);
        let state = state.filter(|state| state.len() <= state_size).ok_or_else(|| {
            Error::internal(format!(
                "the state of a call is longer than {state_size} bytes; see `request_state_limit`"
            ))
        })?;
        let reply = Reply::result(incoming.request.id, state.len() + 512, |result| {
            result.raw("resultType", br#""input_required""#);
            result.object("inputRequests", |questions| {
                for (key, method, params) in &round.questions {
                    questions.named(key, &Asked { method, params });
                }
            });
            result.member("requestState", &state);
            result.object("_meta", |meta| {
                meta.splice(self.options().meta_member());
            });
        });
        Ok(reply.with_outcome(Outcome::Asked))
    }

    /// What a state is bound to: it is of no use for another server, caller, handler, or other arguments.
    pub(crate) fn bound(&self, incoming: &Incoming<'_>, scope: &S) -> Vec<u8> {
        let params = incoming.params;
        // As a value, since a client may write the same arguments in another order the next time. What is no value, because of
        // a number out of range in a member that nobody reads, is the text that it is: no two of those are the same call.
        let canonical = |json: Option<&str>| {
            let text = json.unwrap_or("null");
            let Ok(mut value) = serde_json::from_str::<Value>(text) else {
                return (None, Some(text.to_owned()));
            };
            // Another crate of the program may have asked serde_json to keep the order.
            value.sort_all_objects();
            (Some(value), None)
        };
        let call = (
            self.name(),
            self.principal_of(scope),
            incoming.request.method.as_ref(),
            canonical(params.name.0),
            canonical(params.uri.0),
            canonical(params.arguments.0),
        );
        serde_json::to_vec(&call).unwrap_or_default()
    }
}

/// A question inside a result.
#[derive(Serialize)]
struct Asked<'q> {
    method: &'q str,
    params: &'q RawValue,
}

/// What the client answers in this round, by key.
fn responses(incoming: &Incoming<'_>) -> Result<BTreeMap<String, Box<RawValue>>, Error> {
    match incoming.params.seldom().input_responses.0 {
        None | Some("null") => Ok(BTreeMap::new()),
        Some(responses) => serde_json::from_str(responses)
            .map_err(|_| Error::invalid_params("`params.inputResponses` has to be an object")),
    }
}
