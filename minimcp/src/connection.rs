//! A full-duplex connection: one client, many messages, in both eras.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::Notify;

#[cfg(feature = "ask")]
use crate::ask::Questions;
use crate::boxed::BoxFuture;
use crate::bus::Bus;
use crate::call::{LogLevel, Part};
use crate::changes::{Ending, Filter, Followed, Watch};
use crate::error::Error;
use crate::outbox::Outbox;
#[cfg(feature = "ask")]
use crate::protocol::envelope::Response;
use crate::protocol::envelope::{Notification, Request};
use crate::protocol::params::Params;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;
use crate::server::{MiniMcp, Peer, Transport};
use crate::settled::Settled;

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
    /// a call is noted as running and goes on at the second poll, unless its handler answered the last call at once (in less
    /// than 200 µs). In a batch that holds for each of its messages.
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

    async fn answer(&self, message: Bytes, outbox: Outbox, scope: S, in_steps: bool) -> Reply {
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

/// One message on its way.
struct Exchange<'s> {
    state: &'s State,
    message: &'s Bytes,
    /// The id under which the call is noted as running, and what cancels it.
    noted: OnceLock<(Bytes, Arc<Notify>)>,
    in_steps: bool,
    in_batch: bool,
}

impl<'s> Exchange<'s> {
    fn of(state: &'s State, message: &'s Bytes, in_steps: bool) -> Self {
        Self { state, message, noted: OnceLock::new(), in_steps, in_batch: false }
    }

    /// Notes the call as running, and gives what cancels it.
    ///
    /// Of two requests with one id whose first polls are at the same time the later one cannot be cancelled.
    fn note(&self, id: &str) -> Option<&Notify> {
        if self.noted.get().is_none() {
            let id = Part::of(self.message, id).share(self.message);
            if let Entry::Vacant(place) = lock(&self.state.running).entry(id.clone()) {
                let cancelled = Arc::clone(place.insert(Arc::default()));
                self.state.noted.fetch_add(1, Ordering::Release);
                let _ = self.noted.set((id, cancelled));
            }
        }
        self.noted.get().map(|(_, cancelled)| &**cancelled)
    }

    fn cancel(&self, params: &Params<'_>) {
        if let Some(id) = params.seldom().request_id.0
            && let Some(call) = lock(&self.state.running).get(id.as_bytes())
        {
            call.notify_one();
        }
    }
}

impl Transport for Exchange<'_> {
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        self.state.peer.read(|peer| peer.as_ref().map(|peer| peer.revision))
    }

    fn accept(&self, request: &Request<'_>) -> Result<(), Error> {
        if self.state.noted.load(Ordering::Acquire) > 0
            && lock(&self.state.running).contains_key(request.id.as_bytes())
        {
            return Err(Error::invalid_request("a call with this id is still running"));
        }
        // What is answered at its first poll is never noted, but in a batch, where no id may come twice.
        if self.in_batch {
            self.note(request.id);
        }
        Ok(())
    }

    fn legacy_peer(&self, _: &Request<'_>) -> Result<Cow<'_, Peer>, Error> {
        if let Some(Some(peer)) = self.state.peer.get() {
            return Ok(Cow::Borrowed(peer));
        }
        let peer = self.state.peer.read(Clone::clone);
        Ok(Cow::Owned(peer.unwrap_or_else(|| self.state.newcomer())))
    }

    fn negotiated(&self, peer: Peer) -> Result<(), Error> {
        self.state.followed.reset();
        #[cfg(feature = "ask")]
        let peer = Peer { questions: Some(Arc::clone(self.state.questions())), ..peer };
        self.state.peer.write(|known| *known = Some(peer));
        self.state.peer.settle();
        Ok(())
    }

    fn notifies(&self) -> bool {
        self.state.tellers.load(Ordering::Relaxed) > 0
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.state.ending.ended())
    }

    fn is_closed(&self) -> bool {
        self.state.closed.load(Ordering::Acquire)
    }

    fn subscribe<'a>(
        &'a self,
        uri: &'a str,
        news: &'a Arc<dyn Bus>,
        limit: usize,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.state.followed.add(uri, news, limit).await.map(drop) })
    }

    fn unsubscribe<'a>(&'a self, uri: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.state.followed.remove(uri);
        Box::pin(ready(Ok(())))
    }

    fn remembers_log_level(&self) -> bool {
        true
    }

    fn set_log_level(&self, level: LogLevel) {
        let newcomer = || self.state.newcomer();
        self.state.peer.write(|peer| peer.get_or_insert_with(newcomer).log_level = Some(level));
    }

    fn notified(&self, notification: &Notification<'_>, params: &Params<'_>) {
        match notification.method.as_ref() {
            "notifications/cancelled" => self.cancel(params),
            "notifications/initialized" => {
                let told_of = self
                    .state
                    .peer
                    .read(|peer| Some(peer.as_ref()?.introduction.as_ref()?.told_of.clone()));
                self.state.followed.begin(told_of.unwrap_or_default());
            }
            _ => (),
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

    fn cancelled(&self, id: &str) -> Option<&Notify> {
        self.note(id)
    }

    fn takes_batches(&self) -> bool {
        self.believed_revision().is_some_and(ProtocolVersion::has_batches)
    }

    fn element(&self) -> Option<Box<dyn Transport + '_>> {
        let mut element = Self::of(self.state, self.message, self.in_steps);
        element.in_batch = true;
        Some(Box::new(element))
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if let Some((id, _)) = self.noted.get() {
            let mut running = lock(&self.state.running);
            running.remove(id);
            self.state.noted.fetch_sub(1, Ordering::Release);
        }
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
