//! Reading and changing tasks, whichever process runs them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::state::State;
use super::{TaskRecord, TaskStore, Tasks};
use crate::bus::{Bus, publish_soon};
use crate::error::Error;

/// Where tasks are looked up.
pub(super) struct Desk {
    store: Arc<dyn TaskStore>,
    running: Arc<Semaphore>,
    pub(super) ttl: Duration,
    poll_interval: Duration,
}

/// How often a change is tried that others are faster with.
const ATTEMPTS: usize = 64;

impl Desk {
    pub(super) fn new(tasks: &Tasks) -> Self {
        Self {
            store: Arc::clone(&tasks.store),
            running: Arc::new(Semaphore::new(tasks.running.min(Semaphore::MAX_PERMITS))),
            ttl: tasks.ttl,
            poll_interval: tasks.poll_interval,
        }
    }

    /// A place for one more task that runs.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.running)
            .try_acquire_owned()
            .map_err(|_| Error::overloaded("the server's place for tasks"))
    }

    /// Keeps a new task.
    pub(super) async fn open(&self, id: &str, principal: String) -> Result<State, Error> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let state = State::begun(millis(self.ttl), millis(self.poll_interval));
        let record = TaskRecord {
            id: id.to_owned(),
            principal,
            version: 1,
            expires_at: state.expires_at(),
            content: content(&state)?,
        };
        match self.store.put(record, None).await? {
            true => Ok(state),
            false => Err(Error::internal("the store of tasks has one of this id already")),
        }
    }

    pub(super) async fn find(&self, id: &str) -> Result<Option<TaskRecord>, Error> {
        self.store.get(id).await
    }

    /// The task of this id, if it is this principal's.
    ///
    /// # Errors
    ///
    /// -32602 in any other case, without telling one from another.
    pub(super) async fn find_of(&self, id: &str, principal: &str) -> Result<TaskRecord, Error> {
        let found = self.find(id).await?.filter(|record| record.principal == principal);
        found.ok_or_else(|| Error::invalid_params("there is no such task, or it has expired"))
    }

    /// Changes a task and tells everybody; `change` gives whether there is anything to change. Nothing changes once the
    /// task is done.
    pub(super) async fn change(
        &self,
        mut record: TaskRecord,
        bus: &Arc<dyn Bus>,
        mut change: impl FnMut(&mut State) -> bool,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let mut state = State::read(&record)?;
            if state.status.is_final() || !change(&mut state) {
                return Ok(());
            }
            state.touch();
            let over = Some(record.version);
            record.version = record.version.wrapping_add(1);
            record.content = content(&state)?;
            let id = record.id.clone();
            if self.store.put(record, over).await? {
                publish_soon(bus, topic(&id), Bytes::new());
                return Ok(());
            }
            match self.find(&id).await? {
                Some(newer) => record = newer,
                None => return Ok(()),
            }
        }
        Err(Error::internal("a task changes too fast"))
    }
}

/// Where it is told that a task changed.
pub(super) fn topic(id: &str) -> String {
    format!("task/{id}")
}

fn content(state: &State) -> Result<String, Error> {
    serde_json::to_string(state).map_err(Error::internal)
}
