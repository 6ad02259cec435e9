//! The table of those who listen.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::broadcast;

use super::{ClientId, Listener};

/// How much following may cost.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Steps that wait for a slow listener; of more, the oldest are dropped, and the listener is told how many.
    pub waiting: usize,
    /// Listeners of one id.
    pub listeners_of_one: usize,
    /// Listeners altogether. An id is in the table only while somebody listens, so this bounds the ids as well.
    pub listeners: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { waiting: 64, listeners_of_one: 8, listeners: 1000 }
    }
}

/// Who listens to the steps of which client id. It holds nothing of those that nobody listens to.
#[derive(Clone)]
pub struct Feeds {
    shared: Arc<Shared>,
}

struct Shared {
    bounds: Bounds,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    feeds: HashMap<ClientId, broadcast::Sender<Arc<str>>>,
    listeners: usize,
    closed: bool,
}

/// A step of a call, as listeners get it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Step<'a> {
    pub(crate) tool: &'a str,
    pub(crate) step: u32,
    pub(crate) of: u32,
    pub(crate) message: &'a str,
}

/// Why nobody more can listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    TooMany,
    TooManyOfOne,
    Closed,
}

impl Feeds {
    /// A table in which nobody listens yet.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { shared: Arc::new(Shared { bounds, table: Mutex::default() }) }
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.table().listeners
    }

    /// How many ids are listened to.
    #[must_use]
    pub fn ids(&self) -> usize {
        self.table().feeds.len()
    }

    /// Ends all streams and takes no more, so that a server that stops does not wait for those who listen on and on.
    pub fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.feeds.clear();
    }

    /// Begins to listen, until the listener is dropped.
    pub(crate) fn listen(&self, id: ClientId) -> Result<Listener, Refused> {
        let mut table = self.table();
        let bounds = &self.shared.bounds;
        if table.closed {
            return Err(Refused::Closed);
        }
        if table.listeners >= bounds.listeners {
            return Err(Refused::TooMany);
        }
        let steps = match table.feeds.entry(id.clone()) {
            Entry::Occupied(feed) if feed.get().receiver_count() >= bounds.listeners_of_one => {
                return Err(Refused::TooManyOfOne);
            }
            Entry::Occupied(feed) => feed.get().subscribe(),
            Entry::Vacant(place) => {
                let (feed, steps) = broadcast::channel(bounds.waiting.max(1));
                place.insert(feed);
                steps
            }
        };
        table.listeners += 1;
        Ok(Listener::new(self.clone(), id, steps))
    }

    /// Tells a step to those who listen to this id, if anybody does. It never waits for them.
    pub(crate) fn publish(&self, id: &ClientId, step: Step<'_>) {
        let Some(feed) = self.table().feeds.get(id).cloned() else { return };
        let Ok(text) = serde_json::to_string(&step) else { return };
        // The last listener may have left meanwhile.
        let _ = feed.send(text.into());
    }

    /// Forgets a listener, and its id if it was the last.
    pub(super) fn leave(&self, id: &ClientId, steps: broadcast::Receiver<Arc<str>>) {
        let mut table = self.table();
        drop(steps);
        table.listeners -= 1;
        if table.feeds.get(id).is_some_and(|feed| feed.receiver_count() == 0) {
            table.feeds.remove(id);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing under the lock can panic half way, so what another thread left is whole.
        self.shared.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Feeds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table();
        formatter
            .debug_struct("Feeds")
            .field("ids", &table.feeds.len())
            .field("listeners", &table.listeners)
            .field("closed", &table.closed)
            .finish()
    }
}
