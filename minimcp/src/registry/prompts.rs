//! The prompts of a server, for the program itself.

use std::sync::Arc;

use serde::Serialize;

use super::{AlreadyRegistered, NotRegistered};
use crate::definition::Prompt;
use crate::error::Error;
use crate::protocol::types::message::GetPromptResult;
use crate::server::MiniMcp;

/// The prompts of a server: add, remove, list and get them, at any time.
///
/// Clients that want to know of it are told when the list has changed; see [`Changes`](crate::Changes).
///
/// ```
/// use minimcp::{handlers, prompt, MiniMcp};
/// use serde_json::json;
///
/// /// Greet somebody
/// #[prompt]
/// async fn greet(name: &str) -> String { format!("Write a greeting for {name}.") }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("greeter").handlers(handlers![greet]);
/// let result = server.prompts().get("greet", json!({ "name": "Ada" }), ()).await?;
/// assert_eq!(result.messages()[0].content().as_text(), Some("Write a greeting for Ada."));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Prompts<'s, S> {
    server: &'s MiniMcp<S>,
}

impl<'s, S: Send + Sync + 'static> Prompts<'s, S> {
    pub(crate) fn of(server: &'s MiniMcp<S>) -> Self {
        Self { server }
    }

    /// Adds a prompt after the others.
    ///
    /// # Errors
    ///
    /// When a prompt of this name is there already.
    pub fn add(&self, prompt: Prompt<S>) -> Result<(), AlreadyRegistered> {
        self.server.registry().prompts.add(prompt)?;
        self.server.changes().prompts();
        Ok(())
    }

    /// Removes a prompt and gives it.
    ///
    /// Calls of it that are running go on. One that was there at the first call of any prompt stays in memory for as long as
    /// the server, since it is looked up without a lock.
    ///
    /// # Errors
    ///
    /// When there is none of this name.
    pub fn remove(&self, name: &str) -> Result<Arc<Prompt<S>>, NotRegistered> {
        let prompt = self.server.registry().prompts.remove(name)?;
        self.server.changes().prompts();
        Ok(prompt)
    }

    /// All prompts, in the order of their registration.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Prompt<S>>> {
        self.server.registry().prompts.all()
    }

    /// Writes a prompt; the arguments are an object, or `null` for none.
    ///
    /// # Errors
    ///
    /// When there is no such prompt, the arguments do not fit, the call is stopped, or the prompt fails.
    pub async fn get(
        &self,
        name: &str,
        arguments: impl Serialize,
        scope: S,
    ) -> Result<GetPromptResult, Error> {
        self.server.get_prompt(name, &arguments, &scope).await
    }
}
