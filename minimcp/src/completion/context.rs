//! What is known while an argument is completed.

use serde_json::{Map, Value};

use crate::call::Call;
use crate::error::Error;
use crate::param::{FromCall, NoScope};

/// What is known while an argument is completed: the arguments that are chosen already.
///
/// Clients send them from 2025-06-18 on (Completion, `context.arguments`), and need not send any; before, there are
/// none. It is a parameter of a completer, see [`Completer`](crate::Completer); for any other handler it is empty.
#[derive(Clone, Debug, Default)]
pub struct CompletionContext {
    arguments: Map<String, Value>,
}

impl CompletionContext {
    pub(crate) fn new(arguments: Map<String, Value>) -> Self {
        Self { arguments }
    }

    /// The value that was chosen for an argument, or for a variable of the template.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).and_then(Value::as_str)
    }

    /// All arguments that are chosen, by name.
    pub fn arguments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.arguments.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }
}

impl FromCall for CompletionContext {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.completion_context().clone())
    }
}
