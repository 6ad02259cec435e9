//! A full-duplex connection: one client, many messages, in both eras.

mod exchange;

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending};
use std::pin::pin;
#[cfg(feature = "ask")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::Notify;

#[cfg(feature = "ask")]
use crate::ask::Questions;
use crate::call::LogLevel;
use crate::changes::{Ending, Filter, Followed, Watch};
use crate::outbox::Outbox;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;
use crate::server::{MiniMcp, Peer};
use crate::settled::Settled;
use exchange::Exchange;

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
/// [`notify`](Self::notify) is what tells a client of revisions before 2026-07-28 that lists or resources have changed. One
/// of 2026-07-28 asks for that with `subscriptions/listen`, whose messages go where those of any call go.
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
    /// The client, from its first introduction on.
    peer: Settled<Option<Peer>>,
    /// The running calls by the JSON text of their ids, `1` and `"1"` being two.
    running: Mutex<HashMap<Bytes, Arc<Notify>>>,
    /// How many those are. Changed under the lock, and looked at before: calls that are answered at once are not among
    /// them.
    noted: AtomicUsize,
    followed: Followed,
    /// How many futures tell the client of changes.
    tellers: AtomicUsize,
    ending: Ending,
    /// Whether no call is to begin any more.
    closed: AtomicBool,
    #[cfg(feature = "ask")]
    questions: OnceLock<Arc<Questions>>,
}

impl State {
    /// A client that has not introduced itself.
    #[cfg_attr(not(feature = "ask"), allow(clippy::unused_self, reason = "no call asks"))]
    fn newcomer(&self) -> Peer {
        Peer {
            log_level: Some(LogLevel::Info),
            #[cfg(feature = "ask")]
            questions: Some(Arc::clone(self.questions())),
            ..Peer::speaking(ProtocolVersion::LATEST_LEGACY)
        }
    }

    /// What the client was asked, from the first question on.
    #[cfg(feature = "ask")]
    fn questions(&self) -> &Arc<Questions> {
        self.questions.get_or_init(|| Arc::new(Questions::on_connection()))
    }
}

impl<S: Send + Sync + 'static> Connection<S> {
    /// A connection on which nothing was said yet.
    ///
    /// # Panics
    ///
    /// If the server is put to use for the first time and something of it is missing, such as the page that a tool links.
    #[must_use]
    pub fn new(server: MiniMcp<S>) -> Self {
        server.check();
        Self { server, state: Arc::default() }
    }

    /// Answers one message.
    ///
    /// A call that is cancelled has no answer. The id of a call that is running must not be used for another.
    pub async fn handle(&self, message: impl Into<Bytes>, outbox: Outbox, scope: S) -> Reply {
        self.answer(message.into(), outbox, scope, false).await
    }

    /// [`handle`](Self::handle) in two steps: the first poll reads the message, and answers what needs no handler;
    /// a call is noted as running and goes on at the second poll, unless its handler answered the last call that was
    /// timed, one in eight, at once (in less than 200 µs). In a batch that holds for each of its messages.
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
        // Pinned where it is made: awaited as it is, it would be moved, and it is long.
        pin!(self.answer(message.into(), outbox, scope, true)).await
    }

    /// Tells a client of revisions before 2026-07-28 of changes until it is dropped; it never ends on its own.
    ///
    /// To be made before the first message and run beside all of them, once. What changes goes to `outbox`: that a list is
    /// another one, once the client has sent `notifications/initialized`; and that a resource has new contents, once the
    /// client has sent `resources/subscribe`. Only while there is this future are clients told in `initialize` that they will
    /// hear of changes (2024-11-05 to 2025-11-25, Lifecycle and Resources, Subscriptions).
    ///
    /// ```
    /// use minimcp::{handlers, tool, Connection, MiniMcp, Outbox, Tool};
    ///
    /// /// Add two numbers
    /// #[tool]
    /// async fn add(a: f64, b: f64) -> f64 { a + b }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
    /// let connection = Connection::new(server.clone());
    /// let (outbox, mut inbox) = Outbox::channel(16);
    /// let reading = async {
    ///     // … read messages until the client goes away:
    ///     let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
    ///     connection.handle(hello, outbox.clone(), ()).await;
    ///     let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    ///     connection.handle(ready, outbox.clone(), ()).await;
    ///     server.tools().add(Tool::of::<add>().name("plus")).unwrap();
    ///     inbox.recv().await.unwrap()
    /// };
    /// tokio::select! {
    ///     message = reading => {
    ///         assert_eq!(message, r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#);
    ///     }
    ///     never = connection.notify(outbox.clone()) => match never {},
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is told unless it is run"]
    pub fn notify(&self, outbox: Outbox) -> impl Future<Output = Infallible> + Send + use<S> {
        let telling = Telling::of(&self.state);
        let news = Arc::clone(self.server.news());
        let lists = Filter { tools: true, prompts: true, resources: true, uris: Vec::new() };
        let mut watching = Box::pin(async move { Watch::new(&news, lists).await });
        // Whoever asks for this future may run it later than the first message.
        let watch = watching.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        async move {
            let watch = match watch {
                Poll::Ready(watch) => watch,
                Poll::Pending => watching.await,
            };
            match watch {
                Ok(lists) => telling.tell(lists, &outbox).await,
                Err(error) => tracing::error!(%error, "a client is not told of changes"),
            }
            drop((telling, outbox));
            pending().await
        }
    }

    /// Ends all `subscriptions/listen` on this connection with their result, and from now on new ones at once: for a
    /// transport that reads no further messages, and waits for the calls that are running (2026-07-28, Subscriptions,
    /// Graceful Closure).
    ///
    /// ```
    /// use minimcp::{Connection, MiniMcp};
    ///
    /// let server: MiniMcp = MiniMcp::new("empty");
    /// let connection = Connection::new(server);
    /// // … when the input has ended:
    /// connection.end_subscriptions();
    /// ```
    pub fn end_subscriptions(&self) {
        self.state.ending.end();
    }

    /// Refuses calls of handlers from now on, with -32603, and ends all `subscriptions/listen` with their result, for a
    /// transport that is about to stop: messages are still read and answered, and the calls go on that are running.
    ///
    /// ```
    /// use minimcp::{handlers, tool, Connection, MiniMcp, Outbox};
    ///
    /// /// Add two numbers
    /// #[tool]
    /// async fn add(a: f64, b: f64) -> f64 { a + b }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
    /// let connection = Connection::new(server);
    /// connection.close();
    /// let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2}}}"#;
    /// let reply = connection.handle(call, Outbox::none(), ()).await;
    /// assert!(reply.as_str().unwrap().contains("the server is about to stop"));
    /// # }
    /// ```
    pub fn close(&self) {
        self.state.closed.store(true, Ordering::Release);
        self.end_subscriptions();
    }

    /// The client sends nothing any more: whoever waits for its answers learns that there will be none.
    #[cfg(feature = "stdio")]
    pub(crate) fn hang_up(&self) {
        #[cfg(feature = "ask")]
        self.state.questions().hang_up();
    }

    /// Whether further messages are read while this many calls are under way, of as many as may be. Those that wait for an
    /// answer of the client do not count: it is among the messages.
    #[cfg(any(feature = "stdio", feature = "sse"))]
    pub(crate) fn has_room(&self, calls: usize, most: usize) -> bool {
        if calls < most {
            return true;
        }
        #[cfg(feature = "ask")]
        return self.state.questions().are_open(calls - most + 1);
        #[cfg(not(feature = "ask"))]
        false
    }

    /// Ready when so many of these calls wait for the client that there is room.
    #[cfg(feature = "stdio")]
    pub(crate) async fn room(
        &self,
        #[cfg_attr(not(feature = "ask"), allow(unused_variables, reason = "no call asks"))]
        (calls, most): (usize, usize),
    ) {
        #[cfg(feature = "ask")]
        return self.state.questions().opened((calls + 1).saturating_sub(most)).await;
        #[cfg(not(feature = "ask"))]
        pending::<()>().await;
    }

    /// Answers a message, [in steps](Self::handle_in_steps) or not.
    pub(crate) async fn answer(
        &self,
        message: Bytes,
        outbox: Outbox,
        scope: S,
        in_steps: bool,
    ) -> Reply {
        let exchange = Exchange::of(&self.state, &message, in_steps);
        // Pinned where it is made: awaited as it is, it would be moved, and it is long.
        pin!(self.server.dispatch(&message, &exchange, outbox, scope)).await
    }
}

/// Tells a client of changes outside of its requests.
struct Telling(Arc<State>);

impl Telling {
    fn of(state: &Arc<State>) -> Self {
        state.tellers.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(state))
    }

    /// Ends when nobody listens any more.
    async fn tell(&self, mut lists: Watch, outbox: &Outbox) {
        let mut open = true;
        while open {
            let change = self.0.followed.next(&mut lists).await;
            open = outbox.send(change.notification(None)).await.is_ok();
        }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.tellers.fetch_sub(1, Ordering::Relaxed);
    }
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
