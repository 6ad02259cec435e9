//! The methods by which clients subscribe to changes.

use std::time::Duration;

use super::{Incoming, MiniMcp};
use crate::changes::{Filter, Subscriptions, Watch, tag};
use crate::error::{Error, Kind};
use crate::extension::{TASKS, declared};
use crate::outbox::{Closed, Outbox};
use crate::protocol::json::value_of;
use crate::protocol::params::required_string;
use crate::protocol::reply::Reply;

/// Subscriptions, and the limits that the server keeps for them.
impl<S> MiniMcp<S> {
    /// How many `subscriptions/listen` of all clients together may be open at once; 1000 unless it is said. A further one
    /// is refused with -32603. Open ones take no place under [`concurrency`](Self::concurrency), and no idle timeout ends
    /// them (2026-07-28, Subscriptions).
    #[must_use]
    pub fn subscription_limit(mut self, subscriptions: usize) -> Self {
        let options = self.options_mut();
        let lifetime = options.subscriptions.lifetime;
        options.subscriptions = Subscriptions::up_to(subscriptions, lifetime).into();
        options.subscription_limit = subscriptions;
        self
    }

    /// How long a `subscriptions/listen` may be open, and a stream that was opened with GET in a session; 24 hours unless it
    /// is said, `None` for as long as its client likes. Then it ends with its result, or the stream ends, and the client opens
    /// another (2026-07-28, Subscriptions, Graceful Closure).
    #[must_use]
    pub fn subscription_lifetime(mut self, lifetime: impl Into<Option<Duration>>) -> Self {
        let options = self.options_mut();
        let limit = options.subscription_limit;
        options.subscriptions = Subscriptions::up_to(limit, lifetime.into()).into();
        self
    }

    /// How many resources one client may follow: in one `subscriptions/listen` (2026-07-28, Subscriptions), or by
    /// `resources/subscribe` at one time on one connection (2024-11-05 to 2025-11-25, Resources, Subscriptions). 1000 unless
    /// it is said. A `subscriptions/listen` that names more is refused with -32602, a further `resources/subscribe` with
    /// -32603.
    #[must_use]
    pub fn followed_resources(mut self, resources: usize) -> Self {
        self.options_mut().followed_resources = resources;
        self
    }

    /// Ends all open `subscriptions/listen` with their result, and from now on new ones at once: for a program that is
    /// about to stop (2026-07-28, Subscriptions, Graceful Closure).
    ///
    /// [`stdio`](crate::stdio) ends the subscriptions of its own connection by itself, and [`http::Server`] those of its own
    /// endpoint. An application that has an HTTP server of its own calls this when it is told to stop, since such a
    /// server waits for open responses:
    ///
    /// ```no_run
    /// # #[cfg(feature = "http")]
    /// # async fn stop() {}
    /// # #[cfg(feature = "http")]
    /// # #[tokio::main] async fn main() -> std::io::Result<()> {
    /// use axum::Router;
    /// use minimcp::{http, MiniMcp};
    ///
    /// let server: MiniMcp = MiniMcp::new("weather");
    /// let app = Router::<()>::new().route("/mcp", http::streamable(server.clone()));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, app)
    ///     .with_graceful_shutdown(async move {
    ///         stop().await;
    ///         server.end_subscriptions();
    ///     })
    ///     .await
    /// # }
    /// # #[cfg(not(feature = "http"))] fn main() {}
    /// ```
    #[cfg_attr(feature = "http", doc = "\n[`http::Server`]: crate::http::Server")]
    #[cfg_attr(not(feature = "http"), doc = "\n[`http::Server`]: crate")]
    pub fn end_subscriptions(&self) {
        self.options().subscriptions.ending.end();
    }
}

/// Answering requests.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Tells of changes until the client wants no more, or the server ends it.
    pub(super) async fn answer_listen(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let filter = self.listened(incoming, scope)?;
        if !outbox.is_open() {
            return Err(Error::of(
                Kind::NotAcceptable,
                "a subscription is a stream of messages, and this request takes one answer alone",
            ));
        }
        let _place = self.options().subscriptions.enter()?;
        let id = incoming.request.id;
        #[cfg(feature = "tasks")]
        let extras = {
            let notifications = incoming.params.seldom().notifications.0.unwrap_or("{}");
            self.listen_to_extensions(incoming, notifications, scope).await?
        };
        #[cfg(feature = "tasks")]
        let acknowledgement = filter.acknowledgement(id, |filter| extras.encode(filter));
        #[cfg(not(feature = "tasks"))]
        let acknowledgement = filter.acknowledgement(id, |_| ());
        #[cfg(feature = "tasks")]
        let told_of_extensions = extras.tell(&outbox, id);
        #[cfg(not(feature = "tasks"))]
        let told_of_extensions = std::future::pending::<Closed>();
        let mut watch = Watch::new(self.news(), filter).await?;
        let told = async {
            while let Some(change) = watch.next().await {
                outbox.send(change.notification(Some(id))).await?;
            }
            Ok::<_, Closed>(())
        };
        let heard = match outbox.send(acknowledgement).await {
            Ok(()) => tokio::select! {
                biased;
                told = told => told,
                closed = told_of_extensions => Err(closed),
                () = self.options().subscriptions.ending.ended() => Ok(()),
                () = incoming.transport.ended() => Ok(()),
                () = self.options().subscriptions.expired() => Ok(()),
            },
            Err(closed) => Err(closed),
        };
        Ok(match heard {
            Ok(()) => self.end_of_listening(id),
            Err(Closed) => Reply::nothing(),
        })
    }

    /// What of the asked changes the server tells.
    fn listened(&self, incoming: &Incoming<'_>, scope: &S) -> Result<Filter, Error> {
        let asked = Filter::parse(incoming.params.seldom().notifications)?;
        if asked.tasks && declared(value_of(incoming.capabilities()), TASKS).is_none() {
            return Err(Error::missing_extension(TASKS));
        }
        let limit = self.options().followed_resources;
        if asked.filter.uris.len() > limit {
            return Err(Error::invalid_params(format!(
                "`params.notifications.resourceSubscriptions` has at most {limit} URIs here"
            )));
        }
        let Filter { tools, prompts, resources, mut uris } = asked.filter;
        let registry = self.registry();
        uris.retain(|uri| self.resource_for(&self.candidates(uri), uri, scope).is_ok());
        Ok(Filter {
            tools: tools && !registry.tools.is_empty(),
            prompts: prompts && !registry.prompts.is_empty(),
            resources: resources && !registry.resources.is_empty(),
            uris,
        })
    }

    fn end_of_listening(&self, id: &str) -> Reply {
        Reply::result(id, 256, |result| {
            result.raw("resultType", br#""complete""#);
            result.object("_meta", |meta| {
                meta.splice(self.options().meta_member());
                tag(meta, id);
            });
        })
    }

    pub(super) async fn answer_subscribe(
        &self,
        incoming: &Incoming<'_>,
        scope: &S,
    ) -> Result<Reply, Error> {
        let uri = required_string(incoming.params.uri, "uri")?;
        self.resource_for(&self.candidates(&uri), &uri, scope)?;
        incoming.transport.subscribe(&uri, self.news(), self.options().followed_resources).await?;
        Ok(Reply::result(incoming.request.id, 0, |_| ()))
    }

    pub(super) async fn answer_unsubscribe(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        // A resource that is not there any more can still have been subscribed to.
        let uri = required_string(incoming.params.uri, "uri")?;
        incoming.transport.unsubscribe(&uri).await?;
        Ok(Reply::result(incoming.request.id, 0, |_| ()))
    }
}
