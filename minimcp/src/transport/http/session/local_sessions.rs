//! What is remembered of sessions, in the memory of one process.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::store::{SessionChange, SessionState, SessionStore};
use crate::boxed::BoxFuture;
use crate::error::Error;

/// A [`SessionStore`] in the memory of one process.
///
/// Most sessions need no memory at all: only those that ended, or chose what they see of the log, or watch a resource.
/// When there are too many, the one is forgotten that has not ended and would expire first; it is as new then. Only where
/// all have ended, one of them is forgotten, and its id is good again until it expires.
///
/// ```
/// use minimcp::http::{LocalSessions, Sessions};
///
/// let sessions = Sessions::new().store(LocalSessions::new().capacity(1_000_000));
/// ```
#[derive(Debug)]
pub struct LocalSessions {
    sessions: Mutex<HashMap<String, Kept>>,
    capacity: usize,
}

struct Kept {
    state: SessionState,
    /// `None`: for ever, since there is no such time.
    until: Option<Instant>,
}

impl LocalSessions {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self { sessions: Mutex::default(), capacity: 100_000 }
    }

    /// Of how many sessions something is remembered, 100 000 unless it is said, at least one.
    #[must_use]
    pub fn capacity(mut self, sessions: usize) -> Self {
        self.capacity = sessions.max(1);
        self
    }

    fn apply(&self, session: &str, change: SessionChange, keep: Duration) {
        let until = Instant::now().checked_add(keep);
        let mut sessions = self.lock();
        if sessions.len() >= self.capacity && !sessions.contains_key(session) {
            forget_one(&mut sessions);
        }
        let kept = match sessions.entry(session.to_owned()) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => place.insert(Kept { state: SessionState::default(), until }),
        };
        kept.state.apply(change);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room for one session.
fn forget_one(sessions: &mut HashMap<String, Kept>) {
    let now = Instant::now();
    let before = sessions.len();
    sessions.retain(|_, kept| kept.until.is_none_or(|until| until > now));
    if sessions.len() < before {
        return;
    }
    let least = sessions.iter().min_by_key(|(_, kept)| {
        let lasts_for_ever = kept.until.is_none();
        (kept.state.ended, lasts_for_ever, kept.until)
    });
    if let Some(session) = least.map(|(session, _)| session.clone()) {
        tracing::warn!("a session was forgotten to make room for another");
        sessions.remove(&session);
    }
}

impl SessionStore for LocalSessions {
    fn load<'a>(&'a self, session: &'a str) -> BoxFuture<'a, Result<SessionState, Error>> {
        let state = self.lock().get(session).map(|kept| kept.state.clone());
        Box::pin(async { Ok(state.unwrap_or_default()) })
    }

    fn change<'a>(
        &'a self,
        session: &'a str,
        change: SessionChange,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.apply(session, change, keep);
        Box::pin(async { Ok(()) })
    }
}

impl Default for LocalSessions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name` ends or is changed otherwise, and is kept for some seconds.
    async fn check(capacity: usize, changes: &[(&str, SessionChange, u64)], remembered: &[&str]) {
        let store = LocalSessions::new().capacity(capacity);
        for (session, change, seconds) in changes {
            let keep = Duration::from_secs(*seconds);
            drop(store.change(session, change.clone(), keep).await);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        for session in ["a", "b", "c"] {
            let known = store.load(session).await.unwrap() != SessionState::default();
            assert_eq!(known, remembered.contains(&session), "{session} after {changes:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_least_that_can_be_forgotten_is() {
        let watch = || SessionChange::Subscribe("x:1".into());
        use SessionChange::End;
        check(3, &[("a", End, 9), ("b", End, 9), ("c", watch(), 9)], &["a", "b", "c"]).await;
        // The one that expired already.
        check(2, &[("a", End, 1), ("b", watch(), 9), ("c", watch(), 9)], &["b", "c"]).await;
        // One that has not ended.
        check(2, &[("a", End, 5), ("b", watch(), 9), ("c", watch(), 9)], &["a", "c"]).await;
        // The one that expires first.
        check(2, &[("a", End, 9), ("b", End, 5), ("c", End, 9)], &["a", "c"]).await;
    }
}
