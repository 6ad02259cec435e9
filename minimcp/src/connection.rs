//! A full-duplex connection: one client, many messages, in both eras.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
#[cfg(feature = "ask")]
use std::sync::OnceLock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

#[cfg(feature = "ask")]
use crate::ask::Questions;
use crate::call::LogLevel;
use crate::error::Error;
use crate::outbox::Outbox;
#[cfg(feature = "ask")]
use crate::protocol::envelope::Response;
use crate::protocol::envelope::{Notification, Request};
use crate::protocol::params::Params;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;
use crate::server::{MiniMcp, Peer, Transport};

/// A connection with one client, for transports that carry messages both ways, such as a pipe or a WebSocket.
///
/// [`stdio`](crate::stdio) is made of it. It remembers what the server itself does not: the revision that
/// `initialize` agreed on, for as long as the connection lasts, and the calls that are running, so that
/// `notifications/cancelled` finds them. Messages of both eras may come in any order.
///
/// Where `initialize` agreed on 2025-03-26, a message may be a batch, an array of messages. Its elements run side by side,
/// and each is cancelled by its own id; the answers are one array, in the order of the requests (2025-03-26, Base Protocol,
/// Batching). See [`MiniMcp::batch_limit`].
///
/// Before `initialize`, a request that does not say its revision is taken for one of 2025-11-25.
///
/// ```
/// use minimcp::{Connection, MiniMcp, Outbox};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let server: MiniMcp = MiniMcp::new("empty");
/// let connection = Connection::new(server);
/// let ping = r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#;
/// let reply = connection.handle(ping, Outbox::none(), ()).await;
/// assert_eq!(reply.as_str(), Some(r#"{"jsonrpc":"2.0","id":"a","result":{}}"#));
/// # }
/// ```
pub struct Connection<S> {
    server: MiniMcp<S>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    peer: Mutex<Option<Peer>>,
    /// The running calls by the JSON text of their ids, `1` and `"1"` being two.
    running: Mutex<HashMap<String, Arc<Notify>>>,
    #[cfg(feature = "ask")]
    questions: OnceLock<Arc<Questions>>,
}

impl State {
    /// What the client was asked, from the first question on.
    #[cfg(feature = "ask")]
    fn questions(&self) -> &Arc<Questions> {
        self.questions.get_or_init(|| Arc::new(Questions::on_connection()))
    }
}

impl<S: Send + Sync + 'static> Connection<S> {
    /// A connection on which nothing was said yet.
    #[must_use]
    pub fn new(server: MiniMcp<S>) -> Self {
        Self { server, state: Arc::default() }
    }

    /// Answers one message.
    ///
    /// A call that is cancelled has no answer. The id of a call that is running must not be used for another.
    pub async fn handle(&self, message: impl Into<Bytes>, outbox: Outbox, scope: S) -> Reply {
        self.answer(message.into(), outbox, scope, false).await
    }

    /// [`handle`](Self::handle) in two steps: the first poll reads the message, and answers what needs no handler;
    /// a call is noted as running and goes on at the second poll. In a batch that holds for each of its messages.
    ///
    /// So a transport that polls each message once in its turn, and what is then pending in a task of its own, reads
    /// messages in their order while calls run side by side: a cancellation always finds the call that came before it.
    /// Nothing wakes the future between the two polls.
    pub async fn handle_in_steps(
        &self,
        message: impl Into<Bytes>,
        outbox: Outbox,
        scope: S,
    ) -> Reply {
        self.answer(message.into(), outbox, scope, true).await
    }

    /// The client sends nothing any more: whoever waits for its answers learns that there will be none.
    #[cfg(feature = "stdio")]
    pub(crate) fn hang_up(&self) {
        #[cfg(feature = "ask")]
        self.state.questions().hang_up();
    }

    async fn answer(&self, message: Bytes, outbox: Outbox, scope: S, in_steps: bool) -> Reply {
        let exchange = Exchange::of(&self.state, in_steps);
        self.server.dispatch(message, &exchange, outbox, scope).await
    }
}

/// One message on its way.
struct Exchange<'s> {
    state: &'s State,
    cancelled: Arc<Notify>,
    /// The id under which the call is noted.
    id: Mutex<Option<String>>,
    in_steps: bool,
}

impl<'s> Exchange<'s> {
    fn of(state: &'s State, in_steps: bool) -> Self {
        Self { state, cancelled: Arc::default(), id: Mutex::default(), in_steps }
    }
}

impl Transport for Exchange<'_> {
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        lock(&self.state.peer).as_ref().map(|peer| peer.revision)
    }

    fn accept(&self, request: &Request<'_>) -> Result<(), Error> {
        match lock(&self.state.running).entry(request.id.to_owned()) {
            Entry::Occupied(_) => {
                Err(Error::invalid_request("a call with this id is still running"))
            }
            Entry::Vacant(place) => {
                place.insert(Arc::clone(&self.cancelled));
                *lock(&self.id) = Some(request.id.to_owned());
                Ok(())
            }
        }
    }

    fn legacy_peer(&self, _: &Request<'_>) -> Result<Peer, Error> {
        let peer = lock(&self.state.peer).clone().unwrap_or_else(newcomer);
        #[cfg(feature = "ask")]
        let peer = Peer { questions: Some(Arc::clone(self.state.questions())), ..peer };
        Ok(peer)
    }

    fn negotiated(&self, peer: Peer) {
        *lock(&self.state.peer) = Some(peer);
    }

    fn remembers_log_level(&self) -> bool {
        true
    }

    fn set_log_level(&self, level: LogLevel) {
        let mut peer = lock(&self.state.peer);
        peer.get_or_insert_with(newcomer).log_level = Some(level);
    }

    fn notified(&self, notification: &Notification<'_>, params: &Params<'_>) {
        if notification.method == "notifications/cancelled"
            && let Some(id) = params.request_id.0
            && let Some(call) = lock(&self.state.running).get(id)
        {
            call.notify_one();
        }
    }

    #[cfg(feature = "ask")]
    fn responded(&self, response: &Response<'_>, message: &Bytes) -> Result<(), Error> {
        if let (Some(id), Some(questions)) = (response.id, self.state.questions.get()) {
            questions.answer(id, message);
        }
        Ok(())
    }

    fn pauses_before_calls(&self) -> bool {
        self.in_steps
    }

    fn cancelled(&self) -> Option<&Notify> {
        Some(&self.cancelled)
    }

    fn takes_batches(&self) -> bool {
        self.believed_revision().is_some_and(ProtocolVersion::has_batches)
    }

    fn element(&self) -> Option<Box<dyn Transport + '_>> {
        Some(Box::new(Self::of(self.state, self.in_steps)))
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if let Some(id) = lock(&self.id).take() {
            lock(&self.state.running).remove(&id);
        }
    }
}

/// A client that has not introduced itself.
fn newcomer() -> Peer {
    Peer { log_level: Some(LogLevel::Info), ..Peer::speaking(ProtocolVersion::LATEST_LEGACY) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S> Clone for Connection<S> {
    fn clone(&self) -> Self {
        Self { server: self.server.clone(), state: Arc::clone(&self.state) }
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("running", &lock(&self.state.running).len())
            .finish_non_exhaustive()
    }
}
