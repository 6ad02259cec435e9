//! JSON schemas of arguments and results.

use std::ops::{Bound, RangeBounds};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::param::FromCall;
use crate::protocol::json;

/// The parameters of a handler, as its schema and its prompt arguments describe them.
#[derive(Debug)]
pub struct Parameters {
    generator: SchemaGenerator,
    list: Vec<Parameter>,
    logs: bool,
}

/// A parameter under description.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    /// Whether the type says what values there are.
    pub(crate) completes: bool,
    schema: Map<String, Value>,
}

impl Parameters {
    /// No parameters.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions describe parameters")]
    pub fn new() -> Self {
        Self { generator: generator(), list: Vec::new(), logs: false }
    }

    /// Adds a parameter, unless its type is filled in by the server.
    #[must_use]
    pub fn add<T: FromCall>(
        mut self,
        name: &'static str,
        describe: impl FnOnce(Parameter) -> Parameter,
    ) -> Self {
        self.logs |= T::LOGS;
        let Some(schema) = T::__schema(&mut self.generator) else { return self };
        let required = T::__absent().is_none();
        let mut schema = into_object(schema.to_value());
        if !required {
            remove_null(&mut schema);
        }
        self.list.push(describe(Parameter { name, required, completes: false, schema }));
        self
    }

    /// Adds a `&str` parameter.
    #[must_use]
    pub fn text(
        mut self,
        name: &'static str,
        describe: impl FnOnce(Parameter) -> Parameter,
    ) -> Self {
        let schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        self.list.push(describe(Parameter { name, required: true, completes: false, schema }));
        self
    }

    /// The description as it is kept.
    pub(crate) fn finish(mut self) -> Arguments {
        let definitions = self.generator.take_definitions(true);
        Arguments { list: self.list, logs: self.logs, definitions }
    }
}

/// The arguments of a handler, described.
#[derive(Debug)]
pub(crate) struct Arguments {
    list: Vec<Parameter>,
    logs: bool,
    definitions: Map<String, Value>,
}

impl Arguments {
    /// Whether one of the parameters can send log messages.
    pub(crate) fn logs(&self) -> bool {
        self.logs
    }

    /// The parameters that the client sends.
    pub(crate) fn list(&self) -> &[Parameter] {
        &self.list
    }

    /// The schema of one parameter, with the definition that it refers to in its place.
    pub(crate) fn resolved(&self, parameter: &Parameter) -> Value {
        let own = Value::Object(parameter.schema.clone());
        let name =
            own.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"));
        name.and_then(|name| self.definitions.get(name)).cloned().unwrap_or(own)
    }

    /// The schema of the arguments object, as JSON text with the parameters in their order.
    pub(crate) fn to_schema(&self, deny_unknown: bool) -> Vec<u8> {
        let required = || {
            self.list.iter().filter(|parameter| parameter.required).map(|parameter| parameter.name)
        };
        json::object(|root| {
            root.member("type", "object");
            root.object("properties", |properties| {
                for parameter in &self.list {
                    properties.named(parameter.name, &tidied(parameter.schema.clone()));
                }
            });
            if required().next().is_some() {
                root.array("required", required(), json::write_string);
            }
            if deny_unknown || self.list.is_empty() {
                root.member("additionalProperties", &false);
            }
            if !self.definitions.is_empty() {
                root.object("$defs", |object| {
                    for (name, definition) in &self.definitions {
                        object.named(name, &tidied(into_object(definition.clone())));
                    }
                });
            }
        })
    }
}

impl Parameter {
    /// Says what the argument is for.
    #[must_use]
    pub fn description(mut self, description: &str) -> Self {
        self.schema.insert("description".to_owned(), json!(description));
        self
    }

    /// What the client need not send, and what is taken instead.
    #[must_use]
    pub fn default_value<T: Serialize + ?Sized>(mut self, default: &T) -> Self {
        if let Ok(default) = serde_json::to_value(default) {
            self.schema.insert("default".to_owned(), default);
        }
        self.optional()
    }

    /// What the client need not send.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The least and the greatest number.
    #[must_use]
    pub fn range<T: Serialize, R: RangeBounds<T>>(mut self, range: &R) -> Self {
        let mut bound = |key: &str, value: &T| {
            if let Ok(value) = serde_json::to_value(value) {
                self.schema.insert(key.to_owned(), value);
            }
        };
        match range.start_bound() {
            Bound::Included(start) => bound("minimum", start),
            Bound::Excluded(start) => bound("exclusiveMinimum", start),
            Bound::Unbounded => (),
        }
        match range.end_bound() {
            Bound::Included(end) => bound("maximum", end),
            Bound::Excluded(end) => bound("exclusiveMaximum", end),
            Bound::Unbounded => (),
        }
        self
    }

    /// The least and the greatest number of characters or items.
    #[must_use]
    pub fn length<R: RangeBounds<usize>>(mut self, range: &R) -> Self {
        let of_characters = self.schema.get("type").is_none_or(|kind| kind == "string");
        let (least, most) =
            if of_characters { ("minLength", "maxLength") } else { ("minItems", "maxItems") };
        match range.start_bound() {
            Bound::Included(start) => drop(self.schema.insert(least.to_owned(), json!(start))),
            Bound::Excluded(start) => {
                drop(self.schema.insert(least.to_owned(), json!(start.saturating_add(1))));
            }
            Bound::Unbounded => (),
        }
        match range.end_bound() {
            Bound::Included(end) => drop(self.schema.insert(most.to_owned(), json!(end))),
            Bound::Excluded(end) => {
                drop(self.schema.insert(most.to_owned(), json!(end.saturating_sub(1))));
            }
            Bound::Unbounded => (),
        }
        self
    }

    /// The regular expression that strings match.
    #[cfg(feature = "pattern")]
    #[must_use]
    pub fn pattern(mut self, pattern: &crate::args::Pattern) -> Self {
        pattern.compile();
        self.schema.insert("pattern".to_owned(), json!(pattern.text()));
        self
    }

    /// The header that repeats the argument, `Mcp-Param-` and this name (2026-07-28, `x-mcp-header`).
    #[must_use]
    pub fn header(mut self, name: &str) -> Self {
        self.schema.insert("x-mcp-header".to_owned(), json!(name));
        self
    }

    /// Completes the argument from the values that its type has.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.completes = true;
        self
    }

    /// The description, for lists that have no schema.
    pub(crate) fn about(&self) -> Option<&str> {
        self.schema.get("description").and_then(Value::as_str)
    }
}

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
        let definitions = inner.as_object_mut().and_then(|inner| inner.remove("$defs"));
        let mut wrapped =
            json!({ "type": "object", "properties": { "result": inner }, "required": ["result"] });
        if let (Some(wrapped), Some(definitions)) = (wrapped.as_object_mut(), definitions) {
            wrapped.insert("$defs".to_owned(), definitions);
        }
        Some(Self { plain: schema, wrapped: Some(wrapped) })
    }
}

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

fn into_object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        // `true` allows everything, as `{}` does, and older revisions know objects alone.
        _ => Map::new(),
    }
}

/// Takes `null` out of a schema: an argument that may be left out has the schema of its value.
fn remove_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            schema.remove("anyOf");
            schema.extend(only);
        }
    }
}

fn tidied(schema: Map<String, Value>) -> Map<String, Value> {
    let mut schema = Value::Object(schema);
    tidy(&mut schema);
    into_object(schema)
}

/// Where a keyword holds schemas by name; the names are not keywords.
const NAMED: [&str; 5] =
    ["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"];

/// Removes what says nothing, in every sub-schema: titles that repeat a type's name, the width of a number (its range
/// says it, and validators complain about formats that they do not know), and `true` for a property.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("title").is_some_and(Value::is_string) {
                members.remove("title");
            }
            members.remove("$schema");
            if members.get("type").is_some_and(is_numeric) {
                members.remove("format");
            }
            for (keyword, value) in members {
                match value {
                    Value::Object(named) if NAMED.contains(&keyword.as_str()) => {
                        for sub in named.values_mut() {
                            if *sub == Value::Bool(true) {
                                *sub = json!({});
                            }
                            tidy(sub);
                        }
                    }
                    _ if matches!(keyword.as_str(), "default" | "const" | "enum" | "examples") => {}
                    _ => tidy(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        _ => (),
    }
}

/// Describes a default in the schema, if it can be JSON.
///
/// A default is any expression; whether its type is `Serialize` is found out by method lookup, which tries
/// [`ViaSerialize`] before [`ViaNothing`].
#[derive(Debug)]
pub struct DefaultValue<'a, T: ?Sized>(pub &'a T);

/// Puts a default into the schema.
pub trait ViaSerialize {
    /// Describes the parameter.
    fn apply(&self, parameter: Parameter) -> Parameter;
}

/// Says that there is a default, which cannot be shown.
pub trait ViaNothing {
    /// Describes the parameter.
    fn apply(&self, parameter: Parameter) -> Parameter;
}

impl<T: Serialize + ?Sized> ViaSerialize for &DefaultValue<'_, T> {
    fn apply(&self, parameter: Parameter) -> Parameter {
        parameter.default_value(self.0)
    }
}

impl<T: ?Sized> ViaNothing for DefaultValue<'_, T> {
    fn apply(&self, parameter: Parameter) -> Parameter {
        parameter.optional()
    }
}

fn is_numeric(kind: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().all(|kind| kind == "null" || is_numeric(kind)),
        kind => kind == "number" || kind == "integer",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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

    fn check(parameters: Parameters, expected: Value) {
        let schema: Value = serde_json::from_slice(&parameters.finish().to_schema(false)).unwrap();
        assert_eq!(schema, expected);
    }

    #[test]
    fn no_arguments_is_an_object_without_properties() {
        let empty = json!({ "type": "object", "properties": {}, "additionalProperties": false });
        check(Parameters::new(), empty.clone());
        check(Parameters::new().add::<Progress>("progress", |p| p), empty);
    }

    #[test]
    fn an_optional_argument_has_the_schema_of_its_value() {
        check(
            Parameters::new()
                .add::<Option<u8>>("a", |p| p)
                .add::<Option<Node>>("b", |p| p.description("A node"))
                .text("c", |p| p.length(&(1..=3)))
                .add::<f64>("d", |p| (&&DefaultValue(&1.0)).apply(p).range(&(0.0..2.0))),
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
        let parameters = Parameters::new().add::<u8>("a", |p| DefaultValue(&Secret).apply(p));
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
