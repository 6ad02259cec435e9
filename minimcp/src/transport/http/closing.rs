//! The end of an endpoint.

use super::endpoint::Endpoint;
#[cfg(feature = "sessions")]
use super::legacy::Legacy;

impl<S> Endpoint<S> {
    /// Refuses calls of handlers from now on, with status 503 and `Retry-After`, ends all `subscriptions/listen` with their
    /// result, and lets the calls end that are running: for a program that is about to stop.
    /// [`Server`](super::Server) does so by itself. Clones are closed as well, other endpoints of the same server are not;
    /// [`MiniMcp::close`](crate::MiniMcp::close) closes all.
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Endpoint};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let endpoint = Endpoint::streamable(server);
    /// assert!(endpoint.is_ready());
    /// endpoint.close();
    /// assert!(!endpoint.is_ready());
    /// ```
    pub fn close(&self) {
        self.ending().end();
    }

    /// Ready when no call goes on any more whose client went away, as calls in sessions do. [`Server`](super::Server) waits
    /// for them by itself; with a server of your own, wait when its connections have ended, for as long as there is time.
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Endpoint};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let endpoint = Endpoint::streamable(server);
    /// // … when the last connection has ended:
    /// endpoint.finished().await;
    /// # }
    /// ```
    pub async fn finished(&self) {
        #[cfg(feature = "sessions")]
        if let Legacy::Sessions(sessions) = &self.options().legacy {
            sessions.finished().await;
        }
    }

    /// Whether a call would be begun, or would wait for its turn: neither the endpoint nor its server was closed, and the
    /// server's queue is not full.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.ending().is_ended() && self.server().is_ready()
    }
}
