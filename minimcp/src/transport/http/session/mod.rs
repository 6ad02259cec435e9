//! Sessions of clients of the revisions with a handshake (2025-03-26 to 2025-11-25, Streamable HTTP, Session Management).
//!
//! What a client said of itself is sealed into the id of its session, so nothing has to be kept for it, and any process
//! with the same keys serves it. What cannot be sealed is behind two traits: [`SessionStore`] and [`EventStore`].

mod call;
mod events;
mod feed;
mod lasting;
mod link;
mod listen;
mod listener;
mod local_events;
mod local_sessions;
mod orphans;
mod recorder;
mod replay;
mod store;
mod token;
mod topic;
mod verb;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use listen::Listening;
use orphans::Orphans;

pub use events::{EventStore, StreamEvent};
pub use local_events::LocalEvents;
pub use local_sessions::LocalSessions;
pub use store::{SessionChange, SessionState, SessionStore};

pub(super) use feed::Feed;
#[cfg(feature = "sse")]
pub(super) use feed::Source;
pub(super) use link::{Became, Found, Link};
pub(super) use verb::Verb;

/// Sessions for clients of the revisions before 2026-07-28, with their options.
///
/// `initialize` begins one; its id, the header `Mcp-Session-Id`, is sealed and holds what the client said of itself. Any
/// process with the same [`seal_keys`](crate::MiniMcp::seal_keys) serves it. It belongs to one
/// [`principal`](crate::MiniMcp::principal) and is no proof of who somebody is. In a session the client can be asked,
/// chooses what it sees of the log, hears of changes on the stream that it opens with GET, and cancels calls with `notifications/cancelled`; a connection that breaks cancels
/// nothing. In 2025-11-25 it can come back for the rest of a stream.
///
/// A request for a session that has ended, has expired or belongs to another principal is answered with status 404, so
/// that the client begins a new one. A request that names none is served without.
///
/// ```
/// use std::time::Duration;
/// use minimcp::{MiniMcp, http::{Endpoint, Sessions}};
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let sessions = Sessions::new().lifetime(Duration::from_secs(8 * 3600));
/// let endpoint = Endpoint::streamable(server).legacy(sessions);
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`lifetime`](Self::lifetime) | 24 h | how long a session lasts |
/// | [`store`](Self::store) | [`LocalSessions`] | what has to be remembered of sessions |
/// | [`events`](Self::events) | [`LocalEvents`] | what streams said, for clients that come back |
/// | [`event_lifetime`](Self::event_lifetime) | 15 min | how long that is kept |
/// | [`retry`](Self::retry) | 1 s | after how long a client comes back |
/// | [`open_streams`](Self::open_streams) | 10 000 | streams that are opened with GET |
#[derive(Clone)]
pub struct Sessions {
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    lifetime: Duration,
    store: Arc<dyn SessionStore>,
    events: Option<Arc<dyn EventStore>>,
    event_lifetime: Duration,
    retry: Duration,
    open_streams: Arc<Semaphore>,
    listening: Arc<Listening>,
    orphans: Arc<Orphans>,
}

impl Sessions {
    /// Sessions with all defaults.
    #[must_use]
    pub fn new() -> Self {
        let settings = Settings {
            lifetime: Duration::from_secs(24 * 3600),
            store: Arc::new(LocalSessions::new()),
            events: Some(Arc::new(LocalEvents::new())),
            event_lifetime: Duration::from_secs(15 * 60),
            retry: Duration::from_secs(1),
            open_streams: Arc::new(Semaphore::new(10_000)),
            listening: Arc::default(),
            orphans: Arc::default(),
        };
        Self { settings: Arc::new(settings) }
    }

    /// How long a session lasts from its `initialize` on, in whole milliseconds; 24 hours unless it is said.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.settings_mut().lifetime = lifetime;
        self
    }

    /// What remembers that a session has ended, what it wants of the log, and which resources it watches. Where several
    /// processes serve the same clients, they share one.
    #[must_use]
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.settings_mut().store = Arc::new(store);
        self
    }

    /// What keeps the events of streams, for clients of 2025-11-25 that come back for the rest. Where several processes
    /// serve the same clients, they share one, and a [`bus`](crate::MiniMcp::bus).
    #[must_use]
    pub fn events(mut self, events: impl EventStore) -> Self {
        self.settings_mut().events = Some(Arc::new(events));
        self
    }

    /// Keeps no events: a stream that breaks off is lost. Its call goes on.
    #[must_use]
    pub fn without_events(mut self) -> Self {
        self.settings_mut().events = None;
        self
    }

    /// How long the events of a stream are kept after the last of them, 15 minutes unless it is said.
    #[must_use]
    pub fn event_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings_mut().event_lifetime = lifetime;
        self
    }

    /// After how long a client is told to come back when its stream breaks off, in whole milliseconds; 1 second unless it
    /// is said.
    #[must_use]
    pub fn retry(mut self, retry: Duration) -> Self {
        self.settings_mut().retry = retry;
        self
    }

    /// How many streams may be open at once that clients opened with GET, in this process; 10 000 unless it is said. One
    /// more is refused with status 503.
    #[must_use]
    pub fn open_streams(mut self, streams: usize) -> Self {
        self.settings_mut().open_streams =
            Arc::new(Semaphore::new(streams.min(Semaphore::MAX_PERMITS)));
        self
    }

    /// Ready when no call goes on any more whose client went away.
    pub(super) async fn finished(&self) {
        self.settings.orphans.ended().await;
    }

    fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sessions")
            .field("lifetime", &self.settings.lifetime)
            .field("resumable", &self.settings.events.is_some())
            .field("event_lifetime", &self.settings.event_lifetime)
            .field("retry", &self.settings.retry)
            .finish_non_exhaustive()
    }
}
