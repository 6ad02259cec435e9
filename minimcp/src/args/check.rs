//! Rules on values that their types do not say: `range`, `length` and `pattern`.

use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};

use serde::Serialize;

/// A number, or an optional one: what `#[arg(range = …)]` can be said of.
#[diagnostic::on_unimplemented(
    message = "`range` is for numbers, and `{Self}` is none",
    label = "no number, and no `Option` of one",
    note = "for strings and lists there is `length`"
)]
pub trait Number {
    /// The number itself.
    type Value: PartialOrd + Copy + Debug + Serialize;

    /// The number, if there is one.
    fn value(&self) -> Option<Self::Value>;
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Number for $type {
            type Value = $type;

            fn value(&self) -> Option<$type> {
                Some(*self)
            }
        })*
    };
}

numbers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl<T: Number> Number for Option<T> {
    type Value = T::Value;

    fn value(&self) -> Option<T::Value> {
        self.as_ref().and_then(Number::value)
    }
}

/// A string or a list, or an optional one: what `#[arg(length = …)]` can be said of.
#[diagnostic::on_unimplemented(
    message = "`length` is for strings and lists, and `{Self}` is neither",
    label = "no string, no list, and no `Option` of one",
    note = "for numbers there is `range`"
)]
pub trait Length {
    /// Whether the schema counts characters; otherwise it counts items.
    const CHARACTERS: bool;

    /// The number of characters or items, if there is a value.
    fn length(&self) -> Option<usize>;
}

impl Length for str {
    const CHARACTERS: bool = true;

    fn length(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

impl Length for String {
    const CHARACTERS: bool = true;

    fn length(&self) -> Option<usize> {
        self.as_str().length()
    }
}

impl<T> Length for Vec<T> {
    const CHARACTERS: bool = false;

    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Length> Length for Option<T> {
    const CHARACTERS: bool = T::CHARACTERS;

    fn length(&self) -> Option<usize> {
        self.as_ref().and_then(Length::length)
    }
}

/// Checks `#[arg(range = …)]`.
///
/// # Errors
///
/// What the value has to be.
pub fn in_range<T: Number>(value: &T, range: &impl RangeBounds<T::Value>) -> Result<(), String> {
    match value.value() {
        Some(value) if !range.contains(&value) => {
            Err(format!("{value:?} is not {}", bounds(range)))
        }
        _ => Ok(()),
    }
}

/// Checks `#[arg(length = …)]`.
///
/// # Errors
///
/// What the length has to be.
pub fn has_length<T: Length + ?Sized>(
    value: &T,
    range: &impl RangeBounds<usize>,
) -> Result<(), String> {
    let unit = if T::CHARACTERS { "characters" } else { "items" };
    match value.length() {
        Some(length) if !range.contains(&length) => {
            Err(format!("{length} {unit} long, and has to be {}", bounds(range)))
        }
        _ => Ok(()),
    }
}

fn bounds<T: Debug>(range: &impl RangeBounds<T>) -> String {
    let start = match range.start_bound() {
        Bound::Included(start) => Some(format!("at least {start:?}")),
        Bound::Excluded(start) => Some(format!("more than {start:?}")),
        Bound::Unbounded => None,
    };
    let end = match range.end_bound() {
        Bound::Included(end) => Some(format!("at most {end:?}")),
        Bound::Excluded(end) => Some(format!("less than {end:?}")),
        Bound::Unbounded => None,
    };
    [start, end].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

#[cfg(feature = "pattern")]
pub use pattern::{Pattern, matches};

#[cfg(feature = "pattern")]
mod pattern {
    use std::sync::OnceLock;

    /// A regular expression that is compiled when it is first needed.
    ///
    /// The expression need not match the whole text, as in JSON Schema; write `^…$` for that. Matching takes time in
    /// proportion to the text, whatever the expression.
    #[derive(Debug)]
    pub struct Pattern {
        text: &'static str,
        compiled: OnceLock<regex_lite::Regex>,
    }

    impl Pattern {
        /// The pattern of this text.
        #[must_use]
        pub const fn new(text: &'static str) -> Self {
            Self { text, compiled: OnceLock::new() }
        }

        /// Compiles the pattern.
        ///
        /// # Panics
        ///
        /// If the text is no regular expression: a mistake in the program, found when the handler is registered.
        #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
        pub fn compile(&self) -> &regex_lite::Regex {
            self.compiled.get_or_init(|| match regex_lite::Regex::new(self.text) {
                Ok(compiled) => compiled,
                Err(error) => {
                    panic!("the pattern `{}` is no regular expression: {error}", self.text)
                }
            })
        }

        /// The text of the pattern.
        pub(crate) fn text(&self) -> &'static str {
            self.text
        }
    }

    /// A string, or an optional one: what `#[arg(pattern = …)]` can be said of.
    #[diagnostic::on_unimplemented(
        message = "`pattern` is for strings, and `{Self}` is none",
        label = "no string, and no `Option` of one"
    )]
    pub trait Matched {
        /// The text, if there is one.
        fn text(&self) -> Option<&str>;
    }

    impl Matched for str {
        fn text(&self) -> Option<&str> {
            Some(self)
        }
    }

    impl Matched for String {
        fn text(&self) -> Option<&str> {
            Some(self)
        }
    }

    impl<T: Matched> Matched for Option<T> {
        fn text(&self) -> Option<&str> {
            self.as_ref().and_then(Matched::text)
        }
    }

    /// Checks `#[arg(pattern = …)]`.
    ///
    /// # Errors
    ///
    /// The pattern that the value does not match.
    pub fn matches<T: Matched + ?Sized>(value: &T, pattern: &Pattern) -> Result<(), String> {
        match value.text() {
            Some(text) if !pattern.compile().is_match(text) => {
                Err(format!("does not match the pattern `{}`", pattern.text))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_say_what_they_want() {
        assert_eq!(in_range(&5, &(1..=10)), Ok(()));
        assert_eq!(in_range(&11, &(1..=10)), Err("11 is not at least 1 and at most 10".into()));
        assert_eq!(in_range(&0.5, &(1.0..)), Err("0.5 is not at least 1.0".into()));
        assert_eq!(in_range(&None::<u8>, &(1..)), Ok(()));
        assert_eq!(
            has_length("äö", &(..2)),
            Err("2 characters long, and has to be less than 2".into())
        );
        assert_eq!(has_length(&vec![1, 2], &(..=2)), Ok(()));
    }
}
