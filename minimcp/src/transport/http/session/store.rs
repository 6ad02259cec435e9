//! What has to be remembered of a session, and by whom.

use std::sync::Arc;
use std::time::Duration;

use crate::boxed::BoxFuture;
use crate::call::LogLevel;
use crate::error::Error;

/// Remembers of sessions what their ids cannot hold, because it changes.
///
/// The default is [`LocalSessions`](super::LocalSessions), in the memory of one process. One of your own, over Redis say, is
/// shared by all processes that serve the same clients. Ids are text of at most 64 characters out of `A-Z a-z 0-9 - _`.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex, time::Duration};
/// use minimcp::{BoxFuture, Error, http::{SessionChange, SessionState, SessionStore}};
///
/// #[derive(Default)]
/// struct Forgetless(Mutex<HashMap<String, SessionState>>);
///
/// impl SessionStore for Forgetless {
///     fn load<'a>(&'a self, session: &'a str) -> BoxFuture<'a, Result<SessionState, Error>> {
///         let state = self.0.lock().unwrap().get(session).cloned().unwrap_or_default();
///         Box::pin(async { Ok(state) })
///     }
///
///     fn change<'a>(&'a self, session: &'a str, change: SessionChange, _keep: Duration)
///         -> BoxFuture<'a, Result<(), Error>>
///     {
///         self.0.lock().unwrap().entry(session.to_owned()).or_default().apply(change);
///         Box::pin(async { Ok(()) })
///     }
/// }
/// ```
pub trait SessionStore: Send + Sync + 'static {
    /// What is remembered of a session; of one that nothing is remembered of, the default.
    ///
    /// # Errors
    ///
    /// When nobody knows: the request is answered with an internal error, and the cause goes to the log.
    fn load<'a>(&'a self, session: &'a str) -> BoxFuture<'a, Result<SessionState, Error>>;

    /// Remembers a change, for `keep` at least: after that the session has expired by itself. Changes of one session may
    /// come from several processes at once, and none of them may undo another.
    ///
    /// # Errors
    ///
    /// When it cannot be remembered: what asked for the change is answered with an internal error.
    fn change<'a>(
        &'a self,
        session: &'a str,
        change: SessionChange,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>>;
}

/// What is remembered of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionState {
    /// Whether the client ended it.
    pub ended: bool,
    /// The least severe log messages that the client wants; unless it said so, those from [`LogLevel::Info`] on.
    pub log_level: Option<LogLevel>,
    /// The URIs of the resources whose changes the client wants to hear of, each once.
    pub subscriptions: Vec<String>,
}

/// A change of what is remembered of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionChange {
    /// The client ended it.
    End,
    /// The client wants log messages from this level on.
    LogLevel(LogLevel),
    /// The client wants to hear of changes of the resource with this URI.
    Subscribe(String),
    /// It does not any more.
    Unsubscribe(String),
}

/// So that one store serves several endpoints.
impl<T: SessionStore + ?Sized> SessionStore for Arc<T> {
    fn load<'a>(&'a self, session: &'a str) -> BoxFuture<'a, Result<SessionState, Error>> {
        (**self).load(session)
    }

    fn change<'a>(
        &'a self,
        session: &'a str,
        change: SessionChange,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        (**self).change(session, change, keep)
    }
}

impl SessionState {
    /// Makes a change.
    ///
    /// ```
    /// use minimcp::http::{SessionChange, SessionState};
    ///
    /// let mut state = SessionState::default();
    /// state.apply(SessionChange::Subscribe("note://1".into()));
    /// assert_eq!(state.subscriptions, ["note://1"]);
    /// ```
    pub fn apply(&mut self, change: SessionChange) {
        match change {
            SessionChange::End => self.ended = true,
            SessionChange::LogLevel(level) => self.log_level = Some(level),
            SessionChange::Subscribe(uri) if self.subscriptions.contains(&uri) => (),
            SessionChange::Subscribe(uri) => self.subscriptions.push(uri),
            SessionChange::Unsubscribe(uri) => self.subscriptions.retain(|other| *other != uri),
        }
    }
}
