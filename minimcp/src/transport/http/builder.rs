//! Setting the options of an endpoint.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::legacy::Legacy;
use super::mirror::MissingMirrorHeaders;

/// Who may send requests.
impl<S> Endpoint<S> {
    /// Adds hosts under which the server is reached, as clients name them: `mcp.example.com` for any port,
    /// `mcp.example.com:8443` for one. `localhost`, `127.0.0.1` and `[::1]` are always allowed, and nothing else unless
    /// it is said.
    ///
    /// A request for another host is refused with status 403. This is what keeps web pages from reaching a server on
    /// the user's machine under a name of theirs (2026-07-28, Streamable HTTP, Security Warning).
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Endpoint};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let endpoint = Endpoint::streamable(server).allowed_hosts(["mcp.example.com"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If one of them is no host: a URL, say, or a pattern.
    #[must_use]
    pub fn allowed_hosts<H: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.options_mut().checks.allow_hosts(hosts);
        self
    }

    /// Does not look at the host: for servers behind a proxy that does. Without such a proxy, any web page can reach the
    /// server under a name of its own.
    #[must_use]
    pub fn allow_any_host(mut self) -> Self {
        self.options_mut().checks.hosts.allow_any();
        self
    }

    /// Adds origins of web pages that may send requests, as browsers name them: `https://app.example.com`, with the
    /// port if it is not the usual one; `null` for pages without an origin.
    ///
    /// Always allowed are requests without an origin, since they come from no browser; pages of the host that is
    /// asked; and, where that host is this machine, pages of this machine. A request of another origin is refused with
    /// status 403 (2025-11-25 and later, Streamable HTTP, Security Warning).
    ///
    /// A page of another origin also needs CORS headers, which a layer around the endpoint adds.
    ///
    /// # Panics
    ///
    /// If one of them is no origin: a host without a scheme, say, or a pattern.
    #[must_use]
    pub fn allowed_origins<O: AsRef<str>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.options_mut().checks.allow_origins(origins);
        self
    }

    /// Does not look at the origin: for servers behind a proxy or layer that does.
    #[must_use]
    pub fn allow_any_origin(mut self) -> Self {
        self.options_mut().checks.origins.allow_any();
        self
    }
}

/// The limits, how answers are sent, and to whom.
impl<S> Endpoint<S> {
    /// The longest request in bytes, 4 MiB unless it is said. A longer one is refused with status 413, and not read
    /// any further.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.options_mut().body_limit = bytes;
        self
    }

    /// How long the content of a request may take to come, 60 seconds unless it is said; `None` for ever. One that takes
    /// longer is refused with status 408.
    #[must_use]
    pub fn body_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options_mut().body_timeout = timeout.into();
        self
    }

    /// How long a call may say nothing before its answer becomes a stream that is kept alive with comments, and how
    /// far apart these are; 15 seconds unless it is said. `None` or zero: no comments.
    #[must_use]
    pub fn keep_alive(mut self, every: impl Into<Option<Duration>>) -> Self {
        self.options_mut().keep_alive = every.into().filter(|every| !every.is_zero());
        self
    }

    /// How many notifications of one call may wait for the client to read them, 64 unless it is said, at least one.
    /// The handler waits while they are as many.
    #[must_use]
    pub fn outbox_capacity(mut self, notifications: usize) -> Self {
        self.options_mut().outbox_capacity = notifications;
        self
    }

    /// How clients of the revisions before 2026-07-28 are served: not, each request by itself, or in sessions.
    ///
    /// With the feature `sessions`, [`Endpoint::streamable`] has sessions unless it is said; any other endpoint serves
    /// each request by itself.
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::{Endpoint, Legacy}};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let endpoint = Endpoint::streamable(server).legacy(Legacy::Off);
    /// ```
    #[must_use]
    pub fn legacy(mut self, legacy: impl Into<Legacy>) -> Self {
        self.options_mut().legacy = legacy.into();
        self
    }

    /// What becomes of a modern request without the headers that mirror its body. It is refused unless it is said.
    #[must_use]
    pub fn missing_mirror_headers(mut self, missing: MissingMirrorHeaders) -> Self {
        self.options_mut().missing_mirror_headers = missing;
        self
    }
}
