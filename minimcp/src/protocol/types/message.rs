//! The messages of a prompt.

use serde::Deserialize;

use super::annotations::Role;
use super::content::Content;
use super::{MetaMap, meta_method};
use crate::protocol::json::Object;
use crate::protocol::version::ProtocolVersion;

/// A message of a prompt: who speaks, and what.
///
/// ```
/// use minimcp::{prompt, Message};
///
/// /// Ask for a review
/// #[prompt]
/// async fn review(code: &str) -> Vec<Message> {
///     vec![Message::user(format!("Review this:\n{code}")), Message::assistant("I start with the names.")]
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Message {
    role: Role,
    content: Content,
}

impl Message {
    /// The user says this.
    pub fn user(content: impl Into<Content>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// The model says this.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }

    /// Who speaks.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What is said.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        let mut object = Object::open(out);
        object.member("role", &self.role).with("content", |out| self.content.encode(out, revision));
        object.close();
    }
}

/// What `prompts/get` answers: the messages, and what they are for.
///
/// ```
/// use minimcp::{GetPromptResult, Message};
///
/// let result = GetPromptResult::new([Message::user("Hello")]).description("A greeting");
/// assert_eq!(result.messages().len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GetPromptResult {
    #[serde(default)]
    pub(crate) description: Option<String>,
    pub(crate) messages: Vec<Message>,
    #[serde(default, rename = "_meta")]
    pub(crate) meta: Option<MetaMap>,
}

impl GetPromptResult {
    /// These messages, under the description of the prompt.
    pub fn new(messages: impl IntoIterator<Item = Message>) -> Self {
        Self { description: None, messages: messages.into_iter().collect(), meta: None }
    }

    /// Describes this answer, over the description of the prompt.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    meta_method!();

    /// The messages.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Writes the members of the result but `_meta`, which the server adds to.
    pub(crate) fn encode(&self, object: &mut Object<'_>, revision: ProtocolVersion) {
        object.optional("description", self.description.as_deref());
        object.array("messages", &self.messages, |out, message| message.encode(out, revision));
    }
}
