//! Turning what a handler returned into the result of its kind, whatever the handler's return type is called.
//!
//! An expansion knows the return type of its handler only as tokens. Whether it is a `Result` is found out by method
//! lookup, which takes the inherent methods here before those of the traits; aliases of `Result` work like `Result`.

use std::fmt::Display;
use std::marker::PhantomData;

use super::prompt::PromptOutput;
use super::resource::ResourceOutput;
use super::tool::{OutputSchemaOf, ToolOutput};
use crate::error::Error;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::CallToolResult;

/// An error that a handler may return.
#[diagnostic::on_unimplemented(
    message = "a handler cannot fail with `{Self}`",
    label = "not an error of a handler",
    note = "the error of a handler is `Display`, `Send`, `Sync` and `'static`: any `std::error::Error`, a string, or `minimcp::Error`"
)]
pub trait HandlerError: Display + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Display + Send + Sync + 'static> HandlerError for E {}

/// What a handler returned.
#[derive(Debug)]
pub struct Returned<T>(pub T);

impl<T, E> Returned<Result<T, E>> {
    /// Takes success and failure apart.
    pub fn outcome(self) -> Outcome<T>
    where
        E: HandlerError,
    {
        Outcome(self.0.map_err(Error::from_handler))
    }
}

/// What is no `Result` is a success.
pub trait ViaPlain {
    /// The type of the success.
    type Value;

    /// Takes the success.
    fn outcome(self) -> Outcome<Self::Value>;
}

impl<T> ViaPlain for Returned<T> {
    type Value = T;

    fn outcome(self) -> Outcome<T> {
        Outcome(Ok(self.0))
    }
}

/// The success or failure of a handler.
#[derive(Debug)]
pub struct Outcome<T>(pub(super) Result<T, Error>);

impl<T> Outcome<T> {
    /// Makes the result of a prompt.
    ///
    /// # Errors
    ///
    /// The handler's own, or that its value cannot be sent.
    pub fn into_prompt(self) -> Result<GetPromptResult, Error>
    where
        T: PromptOutput,
    {
        self.0?.into_result()
    }
}

impl Outcome<String> {
    /// Makes the result of a tool; the text becomes part of it and is not copied.
    ///
    /// # Errors
    ///
    /// The handler's own.
    pub fn into_tool(self) -> Result<CallToolResult, Error> {
        self.0.map(CallToolResult::value)
    }
}

/// The result of a tool, but for owned text, and the contents of a resource, but for bytes: these have inherent methods.
pub trait ViaOutcome: Sized {
    /// The type of the success. The methods ask for what it has to be, and the implementation does not: a type that
    /// does not fit is then reported as such, and not as a method that was not found.
    type Value;

    /// Makes the result of a tool.
    ///
    /// # Errors
    ///
    /// The handler's own, or that its value cannot be sent.
    fn into_tool<Via>(self) -> Result<CallToolResult, Error>
    where
        Self::Value: ToolOutput<Via>;

    /// Makes the contents.
    ///
    /// # Errors
    ///
    /// The handler's own, or that its value cannot be sent.
    fn into_resource<Via>(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error>
    where
        Self::Value: ResourceOutput<Via>;
}

impl<T> ViaOutcome for Outcome<T> {
    type Value = T;

    fn into_tool<Via>(self) -> Result<CallToolResult, Error>
    where
        T: ToolOutput<Via>,
    {
        self.0?.into_result()
    }

    fn into_resource<Via>(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error>
    where
        T: ResourceOutput<Via>,
    {
        self.0?.into_contents(uri, mime_type)
    }
}

/// The return type of a handler.
#[derive(Debug)]
pub struct Returns<T>(PhantomData<fn() -> T>);

impl<T> Returns<T> {
    /// This type.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions name return types")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, E> Returns<Result<T, E>> {
    /// The schema of a tool's structured value.
    #[must_use]
    pub fn tool_output<Via>(self) -> Option<OutputSchemaOf>
    where
        T: ToolOutput<Via>,
    {
        T::__schema()
    }
}

/// The return type of a handler that cannot fail.
pub trait ViaOutput: Sized {
    /// The type of the success.
    type Value;

    /// The schema of a tool's structured value.
    fn tool_output<Via>(self) -> Option<OutputSchemaOf>
    where
        Self::Value: ToolOutput<Via>;
}

impl<T> ViaOutput for Returns<T> {
    type Value = T;

    fn tool_output<Via>(self) -> Option<OutputSchemaOf>
    where
        T: ToolOutput<Via>,
    {
        T::__schema()
    }
}
