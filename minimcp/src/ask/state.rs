//! What a client keeps between two rounds of a call (2026-07-28, Multi Round-Trip Requests, Request State).

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::seal::{Purpose, Seal};

/// Everything that the next round has to know of those before it. It travels sealed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RequestState {
    /// Until when it may be used, in milliseconds since 1970.
    pub(crate) until: u64,
    /// The number of the round that it ended.
    pub(crate) round: u32,
    /// The answers that the handler has seen.
    pub(crate) answers: BTreeMap<String, Answer>,
    /// The questions that it ended with, by their fingerprint.
    pub(crate) asked: BTreeMap<String, u64>,
    /// What steps gave that run once.
    pub(crate) steps: BTreeMap<String, Box<RawValue>>,
}

/// An answer, and what the question was.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) fingerprint: u64,
    pub(crate) answer: Box<RawValue>,
}

impl RequestState {
    /// Seals the state for as long as `lifetime`, bound to what the call is.
    pub(crate) fn seal(&mut self, seal: &Seal, bound: &[u8], lifetime: Duration) -> Option<String> {
        self.until = now().saturating_add(u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX));
        let content = serde_json::to_vec(self).ok()?;
        seal.seal(Purpose::RequestState, bound, &content)
    }

    /// Opens a state that was sealed for this call and has not expired; `None` for anything else.
    pub(crate) fn open(seal: &Seal, bound: &[u8], token: &str) -> Option<Self> {
        let content = seal.open(Purpose::RequestState, bound, token)?;
        let state: Self = serde_json::from_slice(&content).ok()?;
        (state.until > now()).then_some(state)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealKey;

    fn check(bound: &str, lifetime: u64, opened_for: &str, opens: bool) {
        let seal = Seal::new([SealKey::from_bytes([7; 32])]);
        let mut state = RequestState { round: 3, ..RequestState::default() };
        let lifetime = Duration::from_secs(lifetime);
        let token = state.seal(&seal, bound.as_bytes(), lifetime).unwrap();
        let opened = RequestState::open(&seal, opened_for.as_bytes(), &token);
        assert_eq!(opened.map(|state| state.round), opens.then_some(3));
    }

    #[test]
    fn a_state_is_of_one_call_and_expires() {
        check("call", 60, "call", true);
        check("call", 60, "another", false);
        check("call", 0, "call", false);
        check("call", u64::MAX, "call", true);
    }
}
