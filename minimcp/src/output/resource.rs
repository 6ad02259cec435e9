//! What a resource returns.

use serde::Serialize;

use super::plain::Plain;
use super::{Itself, Serialized};
use crate::error::Error;
use crate::protocol::types::blob::Blob;
use crate::protocol::types::resource::ResourceContents;

/// What a resource may return.
///
/// | type | becomes |
/// |---|---|
/// | a string | text, `text/plain` unless the handler declares another type |
/// | `Vec<u8>`, `Bytes`, [`Blob`] | bytes, `application/octet-stream` unless declared |
/// | any other `Serialize` | its JSON as text, `application/json` unless declared |
/// | [`ResourceContents`], `Vec<ResourceContents>` | itself |
/// | `Result<T, E>` | `T`; or an error, see [`Error`] |
///
/// Implement it for a type of your own by writing `impl ResourceOutput for MyType`. The parameter `Via` only keeps the
/// implementations above apart and need never be written.
#[diagnostic::on_unimplemented(
    message = "a resource cannot return `{Self}`",
    label = "not the contents of a resource",
    note = "a resource returns a string, `Blob`, `ResourceContents`, or any type that is `serde::Serialize`; derive it: `#[derive(Serialize)]`"
)]
pub trait ResourceOutput<Via = Itself>: Sized {
    /// Makes the contents; `uri` is the one that was asked for.
    ///
    /// # Errors
    ///
    /// When the value cannot be sent.
    fn into_contents(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ResourceOutput<Serialized> for T {
    fn into_contents(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error> {
        let (text, default) = match Plain::of(&self)? {
            Plain::Text(text) => (text, "text/plain"),
            Plain::Nothing => (String::new(), "text/plain"),
            Plain::Json(json) => (json, "application/json"),
        };
        Ok(vec![ResourceContents::text(uri, text).mime_type(mime_type.unwrap_or(default))])
    }
}

impl ResourceOutput for Blob {
    fn into_contents(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error> {
        let default = mime_type.unwrap_or("application/octet-stream");
        Ok(vec![ResourceContents::blob(uri, self).or_mime_type(Some(default))])
    }
}

impl ResourceOutput for ResourceContents {
    fn into_contents(
        self,
        _: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error> {
        Ok(vec![self.or_mime_type(mime_type)])
    }
}

impl ResourceOutput for Vec<ResourceContents> {
    fn into_contents(
        self,
        _: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error> {
        Ok(self.into_iter().map(|contents| contents.or_mime_type(mime_type)).collect())
    }
}
