//! Serving connections: HTTP/1.1 for any service of tower, with a bound on everything that clients can draw out.

use std::convert::Infallible;
use std::future::{Future, poll_fn, ready};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use super::door::Door;
use super::listener::accept;

pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;

/// A server of HTTP/1.1 for any service of tower, such as an application of axum, with a bound on whatever clients can
/// draw out. [`Server`](super::Server) is made of it.
///
/// | option | default | when it is reached |
/// |---|---|---|
/// | [`limit`](Self::limit) | 10 000 connections | further ones are answered with status 503 and `Retry-After`, and closed |
/// | [`header_timeout`](Self::header_timeout) | 30 s | the connection is closed |
/// | [`header_limit`](Self::header_limit) | 64 KiB | status 431 |
/// | [`header_count`](Self::header_count) | 100 | status 431 |
/// | [`write_timeout`](Self::write_timeout) | 30 s | the connection is closed, and its call cancelled |
/// | [`drain_timeout`](Self::drain_timeout) | 10 s | what still runs is cut off |
///
/// ```
/// use axum::{Router, routing::get};
/// use minimcp::{MiniMcp, http};
/// use tokio::net::TcpListener;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let server: MiniMcp = MiniMcp::new("math");
/// let ready = server.clone();
/// let app: Router = Router::new()
///     .route("/mcp", http::streamable(server.clone()))
///     .merge(http::health(move || ready.is_ready()));
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// # async fn signal() {}
/// let stop = async move {
///     // … `minimcp::stop_signal().await`; then:
///     # signal().await;
///     server.close();
/// };
/// http::Connections::new().limit(500).serve(listener, app, stop).await
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Connections {
    pub(super) limit: usize,
    pub(super) header_timeout: Duration,
    pub(super) header_limit: usize,
    pub(super) header_count: Option<usize>,
    pub(super) write_timeout: Duration,
    drain_timeout: Duration,
}

impl Connections {
    /// With all defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limit: 10_000,
            header_timeout: Duration::from_secs(30),
            header_limit: 64 * 1024,
            header_count: None,
            write_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(10),
        }
    }

    /// How many connections may be open at once, 10 000 unless it is said. The system has a limit of its own, on open
    /// files; it should be higher.
    ///
    /// A further connection is answered with status 503 and `Retry-After` and closed: whoever waits in the system's queue
    /// learns nothing, and cannot go elsewhere. There are at most 100 at a time that are told so; others are closed at
    /// once.
    #[must_use]
    pub fn limit(mut self, connections: usize) -> Self {
        self.limit = connections;
        self
    }

    /// How long a client may take to send the head of a request, 30 seconds unless it is said. The time begins with the
    /// connection, and anew with the end of each answer: so it is also how long a connection may be idle.
    #[must_use]
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// How long the head of a request may be, in bytes, 64 KiB unless it is said, and at least 8 KiB. A longer one is
    /// answered with status 431.
    #[must_use]
    pub fn header_limit(mut self, bytes: usize) -> Self {
        self.header_limit = bytes.max(8 * 1024);
        self
    }

    /// How many headers a request may have, 100 unless it is said. One with more is answered with status 431.
    #[must_use]
    pub fn header_count(mut self, headers: usize) -> Self {
        self.header_count = Some(headers);
        self
    }

    /// How long a client may take nothing of what is written to it, 30 seconds unless it is said. Then the connection is
    /// closed, which cancels its call.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// How long what runs may take to end when the server stops, 10 seconds unless it is said. What is not answered by then
    /// is cut off.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Serves `app` until `stop` is ready, and lets the requests end that are running then.
    ///
    /// Meanwhile new connections are still taken, so that nobody meets a closed door: the application answers them, and
    /// refuses calls if `stop` has [closed](crate::MiniMcp::close) its server. Each has one answer, and so has one that was
    /// opened before and has asked nothing yet: it has a second for that. The errors of single connections end those
    /// connections alone.
    ///
    /// # Errors
    ///
    /// When the address of the listener is not known.
    pub async fn serve<A, B>(
        &self,
        listener: TcpListener,
        app: A,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()>
    where
        A: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        A: Clone + Send + 'static,
        A::Future: Send + 'static,
        B: http_body::Body<Data: Send, Error: Into<Error>> + Send + 'static,
    {
        let answer = move |request| {
            let answered = app.clone().call(request);
            async move {
                let Ok(response) = answered.await;
                response
            }
        };
        self.serve_with(listener, answer, stop, || ready(())).await
    }

    /// [`serve`](Self::serve) with a function in place of a service, which needs no future in a box; and with what else has
    /// to be finished in the end, when the connections have ended.
    pub(super) async fn serve_with<A, F, B, E>(
        &self,
        listener: TcpListener,
        answer: A,
        stop: impl Future<Output = ()>,
        finished: impl Fn() -> E,
    ) -> io::Result<()>
    where
        E: Future<Output = ()>,
        A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: http_body::Body<Data: Send, Error: Into<Error>> + Send + 'static,
    {
        let address = listener.local_addr()?;
        let door = Door::of(self);
        let (running, told) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        // A signal is waited for from the first look at it on. Whoever reads that we listen may send it.
        let mut stopped =
            poll_fn(|context| Poll::Ready(stop.as_mut().poll(context))).await.is_ready();
        tracing::info!(%address, "listening");
        while !stopped {
            tokio::select! {
                () = stop.as_mut() => stopped = true,
                stream = accept(&listener) => {
                    door.admit(stream, &mut connections, answer.clone(), told.clone());
                }
                Some(ended) = connections.join_next() => note(ended),
            }
        }
        let deadline = Instant::now().checked_add(self.drain_timeout);
        // Connections wait for this to go away.
        drop(running);
        let mut late = JoinSet::new();
        let drained = async {
            // So that the system is asked once more who waits to be let in.
            yield_now().await;
            loop {
                tokio::select! {
                    biased;
                    Some(ended) = connections.join_next() => note(ended),
                    stream = accept(&listener) => door.admit(stream, &mut late, answer.clone(), told.clone()),
                    () = finished(), if connections.is_empty() => break,
                }
            }
            drop(listener);
            while let Some(ended) = late.join_next().await {
                note(ended);
            }
        };
        let in_time = match deadline {
            Some(deadline) => timeout_at(deadline, drained).await.is_ok(),
            None => {
                drained.await;
                true
            }
        };
        if !in_time {
            let left = connections.len() + late.len();
            tracing::warn!(connections = left, "cutting calls off that are still running");
            connections.shutdown().await;
            late.shutdown().await;
        }
        Ok(())
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self::new()
    }
}

fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection failed");
    }
}
