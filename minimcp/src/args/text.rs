//! Reading a value from plain text: a variable of a URI, an argument of a prompt, or a number sent as a string.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{
    self, Deserialize, DeserializeOwned, Deserializer, IntoDeserializer, Unexpected, Visitor,
};

use crate::error::Error;

/// Why text does not fit a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub(crate) String);

/// Reads a value from text: numbers, booleans and unit enums by their words, lists and objects as JSON, anything
/// else as a string.
pub(crate) fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Unfit> {
    T::deserialize(Text(text))
}

/// Reads a value from named texts: a struct or a map, each member as [`read_text`] does it.
pub(crate) fn read_variables<'v, T: DeserializeOwned>(
    variables: impl Iterator<Item = (Cow<'v, str>, Cow<'v, str>)>,
) -> Result<T, Error> {
    let variables: Vec<_> = variables.collect();
    let members = variables.iter().map(|(name, value)| (name.as_ref(), Text(value)));
    T::deserialize(MapDeserializer::new(members))
        .map_err(|error: Unfit| Error::arguments(format!("Invalid arguments: {error}.")))
}

impl<'t> IntoDeserializer<'t, Unfit> for Text<'t> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[derive(Clone, Copy)]
struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    fn json<
        T,
        V: FnOnce(
            &mut serde_json::Deserializer<serde_json::de::StrRead<'t>>,
        ) -> Result<T, serde_json::Error>,
    >(
        self,
        read: V,
    ) -> Result<T, Unfit> {
        let mut deserializer = serde_json::Deserializer::from_str(self.0);
        read(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value))
            .map_err(|error| Unfit(error.to_string()))
    }
}

macro_rules! parse {
    ($($deserialize:ident $visit:ident $type:ty;)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            match self.0.trim().parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(de::Error::invalid_value(Unexpected::Str(self.0), &visitor)),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Unfit;

    parse! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
        deserialize_bool visit_bool bool;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.json(|json| json.deserialize_seq(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.json(|json| json.deserialize_tuple(length, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.json(|json| json.deserialize_tuple_struct(name, length, visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.json(|json| json.deserialize_map(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.json(|json| json.deserialize_struct(name, fields, visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if self.0.trim_start().starts_with('{') {
            return self.json(|json| json.deserialize_enum(name, variants, visitor));
        }
        let deserializer: StrDeserializer<'_, Unfit> = self.0.into_deserializer();
        deserializer.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct identifier ignored_any
    }
}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// Text that is borrowed where the message allows it: a string with escapes has to be rewritten.
pub(super) struct Borrowed<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Borrowed<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text))
            }
        }
        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str, expected: Option<T>) {
        assert_eq!(read_text::<T>(text).ok(), expected, "{text}");
    }

    #[derive(serde::Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Color {
        Red,
        Mix(u8),
    }

    #[test]
    fn every_kind_of_scalar_is_read_from_its_words() {
        check::<u8>("255", Some(255));
        check::<u8>("256", None);
        check::<i64>(" -7 ", Some(-7));
        check::<u128>("340282366920938463463374607431768211455", Some(u128::MAX));
        check::<f64>("10.5", Some(10.5));
        check::<f64>("ten", None);
        check::<bool>("true", Some(true));
        check::<bool>("1", None);
        check::<char>("x", Some('x'));
        check::<String>("007", Some("007".into()));
        check::<Option<u8>>("3", Some(Some(3)));
    }

    #[test]
    fn enums_lists_and_objects_are_read_too() {
        check::<Color>("red", Some(Color::Red));
        check::<Color>("blue", None);
        check::<Color>(r#"{"mix":3}"#, Some(Color::Mix(3)));
        check::<Vec<u8>>("[1,2]", Some(vec![1, 2]));
        check::<Vec<u8>>("[1,2] x", None);
        check::<BTreeMap<String, u8>>(r#"{"a":1}"#, Some(BTreeMap::from([("a".into(), 1)])));
    }
}
