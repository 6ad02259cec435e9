//! Collects every mistake, so that the user sees all of them in one go.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

/// The mistakes found so far.
///
/// A collector that is dropped without being asked for its result would turn a mistake into
/// silence, so that is refused in debug builds: it is a bug of this crate, and its own tests find
/// it.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    asked: bool,
}

impl Errors {
    /// Notes a mistake at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.found.push(syn::Error::new(span, message));
    }

    /// Notes a mistake that spans several tokens.
    pub(crate) fn on(&mut self, tokens: impl quote::ToTokens, message: impl Display) {
        self.found.push(syn::Error::new_spanned(tokens, message));
    }

    /// Keeps the value, or notes why there is none.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.found.push(error)).ok()
    }

    /// The end: nothing when all is well, else every mistake as a `compile_error!`.
    pub(crate) fn finish(mut self) -> Result<(), TokenStream> {
        self.asked = true;
        if self.found.is_empty() {
            return Ok(());
        }
        Err(self.found.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.asked || std::thread::panicking(),
            "mistakes were collected and not reported"
        );
    }
}

/// What one mistaken input says, for the tests of every stage.
#[cfg(test)]
pub(crate) fn messages(mut errors: Errors) -> Vec<String> {
    errors.asked = true;
    errors
        .found
        .iter()
        .flat_map(|error| error.clone().into_iter())
        .map(|error| error.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_kept() {
        let mut errors = Errors::default();
        errors.at(Span::call_site(), "one");
        assert_eq!(errors.take::<()>(Err(syn::Error::new(Span::call_site(), "two"))), None);
        assert_eq!(errors.take(Ok(3)), Some(3));
        assert_eq!(messages(errors), ["one", "two"]);
    }

    #[test]
    fn nothing_found_is_fine() {
        assert!(Errors::default().finish().is_ok());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "not reported")]
    fn a_collector_nobody_asked_is_a_bug() {
        drop(Errors::default());
    }
}
