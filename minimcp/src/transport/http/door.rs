//! Taking connections in, and answering what comes over them.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connections::{Connections, Error};
use super::crowded::turn_away;
use super::patience::Patience;
use super::stalled::Stalled;
use crate::observe::{Counted, What, refused};

/// Who comes in.
pub(super) struct Door {
    options: Connections,
    places: Arc<Semaphore>,
    /// For those that are told that there is no place.
    outside: Arc<Semaphore>,
}

impl Door {
    const OUTSIDE: usize = 100;

    pub(super) fn of(options: &Connections) -> Self {
        let places = Semaphore::new(options.limit.min(Semaphore::MAX_PERMITS));
        Self {
            options: options.clone(),
            places: Arc::new(places),
            outside: Arc::new(Semaphore::new(Self::OUTSIDE)),
        }
    }

    /// Serves a connection in a task, if there is room for it. What `running` receives from goes away when the server stops.
    pub(super) fn admit<A, F, B>(
        &self,
        stream: TcpStream,
        connections: &mut JoinSet<()>,
        answer: A,
        running: watch::Receiver<()>,
    ) where
        A: Fn(Request<Incoming>) -> F + Send + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: http_body::Body<Data: Send, Error: Into<Error>> + Send + 'static,
    {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            connections.spawn(converse(self.options.clone(), stream, answer, running, place));
            return;
        }
        refused("connections");
        if let Ok(place) = Arc::clone(&self.outside).try_acquire_owned() {
            connections.spawn(async move {
                turn_away(stream).await;
                drop(place);
            });
        }
    }
}

/// How long a client that has asked nothing yet may take to do so once the server stops: its request may be under way.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// Answers the requests of one connection, until it ends or the server stops.
async fn converse<A, F, B>(
    options: Connections,
    stream: TcpStream,
    answer: A,
    mut running: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
) where
    A: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<Error>> + Send + 'static,
{
    let _counted = Counted::one(What::Connections);
    let asked = &AtomicBool::new(false);
    let last = &AtomicBool::new(running.has_changed().is_err());
    let service = service_fn(move |request| {
        asked.store(true, Ordering::Relaxed);
        let answered = answer(request);
        async move {
            let mut response = answered.await;
            if last.load(Ordering::Relaxed) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(Patience::default())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(options.header_limit);
    if let Some(headers) = options.header_count {
        builder.max_headers(headers);
    }
    let stream = TokioIo::new(Stalled::new(stream, options.write_timeout));
    let mut connection = pin!(builder.serve_connection(stream, service));
    let mut ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        _ = running.changed() => None,
    };
    if ended.is_none() {
        last.store(true, Ordering::Relaxed);
        let first = poll_fn(|context| match connection.as_mut().poll(context) {
            Poll::Pending if asked.load(Ordering::Relaxed) => Poll::Ready(None),
            polled => polled.map(Some),
        });
        ended = timeout(FIRST_REQUEST, first).await.unwrap_or_default();
    }
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended with an error");
    }
}
