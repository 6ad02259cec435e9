//! A call of a tool that an extension answers.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::method::{Members, texts};
use crate::call::Call;
use crate::definition::Tool;
use crate::error::Error;
use crate::protocol::types::tool_result::CallToolResult;
use crate::server::MiniMcp;

/// A call of a tool that an extension took over; see
/// [`Extension::take_tool_calls`](super::Extension::take_tool_calls).
///
/// It owns all that the call needs, so it may be moved into a task that goes on after the request was answered.
pub struct ToolCall<S> {
    pub(crate) server: MiniMcp<S>,
    pub(crate) tool: Arc<Tool<S>>,
    pub(crate) call: Call,
    pub(crate) scope: S,
    /// The JSON text of the arguments.
    pub(super) arguments: Bytes,
}

/// How an extension answers a call of a tool.
#[derive(Debug)]
pub struct ToolAnswer(pub(super) Answered);

#[derive(Debug)]
pub(super) enum Answered {
    Result(CallToolResult),
    OfType(&'static str, Members),
}

impl ToolAnswer {
    /// A result of the extension's own type, which is its `resultType`; the members are those of an object.
    ///
    /// # Panics
    ///
    /// If the result is serialised as anything else.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, whatever clients send")]
    pub fn of_type(result_type: &'static str, result: impl Serialize) -> Self {
        match serde_json::to_value(result) {
            Ok(Value::Object(members)) => Self(Answered::OfType(result_type, texts(members))),
            _ => panic!("a result of the type `{result_type}` has to be an object"),
        }
    }
}

impl From<CallToolResult> for ToolAnswer {
    fn from(result: CallToolResult) -> Self {
        Self(Answered::Result(result))
    }
}

impl<S> ToolCall<S> {
    /// The tool.
    #[must_use]
    pub fn tool(&self) -> &Tool<S> {
        &self.tool
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// On whose behalf the call is made.
    #[must_use]
    pub fn scope(&self) -> &S {
        &self.scope
    }

    /// Gives something along to the handler, which finds it with [`Call::attached`], or a parameter of its own that
    /// implements [`FromCall`](crate::FromCall) does. Only the first thing is kept.
    pub fn attach<T: Send + Sync + 'static>(&self, value: T) {
        self.call.attach(Arc::new(value));
    }

    /// Lets the call go on after its request was answered; to be said before it runs. What the handler reports or logs
    /// reaches nobody, the server's idle timeout does not end it, and it takes no place among the server's calls. The
    /// timeout and the limit of the tool itself hold.
    pub fn detach(&self) {
        self.call.detach();
    }
}

impl<S: Send + Sync + 'static> ToolCall<S> {
    /// Waits for its turn and runs the tool. Dropping the future cancels the call.
    ///
    /// # Errors
    ///
    /// Those that are errors of the protocol; what the model should read is a result with `isError`.
    pub async fn run(&self) -> Result<CallToolResult, Error> {
        let arguments = std::str::from_utf8(&self.arguments).unwrap_or("{}");
        self.server.run_taken(self, arguments).await
    }
}

impl<S> fmt::Debug for ToolCall<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ToolCall").field("call", &self.call).finish_non_exhaustive()
    }
}
