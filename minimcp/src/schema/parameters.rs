//! Describing the parameters of a handler.

use std::ops::{Bound, RangeBounds};

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::generator;
use super::tidy::{into_object, remove_null};
use crate::param::FromCall;

/// The parameters of a handler, as its schema and its prompt arguments describe them.
#[derive(Debug)]
pub struct Parameters {
    pub(super) generator: SchemaGenerator,
    pub(super) list: Vec<Parameter>,
    /// The last one is an argument, which rules may follow.
    open: bool,
    pub(super) logs: bool,
    pub(super) begins: bool,
    pub(super) sees_call: bool,
}

/// A parameter under description.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    /// Whether the type says what values there are.
    pub(crate) completes: bool,
    pub(super) schema: Map<String, Value>,
}

impl Parameters {
    /// What an expansion says of its parameters.
    pub(crate) fn described(describe: fn(&mut Self)) -> Self {
        let mut parameters = Self {
            generator: generator(),
            list: Vec::new(),
            open: false,
            logs: false,
            begins: false,
            sees_call: false,
        };
        describe(&mut parameters);
        parameters
    }

    /// Adds a parameter, unless its type is filled in by the server. Without a text there is no description.
    pub fn add<T: FromCall>(&mut self, name: &'static str, description: &str) -> &mut Self {
        self.logs |= T::LOGS;
        self.begins |= T::BEGINS;
        self.sees_call |= !T::ARGUMENT;
        let schema = T::__schema(&mut self.generator);
        let required = T::__absent().is_none();
        self.push(name, description, required, schema)
    }

    /// Adds a `&str` parameter.
    pub fn text(&mut self, name: &'static str, description: &str) -> &mut Self {
        let schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        self.push(name, description, true, Some(schema.into()))
    }

    /// Says more of the parameter that was added, unless it is filled in.
    pub fn rules(&mut self, describe: fn(Parameter) -> Parameter) -> &mut Self {
        if self.open
            && let Some(parameter) = self.list.pop()
        {
            self.list.push(describe(parameter));
        }
        self
    }

    fn push(
        &mut self,
        name: &'static str,
        description: &str,
        required: bool,
        schema: Option<Schema>,
    ) -> &mut Self {
        self.open = schema.is_some();
        let Some(schema) = schema else { return self };
        let mut schema = into_object(schema.to_value());
        if !required {
            remove_null(&mut schema);
        }
        if !description.is_empty() {
            schema.insert("description".to_owned(), json!(description));
        }
        self.list.push(Parameter { name, required, completes: false, schema });
        self
    }
}

impl Parameter {
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
