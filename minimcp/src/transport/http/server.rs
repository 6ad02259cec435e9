//! The ready-made server, for programs without an HTTP application of their own.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "page")]
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::net::{TcpListener, ToSocketAddrs};

use super::body::Body;
use super::connections::Connections;
use super::health;
#[cfg(feature = "page")]
use super::page::Page;
use super::scoped::Scoped;
#[cfg(feature = "sse")]
use super::sse::Sse;
use crate::boxed::BoxFuture;
use crate::transport::signal::stop_signal;

/// Serves at `address`, under the path `/mcp`, until the program is asked to stop (SIGINT, SIGTERM).
///
/// What is served is a [`MiniMcp`](crate::MiniMcp), an [`Endpoint`](super::Endpoint) with options of its own, or one
/// with a scope ([`Scoped`]). See [`Server`] for other paths and for the limits.
///
/// ```no_run
/// # #[tokio::main] async fn main() -> std::io::Result<()> {
/// use minimcp::{MiniMcp, http};
///
/// let server: MiniMcp = MiniMcp::new("math");
/// http::serve(server, "127.0.0.1:8000").await
/// # }
/// ```
///
/// # Errors
///
/// When the address cannot be bound, or when it can be reached from other machines and the endpoint does not say under
/// which hosts: say [`allowed_hosts`](super::Endpoint::allowed_hosts) then.
pub async fn serve<S: Send + Sync + 'static>(
    server: impl Into<Scoped<S>>,
    address: impl ToSocketAddrs,
) -> io::Result<()> {
    let server = Server::new(server);
    let listener = TcpListener::bind(address).await?;
    server.serve(listener).await
}

/// A server of HTTP/1.1 for one endpoint, with its options.
///
/// | option | default | |
/// |---|---|---|
/// | [`path`](Self::path) | `/mcp` | where the endpoint is; everything else is 404 |
/// | [`health`](Self::health) | nowhere | where probes ask whether it lives and takes calls |
/// | [`drain_timeout`](Self::drain_timeout) | 10 s | how long running calls may take when the server stops |
/// | [`header_timeout`](Self::header_timeout) | 30 s | how long a client may take to send the head of a request |
/// | `page` (feature `page`) | none | where people look at the server |
/// | [`connections`](Self::connections) | [`Connections`] | these two, and all else that bounds connections |
///
/// ```
/// use minimcp::{MiniMcp, http::{Endpoint, Server}};
/// use tokio::net::TcpListener;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let server: MiniMcp<u32> = MiniMcp::new("math");
/// let endpoint = Endpoint::streamable(server).with_scope(7);
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// # let asked_to_stop = std::future::ready(());
/// Server::new(endpoint).path("/math").serve_until(listener, asked_to_stop).await
/// # }
/// ```
pub struct Server<S> {
    endpoint: Scoped<S>,
    path: String,
    health: Option<String>,
    connections: Connections,
    #[cfg(feature = "sse")]
    sse: Option<(String, Sse<S>)>,
    #[cfg(feature = "page")]
    page: Option<String>,
}

impl<S: Send + Sync + 'static> Server<S> {
    /// A server for an endpoint.
    pub fn new(endpoint: impl Into<Scoped<S>>) -> Self {
        Self {
            endpoint: endpoint.into(),
            path: "/mcp".into(),
            health: None,
            connections: Connections::new(),
            #[cfg(feature = "sse")]
            sse: None,
            #[cfg(feature = "page")]
            page: None,
        }
    }

    /// The path of the endpoint, `/mcp` unless it is said. A slash at the end makes no difference.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Serves clients of HTTP+SSE as well, at another path such as `/sse`; not unless it is said. See [`Sse`].
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Server};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let server = Server::new(server).sse("/sse");
    /// ```
    #[cfg(feature = "sse")]
    #[must_use]
    pub fn sse(mut self, path: impl Into<String>) -> Self {
        let sse = Sse::new(self.endpoint.endpoint().clone());
        self.sse = Some((path.into(), sse));
        self
    }

    /// Serves a page on which people look at the server, at another path such as `/docs`; not unless it is said. See
    /// [`page`](super::page()).
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Server};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let server = Server::new(server).page("/docs");
    /// ```
    #[cfg(feature = "page")]
    #[must_use]
    pub fn page(mut self, path: impl Into<String>) -> Self {
        self.page = Some(path.into());
        self
    }

    /// How long the calls that are running when the server stops may take, 10 seconds unless it is said. What is not
    /// answered by then is cut off.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.connections = self.connections.drain_timeout(timeout);
        self
    }

    /// How long a client may take to send the head of a request, and how long a connection may be idle, 30 seconds unless it
    /// is said.
    #[must_use]
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.connections = self.connections.header_timeout(timeout);
        self
    }

    /// The bounds on connections, over those that were said before.
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::{Connections, Server}};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let server = Server::new(server).connections(Connections::new().limit(500));
    /// ```
    #[must_use]
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self
    }

    /// Answers probes under a path such as `/health`: `/health/live` and `/health/ready`; not unless it is said. See
    /// [`health`](super::health()).
    ///
    /// ```
    /// use minimcp::{MiniMcp, http::Server};
    ///
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let server = Server::new(server).health("/health");
    /// ```
    #[must_use]
    pub fn health(mut self, path: impl AsRef<str>) -> Self {
        self.health = Some(format!("/{}", path.as_ref().trim_matches('/')));
        self
    }

    /// Serves until the program is asked to stop (SIGINT, SIGTERM), and finishes the calls that are running then.
    ///
    /// # Errors
    ///
    /// See [`serve_until`](Self::serve_until).
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        // In a box, so that the code of the program's runtime does not grow around it.
        let served: BoxFuture<'_, _> = Box::pin(self.serve_until(listener, stop_signal()));
        served.await
    }

    /// Serves until `stop` is ready, and finishes the calls that are running then. Meanwhile further calls are refused with
    /// status 503 and `Retry-After`, a probe hears that the server is not ready, and subscriptions to changes end with their
    /// result.
    ///
    /// Errors of single connections end those connections alone.
    ///
    /// # Errors
    ///
    /// When the listener can be reached from other machines and the endpoint says neither
    /// [`allowed_hosts`](super::Endpoint::allowed_hosts) nor [`allow_any_host`](super::Endpoint::allow_any_host): it
    /// would refuse all requests but those to `localhost`.
    pub async fn serve_until(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        self.check_hosts(listener.local_addr()?)?;
        let server = Arc::new(self);
        let stopping = async {
            stop.await;
            server.endpoint.endpoint().close();
        };
        let served = Arc::clone(&server);
        let answer = move |request| {
            let server = Arc::clone(&served);
            async move { server.respond(request).await }
        };
        let last = server.endpoint.endpoint().clone();
        let finished = move || {
            let endpoint = last.clone();
            async move { endpoint.finished().await }
        };
        server.connections.serve_with(listener, answer, stopping, finished).await
    }

    fn check_hosts(&self, address: SocketAddr) -> io::Result<()> {
        let local = address.ip().to_canonical().is_loopback();
        if local || !self.endpoint.endpoint().options().checks.hosts.are_unsaid() {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "{address} can be reached from other machines: say under which names, with \
                 `Endpoint::streamable(server).allowed_hosts([\"mcp.example.com\"])`, or `allow_any_host()` if a proxy \
                 in front looks at them; or bind to 127.0.0.1"
            ),
        ))
    }

    async fn respond(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        if self.is_for_endpoint(path) {
            return self.endpoint.respond(request).await;
        }
        #[cfg(feature = "sse")]
        if let Some((sse_path, sse)) = &self.sse
            && same_path(path, sse_path)
        {
            let (mut parts, body) = request.into_parts();
            return match self.endpoint.admit(&mut parts).await {
                // In a box, so that the way of all others does not carry it along.
                Ok(scope) => Box::pin(sse.answer(parts, body, scope)).await,
                Err(response) => response,
            };
        }
        #[cfg(feature = "page")]
        if let Some(page_path) = &self.page
            && same_path(path, page_path)
        {
            return self.show(&request.into_parts().0);
        }
        if let Some(health_path) = &self.health
            && let Some(probe) = path.strip_prefix(health_path.as_str())
            && request.method() == Method::GET
        {
            match probe {
                "/live" => return health::answer(true),
                "/ready" => return health::answer(self.endpoint.endpoint().is_ready()),
                _ => (),
            }
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }

    fn is_for_endpoint(&self, path: &str) -> bool {
        if same_path(path, &self.path) {
            return true;
        }
        #[cfg(feature = "auth")]
        return self.endpoint.endpoint().has_metadata_at(path);
        #[cfg(not(feature = "auth"))]
        false
    }
}

#[cfg(feature = "page")]
impl<S: Send + Sync + 'static> Server<S> {
    /// Answers with the page, under the hosts that the endpoint allows.
    fn show(&self, request: &Parts) -> Response<Body> {
        match self.endpoint.endpoint().guard(request) {
            Ok(()) => {
                Page::new(&format!("/{}", self.path.trim_matches('/'))).respond(&request.method)
            }
            Err(rejection) => rejection.into_response(),
        }
    }
}

fn same_path(one: &str, other: &str) -> bool {
    one == other || one.trim_matches('/') == other.trim_matches('/')
}

impl<S> fmt::Debug for Server<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("endpoint", &self.endpoint)
            .field("path", &self.path)
            .field("connections", &self.connections)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Endpoint;
    use crate::server::MiniMcp;

    fn check(address: &str, endpoint: Endpoint<()>, starts: bool) {
        let address = address.parse().unwrap();
        assert_eq!(Server::new(endpoint).check_hosts(address).is_ok(), starts, "{address}");
    }

    #[test]
    fn an_address_that_others_reach_needs_hosts() {
        let endpoint = Endpoint::streamable(MiniMcp::new("math"));
        for address in ["127.0.0.1:8000", "127.1.2.3:1", "[::1]:8000", "[::ffff:127.0.0.1]:80"] {
            check(address, endpoint.clone(), true);
        }
        for address in ["0.0.0.0:8000", "[::]:8000", "192.168.1.5:80"] {
            check(address, endpoint.clone(), false);
            check(address, endpoint.clone().allowed_hosts(["mcp.example.com"]), true);
            check(address, endpoint.clone().allow_any_host(), true);
        }
    }

    #[test]
    fn slashes_at_the_ends_of_a_path_make_no_difference() {
        assert!(same_path("/mcp/", "/mcp") && same_path("/mcp", "mcp") && same_path("/", ""));
        assert!(!same_path("/mcp/x", "/mcp") && !same_path("/", "/mcp"));
    }
}
