//! The list of a server's handlers, as `handlers![…]` writes it.

use std::fmt;

use super::{Prompt, Resource, Tool};
use crate::call::CallLimit;

/// The kinds of handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `#[tool]`
    Tool,
    /// `#[prompt]`
    Prompt,
    /// `#[resource]`
    Resource,
}

/// What a list has to know of a handler to find two that clash.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "no handler",
    note = "put `#[tool]`, `#[prompt]` or `#[resource(\"uri\")]` on the function"
)]
pub trait Named {
    /// What it is.
    const KIND: Kind;
    /// What it is called.
    const NAME: &'static str;
    /// Its URI or template; empty for what has none.
    const URI: &'static str;
}

/// A function with `#[tool]`, `#[prompt]` or `#[resource]`, on a server with scope `S`.
///
/// The attributes implement it, for a type of the function's name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler of a server with scope `{S}`",
    label = "no handler",
    note = "put `#[tool]`, `#[prompt]` or `#[resource(\"uri\")]` on the function"
)]
pub trait Handler<S> {
    /// [`Tool`], [`Prompt`] or [`Resource`].
    type Definition: Into<Definition<S>>;

    /// Makes the definition.
    fn define() -> Self::Definition;
}

/// A definition of any kind.
#[allow(missing_debug_implementations, reason = "a list shows how many it holds")]
pub enum Definition<S> {
    /// A tool.
    Tool(Tool<S>),
    /// A prompt.
    Prompt(Prompt<S>),
    /// A resource or template.
    Resource(Resource<S>),
}

impl<S> From<Tool<S>> for Definition<S> {
    fn from(tool: Tool<S>) -> Self {
        Self::Tool(tool)
    }
}

impl<S> From<Prompt<S>> for Definition<S> {
    fn from(prompt: Prompt<S>) -> Self {
        Self::Prompt(prompt)
    }
}

impl<S> From<Resource<S>> for Definition<S> {
    fn from(resource: Resource<S>) -> Self {
        Self::Resource(resource)
    }
}

/// The handlers of a server, in the order in which they are listed; made by
/// [`handlers!`](crate::handlers).
pub struct Handlers<S> {
    /// The version of the crate that wrote the list.
    pub(crate) version: &'static str,
    pub(crate) definitions: Vec<Definition<S>>,
}

impl<S> Handlers<S> {
    #[doc(hidden)]
    #[must_use]
    pub fn new(version: &'static str) -> Self {
        Self { version, definitions: Vec::new() }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn of(version: &'static str, list: fn(Self) -> Self) -> Self {
        list(Self::new(version))
    }

    #[doc(hidden)]
    #[must_use]
    pub fn with<H: Handler<S>>(mut self) -> Self {
        self.definitions.push(H::define().into());
        self
    }
}

impl<S> Handlers<S> {
    /// Puts all handlers of this list under one limit, and under it alone: one that was said before does not count any
    /// more.
    #[must_use]
    pub fn limit(mut self, limit: &CallLimit) -> Self {
        for definition in &mut self.definitions {
            match definition {
                Definition::Tool(tool) => tool.policy.set_group(limit),
                Definition::Prompt(prompt) => prompt.policy.set_group(limit),
                Definition::Resource(resource) => resource.policy.set_group(limit),
            }
        }
        self
    }
}

/// Lists of several modules make one.
impl<S> Extend<Definition<S>> for Handlers<S> {
    fn extend<I: IntoIterator<Item = Definition<S>>>(&mut self, definitions: I) {
        self.definitions.extend(definitions);
    }
}

impl<S> fmt::Debug for Handlers<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Handlers")
            .field("count", &self.definitions.len())
            .finish_non_exhaustive()
    }
}
