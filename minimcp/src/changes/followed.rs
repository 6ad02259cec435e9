//! What one client of a revision with a handshake hears of, outside of its requests.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::subscriptions::too_many;
use super::{Change, Filter, Watch};
use crate::bus::Bus;
use crate::error::Error;

/// The changes that one legacy client hears of, for as long as it is connected.
#[derive(Debug, Default)]
pub(crate) struct Followed(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The lists that it hears of, from the time that it said to be ready.
    lists: Filter,
    /// The resources that it named. Each is heard of from the time that the client was told so, whoever polls when.
    resources: HashMap<String, Watch>,
    teller: Option<Waker>,
}

impl Followed {
    /// The client introduces itself, perhaps anew: whatever it wanted before is forgotten.
    pub(crate) fn reset(&self) {
        let mut state = self.lock();
        state.lists = Filter::default();
        state.resources.clear();
    }

    /// The client is ready to hear of these lists.
    pub(crate) fn begin(&self, lists: Filter) {
        let mut state = self.lock();
        state.lists = lists;
        state.wake();
    }

    /// Adds a resource. Whether it is a new one.
    ///
    /// # Errors
    ///
    /// -32603 when there are `limit` already; when the bus lets nobody listen.
    pub(crate) async fn add(
        &self,
        uri: &str,
        bus: &Arc<dyn Bus>,
        limit: usize,
    ) -> Result<bool, Error> {
        if !self.lock().has_room_for(uri, limit)? {
            return Ok(false);
        }
        let filter = Filter { uris: vec![uri.to_owned()], ..Filter::default() };
        let watch = Watch::new(bus, filter).await?;
        let mut state = self.lock();
        let new = state.has_room_for(uri, limit)?;
        if new {
            state.resources.insert(uri.to_owned(), watch);
            state.wake();
        }
        Ok(new)
    }

    /// Removes all resources but these.
    #[cfg(feature = "sessions")]
    pub(crate) fn keep_only(&self, uris: &[String]) {
        self.lock().resources.retain(|uri, _| uris.contains(uri));
    }

    pub(crate) fn remove(&self, uri: &str) {
        self.lock().resources.remove(uri);
    }

    /// The next change that the client hears of; `lists` watches all of them.
    pub(crate) async fn next(&self, lists: &mut Watch) -> Change {
        poll_fn(|context| self.lock().poll_next(lists, context)).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a resource is a new one; an error if there are too many of them.
    fn has_room_for(&self, uri: &str, limit: usize) -> Result<bool, Error> {
        match self.resources.contains_key(uri) {
            true => Ok(false),
            false if self.resources.len() >= limit => Err(too_many("subscriptions to resources")),
            false => Ok(true),
        }
    }

    fn poll_next(&mut self, lists: &mut Watch, context: &mut Context<'_>) -> Poll<Change> {
        // A change before the client is ready waits in the watch, where equal ones are one.
        while self.lists != Filter::default()
            && let Poll::Ready(Some(change)) = lists.poll_next(context)
        {
            if self.lists.wants(&change) {
                return Poll::Ready(change);
            }
        }
        for watch in self.resources.values_mut() {
            if let Poll::Ready(Some(change)) = watch.poll_next(context) {
                return Poll::Ready(change);
            }
        }
        self.teller = Some(context.waker().clone());
        Poll::Pending
    }

    fn wake(&mut self) {
        if let Some(teller) = self.teller.take() {
            teller.wake();
        }
    }
}
