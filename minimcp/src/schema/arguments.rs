//! The arguments of a handler, as clients see them.

use serde_json::{Map, Value};

use super::parameters::{Parameter, Parameters};
use super::tidy::{into_object, tidied};
use crate::protocol::json;

impl Parameters {
    /// The description as it is kept.
    pub(crate) fn finish(mut self) -> Arguments {
        let definitions = self.generator.take_definitions(true);
        let Self { list, logs, begins, sees_call, .. } = self;
        Arguments { list, logs, begins, sees_call, definitions }
    }
}

/// The arguments of a handler, described.
#[derive(Debug)]
pub(crate) struct Arguments {
    list: Vec<Parameter>,
    logs: bool,
    begins: bool,
    sees_call: bool,
    definitions: Map<String, Value>,
}

impl Arguments {
    /// Whether one of the parameters can send log messages.
    pub(crate) fn logs(&self) -> bool {
        self.logs
    }

    /// Whether one of the parameters says when the call becomes a task.
    pub(crate) fn begins(&self) -> bool {
        self.begins
    }

    /// Whether one of the parameters is not sent by the client, and so may be made of the call.
    pub(crate) fn sees_call(&self) -> bool {
        self.sees_call
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
