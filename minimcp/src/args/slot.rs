//! The places that arguments are read into.

use std::borrow::Cow;

use super::object::{read_json, value_length};
use super::text::Borrowed;
use crate::error::Error;
use crate::param::FromCall;

/// A parameter of a handler, as the client knows it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(crate) name: &'static str,
    /// The client sends it; otherwise it is filled in.
    pub(crate) argument: bool,
    /// It has a default.
    pub(crate) optional: bool,
}

impl Field {
    /// A parameter of this type.
    #[must_use]
    pub const fn of<T: FromCall>(name: &'static str) -> Self {
        Self { name, argument: T::ARGUMENT, optional: false }
    }

    /// A `&str` parameter.
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        Self { name, argument: true, optional: false }
    }

    /// The same parameter, with a default.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// Why a value does not fit, and where in it.
#[derive(Debug)]
pub struct Misfit {
    pub(super) path: String,
    pub(super) reason: String,
}

impl Misfit {
    fn new(path: String, reason: &str) -> Self {
        // The position is one in the middle of the message: it says nothing to whoever reads this.
        let reason = reason.rfind(" at line ").and_then(|end| reason.get(..end)).unwrap_or(reason);
        Self { path, reason: in_words(reason) }
    }
}

/// Says what was expected in the words of JSON: the reader is a model, or somebody who writes another language.
fn in_words(reason: &str) -> String {
    const NUMBERS: [&str; 2] = ["f32", "f64"];
    const INTEGERS: [&str; 12] =
        ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];
    match reason.rsplit_once(", expected ") {
        Some((found, expected)) if NUMBERS.contains(&expected) => {
            format!("{found}, expected a number")
        }
        Some((found, expected)) if INTEGERS.contains(&expected) => {
            format!("{found}, expected an integer")
        }
        _ => reason.to_owned(),
    }
}

/// A slot of any type.
pub trait AnySlot<'de> {
    /// Reads the value at the start of JSON text, and gives its length.
    #[doc(hidden)]
    fn read_json(&mut self, text: &'de str) -> Result<usize, Misfit>;

    /// Reads plain text.
    #[doc(hidden)]
    fn read_text(&mut self, text: Cow<'de, str>) -> Result<(), Misfit>;

    /// Takes the value that stands for nothing, if the type has one.
    #[doc(hidden)]
    fn read_nothing(&mut self) -> bool;

    /// Whether there is a value.
    #[doc(hidden)]
    fn is_filled(&self) -> bool;
}

type Check<T> = fn(&T) -> Result<(), String>;

/// The slot of a parameter.
pub struct Slot<T> {
    pub(super) value: Option<T>,
    checks: [Option<Check<T>>; 3],
}

impl<T> Slot<T> {
    /// An empty slot.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions make slots")]
    pub const fn new() -> Self {
        Self { value: None, checks: [None; 3] }
    }

    /// Adds a rule for values.
    #[must_use]
    pub fn check(mut self, check: Check<T>) -> Self {
        if let Some(place) = self.checks.iter_mut().find(|place| place.is_none()) {
            *place = Some(check);
        }
        self
    }

    fn accept(&mut self, value: T) -> Result<(), Misfit> {
        for check in self.checks.iter().flatten() {
            check(&value).map_err(|reason| Misfit { path: String::new(), reason })?;
        }
        self.value = Some(value);
        Ok(())
    }
}

impl<'de, T: FromCall> AnySlot<'de> for Slot<T> {
    fn read_json(&mut self, text: &'de str) -> Result<usize, Misfit> {
        let error = match T::__read_json(text) {
            Ok((value, length)) => return self.accept(value).map(|()| length),
            Err(error) => error,
        };
        let json = value_length(text).and_then(|length| text.get(..length)).unwrap_or_default();
        // Models send numbers and lists as strings at times. What a string says is taken where the type can read it.
        if json.starts_with('"')
            && let Ok((string, _)) = read_json::<Borrowed<'_>>(json)
            && let Ok(value) = T::__read_text(&string.0)
        {
            return self.accept(value).map(|()| json.len());
        }
        let (path, reason) =
            T::__explain(json).unwrap_or_else(|| (String::new(), error.to_string()));
        Err(Misfit::new(path, &reason))
    }

    fn read_text(&mut self, text: Cow<'de, str>) -> Result<(), Misfit> {
        match T::__read_text(&text) {
            Ok(value) => self.accept(value),
            Err(error) => Err(Misfit::new(String::new(), &error.0)),
        }
    }

    fn read_nothing(&mut self) -> bool {
        self.value = T::__absent();
        self.value.is_some()
    }

    fn is_filled(&self) -> bool {
        self.value.is_some()
    }
}

/// The slot of a `&str` parameter: borrowed from the message, unless the string has escapes.
pub struct TextSlot<'de> {
    value: Option<Cow<'de, str>>,
    checks: [Option<Check<str>>; 3],
}

impl<'de> TextSlot<'de> {
    /// An empty slot.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions make slots")]
    pub const fn new() -> Self {
        Self { value: None, checks: [None; 3] }
    }

    /// Adds a rule for values.
    #[must_use]
    pub fn check(mut self, check: Check<str>) -> Self {
        if let Some(place) = self.checks.iter_mut().find(|place| place.is_none()) {
            *place = Some(check);
        }
        self
    }

    /// The text, which `Context::read` made sure of.
    ///
    /// # Errors
    ///
    /// When nothing was read, which an expansion cannot bring about.
    pub fn take(self) -> Result<Cow<'de, str>, Error> {
        self.value.ok_or_else(|| Error::internal("a text argument was not read"))
    }

    /// The text, or the default.
    ///
    /// # Errors
    ///
    /// Never; it has the shape of [`Slot::take_or`].
    pub fn take_or(self, default: impl FnOnce() -> &'de str) -> Result<Cow<'de, str>, Error> {
        Ok(self.value.unwrap_or_else(|| Cow::Borrowed(default())))
    }

    fn accept(&mut self, value: Cow<'de, str>) -> Result<(), Misfit> {
        for check in self.checks.iter().flatten() {
            check(&value).map_err(|reason| Misfit { path: String::new(), reason })?;
        }
        self.value = Some(value);
        Ok(())
    }
}

impl<'de> AnySlot<'de> for TextSlot<'de> {
    fn read_json(&mut self, text: &'de str) -> Result<usize, Misfit> {
        match read_json::<Borrowed<'_>>(text) {
            Ok((value, length)) => self.accept(value.0).map(|()| length),
            Err(error) => Err(Misfit::new(String::new(), &error.to_string())),
        }
    }

    fn read_text(&mut self, text: Cow<'de, str>) -> Result<(), Misfit> {
        self.accept(text)
    }

    fn read_nothing(&mut self) -> bool {
        false
    }

    fn is_filled(&self) -> bool {
        self.value.is_some()
    }
}

impl<T> std::fmt::Debug for Slot<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Slot").field("filled", &self.value.is_some()).finish()
    }
}

impl std::fmt::Debug for TextSlot<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TextSlot").field("filled", &self.value.is_some()).finish()
    }
}
