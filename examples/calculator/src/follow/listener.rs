//! One who listens.

use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{ClientId, Feeds};

/// One who listens to the steps of a client id. Dropping it takes it out of the table.
#[derive(Debug)]
pub(crate) struct Listener {
    feeds: Feeds,
    id: ClientId,
    /// There until the listener is dropped.
    steps: Option<Receiver<Arc<str>>>,
}

/// What a listener hears.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A step, as JSON.
    Step(Arc<str>),
    /// Nothing of so many steps, which were dropped because the listener was too slow.
    Missed(u64),
}

impl Listener {
    pub(super) fn new(feeds: Feeds, id: ClientId, steps: Receiver<Arc<str>>) -> Self {
        Self { feeds, id, steps: Some(steps) }
    }

    /// What comes next; `None` when the table was closed.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        match self.steps.as_mut()?.recv().await {
            Ok(step) => Some(Heard::Step(step)),
            Err(RecvError::Lagged(missed)) => Some(Heard::Missed(missed)),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(steps) = self.steps.take() {
            self.feeds.leave(&self.id, steps);
        }
    }
}
