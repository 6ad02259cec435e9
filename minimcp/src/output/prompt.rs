//! What a prompt returns.

use std::borrow::Cow;

use crate::error::Error;
use crate::protocol::types::content::Content;
use crate::protocol::types::message::{GetPromptResult, Message};

/// What a prompt may return: text for the user's turn, messages, lists and tuples of both.
///
/// ```
/// use minimcp::{prompt, Message};
///
/// /// Explain code
/// #[prompt]
/// async fn explain(code: &str) -> (Message, String) {
///     (Message::assistant("Show me the code."), format!("Here it is:\n{code}"))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a prompt cannot return `{Self}`",
    label = "not a result of a prompt",
    note = "a prompt returns a string, `Content`, `Message`, `GetPromptResult`, or a list or tuple of these"
)]
pub trait PromptOutput: Sized {
    /// Makes the result.
    ///
    /// # Errors
    ///
    /// When the value cannot be sent.
    fn into_result(self) -> Result<GetPromptResult, Error>;
}

impl PromptOutput for GetPromptResult {
    fn into_result(self) -> Result<GetPromptResult, Error> {
        Ok(self)
    }
}

macro_rules! one_message {
    ($($type:ty),*) => {
        $(impl PromptOutput for $type {
            fn into_result(self) -> Result<GetPromptResult, Error> {
                Ok(GetPromptResult::new([Message::user(self)]))
            }
        })*
    };
}

one_message!(String, &str, Content);

impl PromptOutput for Cow<'_, str> {
    fn into_result(self) -> Result<GetPromptResult, Error> {
        self.into_owned().into_result()
    }
}

impl PromptOutput for Message {
    fn into_result(self) -> Result<GetPromptResult, Error> {
        Ok(GetPromptResult::new([self]))
    }
}

impl<T: PromptOutput> PromptOutput for Vec<T> {
    fn into_result(self) -> Result<GetPromptResult, Error> {
        concatenate(self)
    }
}

impl<T: PromptOutput, const N: usize> PromptOutput for [T; N] {
    fn into_result(self) -> Result<GetPromptResult, Error> {
        concatenate(self)
    }
}

fn concatenate(
    parts: impl IntoIterator<Item = impl PromptOutput>,
) -> Result<GetPromptResult, Error> {
    let mut whole = GetPromptResult::default();
    for part in parts {
        append(&mut whole, part)?;
    }
    Ok(whole)
}

fn append(whole: &mut GetPromptResult, part: impl PromptOutput) -> Result<(), Error> {
    let part = part.into_result()?;
    whole.messages.extend(part.messages);
    whole.description = whole.description.take().or(part.description);
    if let Some(meta) = part.meta {
        whole.meta.get_or_insert_default().extend(meta);
    }
    Ok(())
}

macro_rules! tuples {
    ($(($($type:ident),*))*) => {
        $(impl<$($type: PromptOutput),*> PromptOutput for ($($type,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve as names of the parts")]
            fn into_result(self) -> Result<GetPromptResult, Error> {
                let ($($type,)*) = self;
                let mut whole = GetPromptResult::default();
                $(append(&mut whole, $type)?;)*
                Ok(whole)
            }
        })*
    };
}

tuples! { (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: impl PromptOutput, expected: &[(&str, &str)]) {
        let result = output.into_result().unwrap();
        let messages: Vec<_> = result
            .messages()
            .iter()
            .map(|message| {
                (
                    if message.role() == crate::Role::User { "user" } else { "assistant" },
                    message.content().as_text().unwrap_or("-"),
                )
            })
            .collect();
        assert_eq!(messages, expected);
    }

    #[test]
    fn strings_messages_lists_and_tuples() {
        check("a", &[("user", "a")]);
        check(vec!["a".to_owned(), "b".to_owned()], &[("user", "a"), ("user", "b")]);
        check((Message::assistant("a"), "b"), &[("assistant", "a"), ("user", "b")]);
        check(Vec::<Message>::new(), &[]);
        check(GetPromptResult::new([Message::user("a")]), &[("user", "a")]);
    }
}
