//! Changes that clients want to hear of: lists that have other entries, resources that have new contents.

mod change;
mod filter;
mod followed;
mod subscriptions;
mod watch;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::bus::{Bus, publish_soon};
pub(crate) use change::{Change, tag};
pub(crate) use filter::Filter;
pub(crate) use followed::Followed;
#[cfg(feature = "sessions")]
pub(crate) use subscriptions::too_many;
pub(crate) use subscriptions::{Ending, Subscriptions};
pub(crate) use watch::Watch;

/// Tells the clients that subscribed to it what has changed.
///
/// A parameter of this type is filled in, not asked for. Outside of a call, [`MiniMcp::changes`](crate::MiniMcp::changes)
/// gives one. Adding and removing handlers at run time tells it by itself.
///
/// ```
/// use minimcp::{handlers, resource, tool, Changes, MiniMcp};
///
/// /// The score of a match
/// #[resource("scores://{id}")]
/// async fn score(id: u64) -> String { format!("match {id}: 1 to 0") }
///
/// /// Count a goal
/// #[tool]
/// async fn goal(id: u64, changes: Changes) {
///     // … and write it down; then:
///     changes.resource(format!("scores://{id}"));
/// }
///
/// let server: MiniMcp = MiniMcp::new("scores").handlers(handlers![score, goal]);
/// server.changes().resources();
/// ```
///
/// Tell of a change when it can be seen: a client that hears of it asks at once. Whoever listens slowly hears of several
/// changes of one thing once. What is told goes over the server's [`bus`](crate::MiniMcp::bus), so it reaches the clients of
/// all processes that share one. Nothing waits for it; what the bus cannot carry is written to the log.
///
/// Clients of 2026-07-28 hear what they asked for with `subscriptions/listen` (Subscriptions); older ones on a
/// [`Connection`](crate::Connection) hear of lists, and of the resources that they named in `resources/subscribe`
/// (2024-11-05 to 2025-11-25, Resources, Subscriptions).
#[derive(Clone, Default)]
pub struct Changes {
    /// `None` for a call that belongs to no server.
    bus: Option<Arc<dyn Bus>>,
}

impl Changes {
    pub(crate) fn over(bus: &Arc<dyn Bus>) -> Self {
        Self { bus: Some(Arc::clone(bus)) }
    }

    /// The list of tools is another one, or a tool in it is described otherwise.
    pub fn tools(&self) {
        self.tell(&Change::Tools);
    }

    /// The list of prompts is another one, or a prompt in it is described otherwise.
    pub fn prompts(&self) {
        self.tell(&Change::Prompts);
    }

    /// The list of resources or that of templates is another one, or an entry of them is described otherwise.
    pub fn resources(&self) {
        self.tell(&Change::Resources);
    }

    /// The resource with this URI has new contents.
    ///
    /// Only those hear of it who subscribed to this URI, character by character.
    pub fn resource(&self, uri: impl Into<String>) {
        self.tell(&Change::Resource(uri.into()));
    }

    fn tell(&self, change: &Change) {
        if let Some(bus) = &self.bus {
            publish_soon(bus, change.topic(), Bytes::new());
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Changes").field("heard", &self.bus.is_some()).finish()
    }
}
