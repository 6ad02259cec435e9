//! What handlers return.

mod bytes;
mod finite;
mod plain;
mod prompt;
mod resource;
mod returned;
mod tool;

pub use prompt::PromptOutput;
pub use resource::ResourceOutput;
pub use returned::{HandlerError, Outcome, Returned, Returns, ViaOutcome, ViaOutput, ViaPlain};
pub use tool::{OutputSchemaOf, ToolOutput};

/// The way of types that are results themselves.
#[doc(hidden)]
#[derive(Debug)]
pub enum Itself {}

/// The way of types that are serialised.
#[doc(hidden)]
#[derive(Debug)]
pub enum Serialized {}
