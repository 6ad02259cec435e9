//! JSON schemas of arguments and results.

mod arguments;
mod default;
mod keywords;
mod output;
mod parameters;
mod reference;
mod tidy;
mod written;

pub(crate) use arguments::Arguments;
pub use default::{DefaultValue, ViaNothing, ViaSerialize};
pub(crate) use output::OutputSchema;
pub(crate) use parameters::Parameter;
pub use parameters::Parameters;
pub(crate) use written::{check_arguments, check_schema};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};
use tidy::{into_object, tidied};

/// The schema of a type on its own.
pub(crate) fn root_schema<T: JsonSchema>() -> Map<String, Value> {
    tidied(into_object(generator().into_root_schema_for::<T>().to_value()))
}

/// What describes arguments.
fn generator() -> SchemaGenerator {
    settings().for_deserialize().into_generator()
}

/// JSON Schema 2020-12, definitions under `$defs`, nothing said of the dialect.
fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::call::Progress;

    #[derive(serde::Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only the schema is looked at")]
    struct Node {
        /// Its name
        name: String,
        title: Option<String>,
        children: Vec<Node>,
        any: Value,
    }

    fn check(describe: fn(&mut Parameters), expected: Value) {
        let parameters = Parameters::described(describe).finish();
        let schema: Value = serde_json::from_slice(&parameters.to_schema(false)).unwrap();
        assert_eq!(schema, expected);
    }

    #[test]
    fn no_arguments_is_an_object_without_properties() {
        let empty = json!({ "type": "object", "properties": {}, "additionalProperties": false });
        check(|_| {}, empty.clone());
        let injected = |list: &mut Parameters| {
            list.add::<Progress>("progress", "Not listed").rules(|p| p.header("No"));
        };
        check(injected, empty);
    }

    #[test]
    fn an_optional_argument_has_the_schema_of_its_value() {
        check(
            |list| {
                list.add::<Option<u8>>("a", "");
                list.add::<Option<Node>>("b", "A node");
                list.text("c", "").rules(|p| p.length(&(1..=3)));
                list.add::<f64>("d", "")
                    .rules(|p| (&&DefaultValue(&1.0)).apply(p).range(&(0.0..2.0)));
            },
            json!({
                "type": "object",
                "properties": {
                    "a": { "type": "integer", "minimum": 0, "maximum": 255 },
                    "b": { "$ref": "#/$defs/Node", "description": "A node" },
                    "c": { "type": "string", "minLength": 1, "maxLength": 3 },
                    "d": { "type": "number", "default": 1.0, "minimum": 0.0, "exclusiveMaximum": 2.0 },
                },
                "required": ["c"],
                "$defs": { "Node": {
                    "type": "object",
                    "properties": {
                        "name": { "type": "string", "description": "Its name" },
                        "title": { "type": ["string", "null"] },
                        "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
                        "any": {},
                    },
                    "required": ["name", "children", "any"],
                } },
            }),
        );
    }

    #[test]
    fn a_default_that_cannot_be_json_is_not_shown() {
        struct Secret;
        let parameters = Parameters::described(|list| {
            list.add::<u8>("a", "").rules(|p| DefaultValue(&Secret).apply(p));
        });
        let schema: Value = serde_json::from_slice(&parameters.finish().to_schema(false)).unwrap();
        assert_eq!(
            (&schema["required"], &schema["properties"]["a"]["default"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[test]
    fn what_a_tool_returns_is_described_as_it_is_sent() {
        #[derive(serde::Serialize, JsonSchema)]
        struct Sent {
            #[serde(rename(serialize = "wire"))]
            inner: u8,
            always: Option<u8>,
            #[serde(skip_serializing_if = "Option::is_none")]
            sometimes: Option<u8>,
            #[serde(skip_deserializing)]
            only_sent: u8,
        }
        let value = Sent { inner: 1, always: None, sometimes: None, only_sent: 2 };
        let schema = OutputSchema::of::<Sent>().unwrap().plain;
        let sent = serde_json::to_value(&value).unwrap();
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&sent), ["always", "only_sent", "wire"]);
        assert_eq!(schema["required"], json!(["wire", "always", "only_sent"]));
        assert_eq!(names(&schema["properties"]), ["always", "only_sent", "sometimes", "wire"]);
    }

    #[test]
    fn what_a_tool_returns_is_described_where_there_is_something_to_describe() {
        assert!(OutputSchema::of::<String>().is_none());
        assert!(OutputSchema::of::<Option<String>>().is_none());
        assert!(OutputSchema::of::<()>().is_none());
        let number = OutputSchema::of::<f64>().unwrap();
        assert_eq!(
            number.wrapped.unwrap(),
            json!({ "type": "object", "properties": { "result": number.plain }, "required": ["result"] })
        );
        assert!(OutputSchema::of::<BTreeMap<String, u8>>().unwrap().wrapped.is_none());
        let nodes = OutputSchema::of::<Vec<Node>>().unwrap().wrapped.unwrap();
        assert!(
            nodes["$defs"]["Node"].is_object() && nodes["properties"]["result"]["$defs"].is_null()
        );
    }
}
