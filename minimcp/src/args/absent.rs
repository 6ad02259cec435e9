//! Asking a type whether it has a value for an argument that was not sent.

use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// The value of a type when nothing was sent; `Option` has one.
///
/// The type is asked, not its name looked at, so that aliases and wrappers behave like what they stand for and the
/// schema cannot say anything else than what is done.
pub(crate) fn absent<'de, T: Deserialize<'de>>() -> Option<T> {
    T::deserialize(Nothing).ok()
}

struct Nothing;

impl<'de> Deserializer<'de> for Nothing {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("nothing was sent"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::absent;

    #[test]
    fn options_have_a_value_and_others_have_none() {
        #[derive(serde::Deserialize, PartialEq, Debug)]
        struct Wrapped(Option<u8>);
        assert_eq!(absent::<Option<String>>(), Some(None));
        assert_eq!(absent::<Wrapped>(), Some(Wrapped(None)));
        assert_eq!(absent::<String>(), None);
        assert_eq!(absent::<Vec<u8>>(), None);
        assert_eq!(absent::<serde_json::Value>(), None);
    }
}
