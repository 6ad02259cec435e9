//! What a tool returns.

use schemars::JsonSchema;
use serde::Serialize;

use super::plain::Plain;
use super::{Itself, Serialized};
use crate::error::Error;
use crate::protocol::types::blob::Blob;
use crate::protocol::types::content::Content;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::{CallToolResult, Structured};
use crate::schema::OutputSchema;

/// What a tool may return.
///
/// | type | becomes |
/// |---|---|
/// | a string | one block of text |
/// | any other `Serialize + JsonSchema` | a structured value with an output schema, and its JSON as text |
/// | `()`, `None` | nothing: an empty list of blocks |
/// | [`Content`], `Vec<Content>`, [`CallToolResult`] | itself |
/// | [`Blob`] | an embedded resource |
/// | `Result<T, E>` | `T`; or an error that the model reads, see [`Error`] |
///
/// A number that is infinite or no number at all is an error, as JSON has no words for it. A structured value that is
/// no object is sent as `{"result": …}` in the revisions that know objects alone (2025-06-18 and 2025-11-25).
///
/// Implement it for a type of your own by writing `impl ToolOutput for MyType`. The parameter `Via` only keeps the
/// implementations above apart and need never be written.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "not a result of a tool",
    note = "a tool returns a string, `Content`, `CallToolResult`, or any type that is `serde::Serialize` and `schemars::JsonSchema`; derive them: `#[derive(Serialize, JsonSchema)]`",
    note = "`Result<T, E>` works where `T` does and `E` is `Display`"
)]
pub trait ToolOutput<Via = Itself>: Sized {
    /// Makes the result.
    ///
    /// # Errors
    ///
    /// When the value cannot be sent.
    fn into_result(self) -> Result<CallToolResult, Error>;

    /// The schema of the structured value, if there is always one.
    #[doc(hidden)]
    fn __schema() -> Option<OutputSchemaOf> {
        None
    }
}

/// The schema of a structured value.
#[doc(hidden)]
#[derive(Debug)]
pub struct OutputSchemaOf(pub(crate) OutputSchema);

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> ToolOutput<Serialized> for T {
    fn into_result(self) -> Result<CallToolResult, Error> {
        Ok(match Plain::of(&self)? {
            Plain::Text(text) => CallToolResult::value(text),
            Plain::Nothing => CallToolResult { is_value: true, ..CallToolResult::default() },
            Plain::Json(json) => CallToolResult {
                structured: Some(Structured { json, as_text: true }),
                ..CallToolResult::default()
            },
        })
    }

    fn __schema() -> Option<OutputSchemaOf> {
        OutputSchema::of::<T>().map(OutputSchemaOf)
    }
}

impl ToolOutput for CallToolResult {
    fn into_result(self) -> Result<CallToolResult, Error> {
        Ok(self)
    }
}

impl ToolOutput for Content {
    fn into_result(self) -> Result<CallToolResult, Error> {
        Ok(CallToolResult::new([self]))
    }
}

impl ToolOutput for Vec<Content> {
    fn into_result(self) -> Result<CallToolResult, Error> {
        Ok(CallToolResult::new(self))
    }
}

impl ToolOutput for Blob {
    fn into_result(self) -> Result<CallToolResult, Error> {
        let contents =
            ResourceContents::blob("blob:", self).or_mime_type(Some("application/octet-stream"));
        Ok(CallToolResult::new([Content::resource(contents)]))
    }
}
