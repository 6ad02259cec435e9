//! What is said on one stream: messages in, calls side by side, answers out.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::streams::{Messages, Stream};
use crate::changes::Ending;
use crate::connection::Connection;
use crate::outbox::{Inbox, Outbox};
use crate::protocol::reply::Reply;
use crate::server::MiniMcp;
use crate::transport::http::event;
use crate::transport::http::session::Source;

/// One client on its stream. Dropping it cancels all its calls.
pub(super) struct Conversation<S> {
    server: MiniMcp<S>,
    connection: Connection<S>,
    /// Told of changes for as long as this is polled.
    telling: Pin<Box<dyn Future<Output = Infallible> + Send>>,
    messages: Messages<S>,
    calls: JoinSet<()>,
    outbox: Outbox,
    inbox: Inbox,
    terms: Terms,
    /// What is to be said before anything else: where to send messages.
    first: Option<Bytes>,
    ending: bool,
    _stream: Stream<S>,
}

pub(super) struct Terms {
    pub(super) keep_alive: Option<Duration>,
    pub(super) outbox_capacity: usize,
    pub(super) in_flight: usize,
    /// Told when the endpoint is about to stop.
    pub(super) ending: Arc<Ending>,
}

impl<S: Send + Sync + 'static> Conversation<S> {
    pub(super) fn new(
        server: MiniMcp<S>,
        stream: Stream<S>,
        messages: Messages<S>,
        address: &str,
        terms: Terms,
    ) -> Self {
        let connection = Connection::new(server.clone());
        let (outbox, inbox) = Outbox::channel(terms.outbox_capacity);
        let mut first = Vec::new();
        event::write_named(&mut first, "endpoint", address.as_bytes());
        Self {
            telling: Box::pin(connection.notify(outbox.clone())),
            server,
            connection,
            messages,
            calls: JoinSet::new(),
            outbox,
            inbox,
            terms,
            first: Some(first.into()),
            ending: false,
            _stream: stream,
        }
    }

    /// Reads a message in its turn; a call goes on in a task of its own. What there is to say at once.
    async fn start(&mut self, message: Bytes, scope: S) -> Vec<u8> {
        let (connection, outbox) = (self.connection.clone(), self.outbox.clone());
        let mut call =
            Box::pin(async move { connection.handle_in_steps(message, outbox, scope).await });
        let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        let mut out = Vec::new();
        match first {
            Poll::Ready(reply) => {
                while let Some(message) = self.inbox.try_recv() {
                    event::write(&mut out, &message);
                }
                if let Some(answer) = reply.into_bytes() {
                    event::write(&mut out, &answer);
                }
            }
            Poll::Pending => {
                let outbox = self.outbox.clone();
                self.calls.spawn(async move { send(&outbox, call.await).await });
            }
        }
        out
    }

    /// Reads no further messages; the calls that are running are answered.
    fn stop(&mut self) {
        self.ending = true;
        self.messages.close();
        self.connection.end_subscriptions();
    }
}

impl<S: Send + Sync + 'static> Source for Conversation<S> {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            if self.ending && self.calls.is_empty() {
                return self.rest();
            }
            let mut out = Vec::new();
            let silence = self.terms.keep_alive;
            tokio::select! {
                biased;
                Some(message) = self.inbox.recv() => event::write(&mut out, &message),
                Some(_) = self.calls.join_next() => (),
                () = stopped(&self.terms.ending, &self.server), if !self.ending => self.stop(),
                Some((message, scope)) = self.messages.recv(),
                    if !self.ending && self.connection.has_room(self.calls.len(), self.terms.in_flight) =>
                {
                    out = self.start(message, scope).await;
                }
                never = &mut self.telling => match never {},
                () = silent(silence) => out.extend_from_slice(event::KEEP_ALIVE),
            }
            if !out.is_empty() {
                return Some(out.into());
            }
        }
    }
}

impl<S> Conversation<S> {
    /// What was said last and is not sent yet.
    fn rest(&mut self) -> Option<Bytes> {
        let message = self.inbox.try_recv()?;
        let mut out = Vec::new();
        event::write(&mut out, &message);
        Some(out.into())
    }
}

async fn stopped<S>(endpoint: &Ending, server: &MiniMcp<S>) {
    tokio::select! {
        () = endpoint.ended() => (),
        () = server.options().subscriptions.ending.ended() => (),
    }
}

async fn silent(longest: Option<Duration>) {
    match longest {
        Some(longest) => sleep(longest).await,
        None => pending().await,
    }
}

async fn send(outbox: &Outbox, reply: Reply) {
    if let Some(bytes) = reply.into_bytes() {
        // When nobody listens, the client is gone, and with it everything else.
        let _ = outbox.send(bytes).await;
    }
}
