//! The keywords of JSON Schema 2020-12, and the values that each can have.

use std::collections::HashSet;

use serde_json::Value;

/// What a keyword holds.
pub(super) enum Keyword {
    /// One schema.
    Schema,
    /// A list of schemas.
    Schemas,
    /// Schemas by names, which are no keywords.
    NamedSchemas,
    /// The name of a dialect.
    Dialect,
    /// The place of another schema.
    Reference,
    /// A value with no schemas in it that passes a test, and what it has to be.
    Plain(fn(&Value) -> bool, &'static str),
}

/// The keyword of this name; `None` for a name that the dialect leaves to others, or that may have any value.
pub(super) fn keyword(name: &str) -> Option<Keyword> {
    Some(match name {
        "items"
        | "contains"
        | "additionalProperties"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contentSchema" => Keyword::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Keyword::Schemas,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Keyword::NamedSchemas
        }
        "$schema" => Keyword::Dialect,
        "$ref" | "$dynamicRef" => Keyword::Reference,
        "type" => Keyword::Plain(is_type, "the name of a type, or a list of different ones"),
        "enum" | "examples" => Keyword::Plain(Value::is_array, "a list"),
        "required" => Keyword::Plain(are_names, "a list of different names"),
        "dependentRequired" => Keyword::Plain(are_lists, "an object of lists of different names"),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            Keyword::Plain(Value::is_number, "a number")
        }
        "multipleOf" => Keyword::Plain(is_positive, "a number over 0"),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
        | "minContains" | "maxContains" => Keyword::Plain(Value::is_u64, "an integer from 0 on"),
        "uniqueItems" | "deprecated" | "readOnly" | "writeOnly" => {
            Keyword::Plain(Value::is_boolean, "`true` or `false`")
        }
        "$id" | "$anchor" | "$dynamicAnchor" | "$comment" | "title" | "description" | "format"
        | "pattern" | "contentEncoding" | "contentMediaType" => {
            Keyword::Plain(Value::is_string, "a text")
        }
        _ => return None,
    })
}

fn is_type(value: &Value) -> bool {
    const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];
    let is_type = |name: &str| TYPES.contains(&name);
    match value {
        Value::String(name) => is_type(name),
        Value::Array(names) => {
            !names.is_empty()
                && are_names(value)
                && names.iter().all(|name| name.as_str().is_some_and(is_type))
        }
        _ => false,
    }
}

fn are_names(value: &Value) -> bool {
    let mut seen = HashSet::new();
    let mut is_new = |name: &Value| name.as_str().is_some_and(|name| seen.insert(name.to_owned()));
    value.as_array().is_some_and(|names| names.iter().all(&mut is_new))
}

fn are_lists(value: &Value) -> bool {
    value.as_object().is_some_and(|lists| lists.values().all(are_names))
}

fn is_positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number > 0.0)
}
