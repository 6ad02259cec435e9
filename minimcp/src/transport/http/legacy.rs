//! Whether clients of the revisions with a handshake are served, and how.

#[cfg(feature = "sessions")]
use super::session::Sessions;

/// How an endpoint serves clients of the revisions before 2026-07-28; see [`Endpoint::legacy`](super::Endpoint::legacy).
///
/// Clients of 2026-07-28 are served alike in each of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Legacy {
    /// They are not. `initialize`, and any other request of theirs, is answered with an error that names the revisions
    /// which are served (-32022, status 400).
    Off,
    /// Each request by itself, without a session. The revision is what the header `MCP-Protocol-Version` says, and
    /// 2025-03-26 without it; nothing else is known of the client, so it cannot be asked anything, nor choose what it
    /// sees of the log.
    Stateless,
    /// In sessions, which begin with `initialize`. A request without a session is served as [`Stateless`](Self::Stateless)
    /// serves it.
    #[cfg(feature = "sessions")]
    Sessions(Sessions),
}

impl Legacy {
    /// What an endpoint does unless it is told.
    pub(super) fn usual(streams: bool) -> Self {
        #[cfg(feature = "sessions")]
        if streams {
            return Self::Sessions(Sessions::new());
        }
        let _ = streams;
        Self::Stateless
    }
}

#[cfg(feature = "sessions")]
impl From<Sessions> for Legacy {
    fn from(sessions: Sessions) -> Self {
        Self::Sessions(sessions)
    }
}
