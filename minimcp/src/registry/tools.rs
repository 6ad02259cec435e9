//! The tools of a server, for the program itself.

use std::sync::Arc;

use serde::Serialize;

use super::{AlreadyRegistered, NotRegistered};
use crate::definition::Tool;
use crate::error::Error;
use crate::protocol::types::tool_result::CallToolResult;
use crate::server::MiniMcp;

/// The tools of a server: add, remove, list and call them, at any time.
///
/// Calls that are running go on when their tool is removed. Clients that want to know of it are told that the list has
/// changed; see [`Changes`](crate::Changes).
///
/// ```
/// use minimcp::{handlers, tool, MiniMcp, Tool};
/// use serde_json::json;
///
/// /// Add two numbers
/// #[tool]
/// async fn add(a: f64, b: f64) -> f64 { a + b }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
/// let tools = server.tools();
/// tools.add(Tool::of::<add>().name("plus"))?;
/// assert_eq!(tools.call("plus", json!({ "a": 1, "b": 2 }), ()).await?.to_text(), "3.0");
/// tools.remove("plus")?;
/// assert_eq!(tools.list().len(), 1);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Tools<'s, S> {
    server: &'s MiniMcp<S>,
}

impl<'s, S: Send + Sync + 'static> Tools<'s, S> {
    pub(crate) fn of(server: &'s MiniMcp<S>) -> Self {
        Self { server }
    }

    /// Adds a tool after the others.
    ///
    /// # Errors
    ///
    /// When a tool of this name is there already.
    pub fn add(&self, tool: Tool<S>) -> Result<(), AlreadyRegistered> {
        self.server.registry().tools.add(tool)?;
        self.server.changes().tools();
        Ok(())
    }

    /// Removes a tool and gives it.
    ///
    /// Calls of it that are running go on. One that was there at the first call of any tool stays in memory for as long as
    /// the server, since it is looked up without a lock.
    ///
    /// # Errors
    ///
    /// When there is none of this name.
    pub fn remove(&self, name: &str) -> Result<Arc<Tool<S>>, NotRegistered> {
        let tool = self.server.registry().tools.remove(name)?;
        self.server.changes().tools();
        Ok(tool)
    }

    /// All tools, in the order of their registration.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Tool<S>>> {
        self.server.registry().tools.all()
    }

    /// The tool of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Tool<S>>> {
        self.server.registry().tools.get(name)
    }

    /// Calls a tool; the arguments are an object.
    ///
    /// The call runs under its idle timeout, and outside the limits on concurrent calls: a handler may make it.
    ///
    /// # Errors
    ///
    /// When there is no such tool, the arguments do not fit, the call is stopped, or the tool fails; the tool's own error
    /// is inside, see [`Error::downcast_ref`].
    pub async fn call(
        &self,
        name: &str,
        arguments: impl Serialize,
        scope: S,
    ) -> Result<CallToolResult, Error> {
        self.server.call_tool(name, &arguments, &scope).await
    }
}
