//! Where tasks are kept.

use serde::{Deserialize, Serialize};

use crate::boxed::BoxFuture;
use crate::error::Error;

/// Keeps tasks: in memory ([`MemoryTasks`](super::MemoryTasks)), or in a database that several processes share.
///
/// A record is replaced only by somebody who has seen it: its version says so. That is all the order there is between
/// the process that runs a task and those that are asked about it, so [`put`](Self::put) has to compare and replace in one
/// step, as `UPDATE … WHERE id = … AND version = …` does.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use minimcp::{BoxFuture, Error, TaskRecord, TaskStore};
///
/// /// For examples: it never forgets.
/// #[derive(Default)]
/// struct Table(Mutex<HashMap<String, TaskRecord>>);
///
/// impl TaskStore for Table {
///     fn put(&self, record: TaskRecord, over: Option<u64>) -> BoxFuture<'_, Result<bool, Error>> {
///         let mut rows = self.0.lock().unwrap();
///         let fits = rows.get(&record.id).map(|row| row.version) == over;
///         if fits {
///             rows.insert(record.id.clone(), record);
///         }
///         Box::pin(async move { Ok(fits) })
///     }
///
///     fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<TaskRecord>, Error>> {
///         let row = self.0.lock().unwrap().get(id).cloned();
///         Box::pin(async move { Ok(row) })
///     }
/// }
/// ```
pub trait TaskStore: Send + Sync + 'static {
    /// Keeps a record in place of the one with the version `over`, or a new one where that is `None`; gives whether it
    /// did. Once this is ready, [`get`](Self::get) finds it, in any process.
    ///
    /// # Errors
    ///
    /// When it cannot be kept, for one because there are as many as may be.
    fn put(&self, record: TaskRecord, over: Option<u64>) -> BoxFuture<'_, Result<bool, Error>>;

    /// The record of this id; `None` if there is none, or it has expired.
    ///
    /// # Errors
    ///
    /// When nobody can tell.
    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<TaskRecord>, Error>>;
}

/// A task as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// The id: 32 characters that can stand in a URL, and that nobody can guess.
    pub id: String,
    /// Whose task it is; see [`MiniMcp::principal`](crate::MiniMcp::principal).
    pub principal: String,
    /// Another one with each change.
    pub version: u64,
    /// When it may be forgotten, in milliseconds since 1970; the same for the life of the task.
    pub expires_at: u64,
    /// All else, as JSON text that means nothing to a store. It has the result of the tool in it and the answers of
    /// users, so it is to be kept as safe as those.
    pub content: String,
}
