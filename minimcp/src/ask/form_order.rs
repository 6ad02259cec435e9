//! The order in which people read a form: that of the fields of its struct.
//!
//! A schema does not tell: its properties are a map, sorted by name. But whoever deserialises a struct is handed the names of
//! its fields in their order, before any value is asked for.

use std::fmt;

use serde::de::value::Error as Nothing;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

/// The names of the fields of a struct in their order; nothing of anything else, or of a struct with a flattened one.
pub(super) fn fields_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // There is no value to give, so this always fails.
    let _ = T::deserialize(Names(&mut fields));
    fields
}

/// Notes the names that it is handed, and gives nothing.
struct Names<'f>(&'f mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Nothing;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Nothing> {
        *self.0 = fields;
        Err(Nothing::custom("only the names are wanted"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Nothing> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Nothing> {
        Err(Nothing::custom("there is no value"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// The schema of a form, written with its properties in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ordered {
    pub(super) schema: Value,
    pub(super) order: &'static [&'static str],
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.schema.as_object().into_iter().flatten() {
            match value {
                Value::Object(properties) if name == "properties" => {
                    map.serialize_entry(name, &Properties { properties, order: self.order })?;
                }
                value => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

struct Properties<'p> {
    properties: &'p Map<String, Value>,
    order: &'static [&'static str],
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |name: &str| self.order.iter().position(|other| *other == name);
        let mut properties: Vec<_> = self.properties.iter().collect();
        // Stable: what has no place stays where it is, behind the others.
        properties.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
        serializer.collect_map(properties)
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Names").field(&self.0).finish()
    }
}

#[cfg(test)]
#[allow(dead_code, reason = "only the names are looked at")]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Seat {
        window: bool,
        #[serde(skip)]
        free: bool,
        row_number: u8,
        #[serde(rename = "aisle")]
        at_the_aisle: bool,
    }

    #[derive(serde::Deserialize)]
    #[serde(transparent)]
    struct Transparent(Seat);

    #[derive(serde::Deserialize)]
    struct New(Seat);

    #[derive(serde::Deserialize)]
    struct Flat {
        name: String,
        #[serde(flatten)]
        seat: Seat,
    }

    fn check<T: DeserializeOwned>(expected: &str) {
        let properties = json!({ "aisle": 1, "name": 2, "rowNumber": 3, "window": 4 });
        let schema = json!({ "type": "object", "properties": properties });
        let ordered = Ordered { schema, order: fields_of::<T>() };
        let expected = format!(r#"{{"properties":{{{expected}}},"type":"object"}}"#);
        assert_eq!(serde_json::to_string(&ordered).unwrap(), expected);
    }

    #[test]
    fn properties_are_in_the_order_of_the_fields() {
        let seat = r#""window":4,"rowNumber":3,"aisle":1,"name":2"#;
        check::<Seat>(seat);
        check::<Transparent>(seat);
        check::<New>(seat);
        let sorted = r#""aisle":1,"name":2,"rowNumber":3,"window":4"#;
        check::<Flat>(sorted);
        check::<Value>(sorted);
        check::<Option<u8>>(sorted);
    }
}
