//! Tasks in the memory of one process.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::state::now;
use super::{TaskRecord, TaskStore};
use crate::boxed::BoxFuture;
use crate::error::Error;

/// A [`TaskStore`] in the memory of one process; what expired is forgotten when a task is next looked for or begun.
#[derive(Debug)]
pub struct MemoryTasks {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_id: HashMap<String, (Instant, TaskRecord)>,
    by_end: BTreeSet<(Instant, String)>,
}

impl MemoryTasks {
    /// At most this many tasks, running or done; 10 000 unless it is said. A call that would begin one more is refused until
    /// one expires.
    #[must_use]
    pub fn with_capacity(tasks: usize) -> Self {
        Self { capacity: tasks, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forget_until(Instant::now());
        kept
    }

    fn replace(&self, record: TaskRecord, over: Option<u64>) -> Result<bool, Error> {
        let mut kept = self.kept();
        let end = match kept.by_id.get(&record.id) {
            Some((_, before)) if Some(before.version) != over => return Ok(false),
            Some((end, _)) => *end,
            None if over.is_some() => return Ok(false),
            None if kept.by_id.len() >= self.capacity => {
                return Err(Error::overloaded("the store of tasks"));
            }
            None => {
                let left = Duration::from_millis(record.expires_at.saturating_sub(now()));
                let end = Instant::now().checked_add(left).unwrap_or_else(Instant::now);
                kept.by_end.insert((end, record.id.clone()));
                end
            }
        };
        kept.by_id.insert(record.id.clone(), (end, record));
        Ok(true)
    }
}

impl Kept {
    fn forget_until(&mut self, now: Instant) {
        while let Some((end, _)) = self.by_end.first()
            && *end <= now
            && let Some((_, id)) = self.by_end.pop_first()
        {
            self.by_id.remove(&id);
        }
    }
}

impl TaskStore for MemoryTasks {
    fn put(&self, record: TaskRecord, over: Option<u64>) -> BoxFuture<'_, Result<bool, Error>> {
        let replaced = self.replace(record, over);
        Box::pin(async move { replaced })
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<TaskRecord>, Error>> {
        let record = self.kept().by_id.get(id).map(|(_, record)| record.clone());
        Box::pin(async move { Ok(record) })
    }
}

impl Default for MemoryTasks {
    fn default() -> Self {
        Self::with_capacity(10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, version: u64) -> TaskRecord {
        TaskRecord {
            id: id.into(),
            principal: String::new(),
            version,
            expires_at: now() + 1000,
            content: "{}".into(),
        }
    }

    async fn check(
        tasks: &MemoryTasks,
        put: TaskRecord,
        over: Option<u64>,
        expected: Result<bool, ()>,
    ) {
        assert_eq!(tasks.put(put.clone(), over).await.map_err(drop), expected, "{put:?} {over:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_is_replaced_by_who_has_seen_it_and_forgotten_in_time() {
        let tasks = MemoryTasks::with_capacity(1);
        check(&tasks, record("a", 1), Some(0), Ok(false)).await;
        check(&tasks, record("a", 1), None, Ok(true)).await;
        check(&tasks, record("a", 2), None, Ok(false)).await;
        check(&tasks, record("b", 1), None, Err(())).await;
        tokio::time::advance(Duration::from_millis(900)).await;
        check(&tasks, record("a", 2), Some(1), Ok(true)).await;
        check(&tasks, record("a", 3), Some(1), Ok(false)).await;
        assert_eq!(tasks.get("a").await.unwrap().map(|record| record.version), Some(2));
        tokio::time::advance(Duration::from_millis(200)).await;
        assert_eq!(tasks.get("a").await.unwrap(), None);
        check(&tasks, record("b", 1), None, Ok(true)).await;
    }
}
