//! Making schemas say what they have to, and no more.

use serde_json::{Map, Value, json};

pub(super) fn into_object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        // `true` allows everything, as `{}` does, and older revisions know objects alone.
        _ => Map::new(),
    }
}

/// Takes `null` out of a schema: an argument that may be left out has the schema of its value.
pub(super) fn remove_null(schema: &mut Map<String, Value>) {
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

pub(super) fn tidied(schema: Map<String, Value>) -> Map<String, Value> {
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

fn is_numeric(kind: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().all(|kind| kind == "null" || is_numeric(kind)),
        kind => kind == "number" || kind == "integer",
    }
}
