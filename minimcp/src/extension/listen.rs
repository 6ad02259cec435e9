//! What extensions add to `subscriptions/listen`: members of its filter, and notifications of their own.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use serde_json::Value;

use super::{Extension, Members, declared};
use crate::boxed::BoxFuture;
use crate::changes::tag;
use crate::error::Error;
use crate::outbox::{Closed, Outbox};
use crate::protocol::json::{Object, object, value_of};
use crate::server::{Incoming, MiniMcp};

/// A member of the filter, and what becomes of its value.
pub(super) struct Listening<S> {
    pub(super) member: &'static str,
    pub(super) run: Box<ListenRun<S>>,
}

pub(crate) type ListenRun<S> = dyn for<'c> Fn(&'c MiniMcp<S>, &'c S, Value) -> BoxFuture<'c, Result<Heard, Error>>
    + Send
    + Sync;

/// What of it the client will hear.
pub(crate) struct Heard {
    /// The part of the value that is honoured; `None` for nothing.
    pub(crate) honoured: Option<Value>,
    /// Tells until it is dropped.
    pub(crate) telling: Box<dyn FnOnce(Teller) -> BoxFuture<'static, Result<(), Closed>> + Send>,
}

/// The way to the client of a subscription.
pub(crate) struct Teller {
    outbox: Outbox,
    subscription_id: String,
}

impl Teller {
    pub(crate) async fn tell(&self, method: &'static str, params: &Members) -> Result<(), Closed> {
        let notification = object(|message| {
            message.raw("jsonrpc", br#""2.0""#).member("method", method);
            message.object("params", |object| {
                for (name, value) in params {
                    object.named(name, value);
                }
                object.object("_meta", |meta| tag(meta, &self.subscription_id));
            });
        });
        self.outbox.send(Bytes::from(notification)).await
    }
}

/// What a client hears of extensions in one subscription.
#[derive(Default)]
pub(crate) struct Extras(Vec<(&'static str, Heard)>);

impl Extras {
    /// Writes the members of the filter that are honoured.
    pub(crate) fn encode(&self, filter: &mut Object<'_>) {
        for (member, heard) in &self.0 {
            filter.optional(member, heard.honoured.as_ref());
        }
    }

    /// Tells until nobody listens any more, or this is dropped.
    pub(crate) async fn tell(self, outbox: &Outbox, subscription_id: &str) -> Closed {
        let tellings = self.0.into_iter().map(|(_, heard)| {
            let subscription_id = subscription_id.to_owned();
            (heard.telling)(Teller { outbox: outbox.clone(), subscription_id })
        });
        let mut tellings: Vec<_> = tellings.collect();
        poll_fn(|context| {
            let mut closed = false;
            tellings.retain_mut(|telling| match telling.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(told) => {
                    closed |= told.is_err();
                    false
                }
            });
            if closed { Poll::Ready(Closed) } else { Poll::Pending }
        })
        .await
    }
}

impl<S> Extension<S> {
    /// Answers a member of the filter of `subscriptions/listen`.
    pub(crate) fn listen(mut self, member: &'static str, run: Box<ListenRun<S>>) -> Self {
        self.listening = Some(Listening { member, run });
        self
    }
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// What of a filter extensions have to say something to.
    ///
    /// # Errors
    ///
    /// -32021 when the client did not declare the extension that it asks, or the extension's own.
    pub(crate) async fn listen_to_extensions(
        &self,
        incoming: &Incoming<'_>,
        notifications: &str,
        scope: &S,
    ) -> Result<Extras, Error> {
        let mut extras = Extras::default();
        for extension in self.offered().listening(incoming.revision()) {
            let Some(Listening { member, run }) = &extension.listening else { continue };
            let mut filter: Value = serde_json::from_str(notifications).unwrap_or_default();
            let Some(asked) = filter.get_mut(member).map(Value::take) else { continue };
            if declared(value_of(incoming.capabilities()), &extension.id).is_none() {
                return Err(Error::missing_extension(&extension.id));
            }
            extras.0.push((member, run(self, scope, asked).await?));
        }
        Ok(extras)
    }
}
