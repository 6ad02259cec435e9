//! What completers return.

use crate::error::Error;
use crate::output::HandlerError;
use crate::protocol::types::completion::Completion;

/// What a completer may return: a list of texts, a [`Completion`], or a `Result` of one of these.
///
/// Whatever is `Into<Completion>` is a success. An error is anything that is `Display`; its text reaches the client,
/// unless it is an [`Error`] that says otherwise.
#[diagnostic::on_unimplemented(
    message = "a completer cannot return `{Self}`",
    label = "no completion",
    note = "return `Vec<String>`, `Vec<&str>`, `[&str; N]` or `minimcp::Completion`, or a `Result` of one of these"
)]
pub trait CompletionOutput {
    #[doc(hidden)]
    fn into_completion(self) -> Result<Completion, Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Completion>> CompletionOutput for T {
    fn into_completion(self) -> Result<Completion, Error> {
        Ok(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Into<Completion>, E: HandlerError> CompletionOutput for Result<T, E> {
    fn into_completion(self) -> Result<Completion, Error> {
        self.map(Into::into).map_err(Error::from_handler)
    }
}
