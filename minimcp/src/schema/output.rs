//! The schema of what a tool returns.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::settings;
use super::tidy::{into_object, tidied};

/// The schema of what a tool returns, in the two forms that revisions know.
#[derive(Debug, Clone)]
pub(crate) struct OutputSchema {
    /// The schema of the value itself.
    pub(crate) plain: Value,
    /// The schema of `{"result": value}`, if the value is no object.
    pub(crate) wrapped: Option<Value>,
}

impl OutputSchema {
    /// The schema of a type; `None` for what is text or nothing, where a schema says nothing more.
    pub(crate) fn of<T: JsonSchema>() -> Option<Self> {
        let generator = settings().for_serialize().into_generator();
        Self::from_value(Value::Object(tidied(into_object(
            generator.into_root_schema_for::<T>().to_value(),
        ))))
    }

    pub(crate) fn from_value(schema: Value) -> Option<Self> {
        let is_open = |word: &Value| word == "string" || word == "null";
        let constrained =
            ["enum", "const", "format", "pattern"].iter().any(|key| schema.get(key).is_some());
        match schema.get("type") {
            Some(Value::String(kind)) if kind == "object" => {
                return Some(Self { plain: schema, wrapped: None });
            }
            Some(kind @ Value::String(_)) if is_open(kind) && !constrained => return None,
            Some(Value::Array(kinds)) if kinds.iter().all(is_open) && !constrained => return None,
            _ => (),
        }
        let mut inner = schema.clone();
        let of_the_root = ["$schema", "$defs"]
            .map(|key| (key, inner.as_object_mut().and_then(|inner| inner.remove(key))));
        let mut wrapped =
            json!({ "type": "object", "properties": { "result": inner }, "required": ["result"] });
        for (key, value) in of_the_root {
            if let (Some(wrapped), Some(value)) = (wrapped.as_object_mut(), value) {
                wrapped.insert(key.to_owned(), value);
            }
        }
        Some(Self { plain: schema, wrapped: Some(wrapped) })
    }
}
