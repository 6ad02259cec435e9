//! The moment at which a call becomes a task, where the handler chooses it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::call::Call;
use crate::error::Error;
use crate::param::{FromCall, NoScope};

/// Lets a handler choose when its call becomes a task; see [`MiniMcp::tasks`](crate::MiniMcp::tasks).
///
/// A call of a tool with `#[tool(task)]` is a task from its beginning. A handler that has a parameter of this type runs
/// like any other until it [begins](Self::begin): what it asks before is asked in the ordinary rounds, and if it ends
/// before, there is no task at all.
///
/// ```
/// use minimcp::{tool, Client, Error, Task};
///
/// /// Delete a database
/// #[tool(task, destructive)]
/// async fn drop_database(name: String, client: Client, task: Task) -> Result<String, Error> {
///     if !client.elicit::<bool>(format!("Really delete {name}?")).await? {
///         return Ok("kept".into());
///     }
///     task.begin().await;
///     tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
///     Ok("deleted".into())
/// }
/// ```
#[derive(Clone)]
pub struct Task(Option<Arc<Seat>>);

/// What the handler and the one who runs it share.
pub(super) struct Seat {
    pub(super) wanted: Notify,
    pub(super) begun: watch::Sender<bool>,
}

impl Seat {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { wanted: Notify::new(), begun: watch::Sender::new(false) })
    }
}

impl Task {
    /// Makes the call a task: its request is answered, and the handler goes on. Does nothing the second time, and nothing
    /// where the client did not declare the extension.
    ///
    /// If there is no place for one more task the call ends here, with an error for the client.
    pub async fn begin(&self) {
        let Some(seat) = &self.0 else { return };
        let mut begun = seat.begun.subscribe();
        seat.wanted.notify_one();
        // The sender is in the seat, so it is never gone.
        let _ = begun.wait_for(|begun| *begun).await;
    }

    /// Whether the call can be a task, or is one.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.0.is_some()
    }
}

impl FromCall for Task {
    type Scope = NoScope;

    const LOGS: bool = false;

    const BEGINS: bool = true;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(Self(call.attached::<Seat>()))
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Task").field(&self.is_possible()).finish()
    }
}
