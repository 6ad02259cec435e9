//! A value as text, as nothing, or as JSON: decided by what it serialises itself as.

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use super::finite;
use crate::error::Error;

/// What a value turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Plain {
    /// A string.
    Text(String),
    /// `()` or `None`.
    Nothing,
    /// Anything else, as JSON text.
    Json(String),
}

impl Plain {
    /// Serialises a value.
    ///
    /// # Errors
    ///
    /// When the value cannot be JSON: its own error, or a number that is infinite or none at all, which JSON has no
    /// words for. The model reads it.
    pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        if let Ok(plain) = value.serialize(TopLevel) {
            return Ok(plain);
        }
        let json = serde_json::to_string(value)
            .map_err(|error| Error::tool(format!("the result cannot be sent: {error}")))?;
        // A number without a value is written as `null`, so only a text that has one needs a second look.
        if json.contains("null") {
            finite::check(value)?;
        }
        Ok(Self::Json(json))
    }
}

/// Takes a string or nothing; anything else is an error, which says "serialise me as JSON".
struct TopLevel;

/// The value is neither text nor nothing.
#[derive(Debug)]
struct Other;

type Never = Impossible<Plain, Other>;

macro_rules! other {
    ($($method:ident($($type:ty),*) -> $output:ty;)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$output, Other> {
            Err(Other)
        })*
    };
}

impl Serializer for TopLevel {
    type Ok = Plain;
    type Error = Other;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_str(self, text: &str) -> Result<Plain, Other> {
        Ok(Plain::Text(text.to_owned()))
    }

    fn serialize_char(self, character: char) -> Result<Plain, Other> {
        Ok(Plain::Text(character.into()))
    }

    fn serialize_unit(self) -> Result<Plain, Other> {
        Ok(Plain::Nothing)
    }

    fn serialize_none(self) -> Result<Plain, Other> {
        Ok(Plain::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Plain, Other> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Plain, Other> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Plain, Other> {
        Err(Other)
    }

    other! {
        serialize_bool(bool) -> Plain;
        serialize_i8(i8) -> Plain;
        serialize_i16(i16) -> Plain;
        serialize_i32(i32) -> Plain;
        serialize_i64(i64) -> Plain;
        serialize_u8(u8) -> Plain;
        serialize_u16(u16) -> Plain;
        serialize_u32(u32) -> Plain;
        serialize_u64(u64) -> Plain;
        serialize_f32(f32) -> Plain;
        serialize_f64(f64) -> Plain;
        serialize_bytes(&[u8]) -> Plain;
        serialize_unit_struct(&'static str) -> Plain;
        serialize_unit_variant(&'static str, u32, &'static str) -> Plain;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

impl serde::ser::Error for Other {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

impl std::fmt::Display for Other {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("neither text nor nothing")
    }
}

impl std::error::Error for Other {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &impl Serialize, expected: Plain) {
        assert_eq!(Plain::of(value).unwrap(), expected);
    }

    #[test]
    fn strings_are_text_and_unit_is_nothing() {
        check(&"x", Plain::Text("x".into()));
        check(&Some("x".to_owned()), Plain::Text("x".into()));
        check(&None::<String>, Plain::Nothing);
        check(&(), Plain::Nothing);
        check(&3.0, Plain::Json("3.0".into()));
        check(&vec!["a"], Plain::Json(r#"["a"]"#.into()));
        check(&(1, "null"), Plain::Json(r#"[1,"null"]"#.into()));
    }

    #[test]
    fn numbers_without_a_value_are_an_error_wherever_they_are() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Plain::of(&value).is_err());
            assert!(Plain::of(&vec![Some((1, value))]).is_err());
            assert!(Plain::of(&std::collections::BTreeMap::from([("a", value)])).is_err());
        }
        check(&vec![None, Some(1.0)], Plain::Json("[null,1.0]".into()));
    }
}
