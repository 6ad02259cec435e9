//! Tasks, the extension `io.modelcontextprotocol/tasks`: calls of tools that go on after their request was answered.

mod begin;
mod desk;
mod listen;
mod memory;
mod methods;
mod run;
mod state;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use begin::Task;
use desk::Desk;
pub use memory::MemoryTasks;
pub use store::{TaskRecord, TaskStore};

use crate::call::Call;
use crate::definition::Tool;
use crate::error::Error;
use crate::extension::{Extension, ListenRun, Method, MethodRun, TASKS};
use crate::server::MiniMcp;

/// How a server runs tasks; see [`MiniMcp::tasks`].
///
/// | option | default | |
/// |---|---|---|
/// | [`running`](Self::running) | 100 | tasks that run at once in this process |
/// | [`ttl`](Self::ttl) | 1 h | how long a task lives, counted from its beginning |
/// | [`poll_interval`](Self::poll_interval) | 1 s | how often clients should ask |
/// | [`store`](Self::store) | [`MemoryTasks`] of 10 000 | where tasks are kept |
#[must_use]
pub struct Tasks {
    running: usize,
    ttl: Duration,
    poll_interval: Duration,
    store: Arc<dyn TaskStore>,
}

impl Tasks {
    /// Tasks in the memory of this process.
    pub fn new() -> Self {
        Self {
            running: 100,
            ttl: Duration::from_secs(3600),
            poll_interval: Duration::from_secs(1),
            store: Arc::new(MemoryTasks::default()),
        }
    }

    /// How many tasks run at once in this process, at least one; 100 unless it is said. One that waits for an answer of its
    /// client counts. A call that would be one more is refused.
    pub fn running(mut self, tasks: usize) -> Self {
        self.running = tasks.max(1);
        self
    }

    /// How long a task lives from its beginning, in whole milliseconds, at least one; an hour unless it is said. Then it is
    /// forgotten, and stopped if it still runs.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl.max(Duration::from_millis(1));
        self
    }

    /// How often clients should ask for a task, in whole milliseconds, at least one; every second unless it is said.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval.max(Duration::from_millis(1));
        self
    }

    /// Where tasks are kept: several processes that serve the same clients need one that they share, and a
    /// [`bus`](MiniMcp::bus).
    pub fn store(mut self, store: impl TaskStore) -> Self {
        self.store = Arc::new(store);
        self
    }
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Lets tools be tasks (the extension `io.modelcontextprotocol/tasks` of 2026-07-28).
    ///
    /// A call of a tool with `#[tool(task)]` is answered at once with a task, if the client declared the extension in this
    /// very request; the client asks for its state, answers its questions and cancels it with `tasks/get`,
    /// `tasks/update` and `tasks/cancel`. Other clients wait for the result as ever. With `#[tool(task = "required")]`
    /// they are refused with -32021.
    ///
    /// A task belongs to the [`principal`](Self::principal) who called; for others it does not exist. Its progress and
    /// log reach nobody. The server's idle timeout does not hold for it; that of the tool does.
    ///
    /// ```
    /// use minimcp::{handlers, testing::Client, tool, MiniMcp, Tasks};
    /// use serde_json::json;
    ///
    /// /// Count words
    /// #[tool(task)]
    /// async fn count(text: String) -> String {
    ///     format!("{} words", text.split_whitespace().count())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server: MiniMcp = MiniMcp::new("words").handlers(handlers![count]).tasks(Tasks::new());
    /// let declared = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    /// let client = Client::new(&server, ()).capabilities(declared);
    ///
    /// let call = json!({ "name": "count", "arguments": { "text": "to be or not" } });
    /// let task = client.request("tools/call", call).await?;
    /// assert_eq!((&task["resultType"], &task["status"]), (&json!("task"), &json!("working")));
    ///
    /// tokio::task::yield_now().await;
    /// let task = client.request("tasks/get", json!({ "taskId": task["taskId"] })).await?;
    /// assert_eq!(task["result"]["content"][0]["text"], "4 words");
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// If the server has tasks already.
    #[must_use]
    pub fn tasks(self, tasks: Tasks) -> Self {
        let desk = Arc::new(Desk::new(&tasks));
        let methods = [
            method("tasks/get", &desk, methods::get),
            method("tasks/update", &desk, methods::update),
            method("tasks/cancel", &desk, methods::cancel),
        ];
        let listening = Arc::clone(&desk);
        let listen: Box<ListenRun<S>> = Box::new(move |server, scope, asked| {
            listen::listen(Arc::clone(&listening), server, scope, asked)
        });
        let extension = Extension::new(TASKS).listen("taskIds", listen);
        let extension = extension.take_tool_calls(wants, move |call| {
            let desk = Arc::clone(&desk);
            run::take(desk, call)
        });
        self.extension(methods.into_iter().fold(extension, Extension::method))
    }
}

/// A method about one task.
fn method<S: Send + Sync + 'static>(
    name: &'static str,
    desk: &Arc<Desk>,
    run: methods::Run<S>,
) -> Method<S> {
    let desk = Arc::clone(desk);
    let run: Box<MethodRun<S>> = Box::new(move |call| run(Arc::clone(&desk), call));
    // Whether a task is done can be asked however busy the server is.
    Method::of(name, run).mirrored("taskId").unlimited()
}

/// Whether a call becomes a task.
fn wants<S>(tool: &Tool<S>, call: &Call) -> Result<bool, Error> {
    let Some(support) = tool.task_support() else { return Ok(false) };
    let declared = call.client_extension(TASKS).is_some();
    match support.required && !declared {
        true => Err(Error::missing_extension(TASKS)),
        false => Ok(declared),
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tasks")
            .field("running", &self.running)
            .field("ttl", &self.ttl)
            .field("poll_interval", &self.poll_interval)
            .finish_non_exhaustive()
    }
}
