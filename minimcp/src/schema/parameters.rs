//! Describing the parameters of a handler.

use std::ops::{Bound, RangeBounds};

use schemars::SchemaGenerator;
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
    pub(super) logs: bool,
    pub(super) begins: bool,
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
    /// No parameters.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions describe parameters")]
    pub fn new() -> Self {
        Self { generator: generator(), list: Vec::new(), logs: false, begins: false }
    }

    /// Adds a parameter, unless its type is filled in by the server.
    #[must_use]
    pub fn add<T: FromCall>(
        mut self,
        name: &'static str,
        describe: impl FnOnce(Parameter) -> Parameter,
    ) -> Self {
        self.logs |= T::LOGS;
        self.begins |= T::BEGINS;
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
