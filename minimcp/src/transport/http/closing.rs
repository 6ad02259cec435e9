//! The end of an endpoint.

use super::endpoint::Endpoint;

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

    /// Whether a call would be begun, or would wait for its turn: neither the endpoint nor its server was closed, and the
    /// server's queue is not full.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.ending().is_ended() && self.server().is_ready()
    }
}
