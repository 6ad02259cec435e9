//! Whether what a user filled in fits the form.

use std::fmt::Display;

use serde_json::{Map, Value};

/// Holds an answer against the schema of its form.
///
/// # Errors
///
/// What does not fit, for the user; the first thing that is found.
pub(super) fn check(schema: &Value, content: &Value) -> Result<(), String> {
    let fields = content.as_object().ok_or("the answer has to be an object")?;
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if fields.get(name).is_none_or(Value::is_null) {
            return Err(format!("`{name}` is missing"));
        }
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, field) in properties {
        if let Some(value) = fields.get(name).filter(|value| !value.is_null()) {
            check_field(field, value).map_err(|problem| format!("`{name}` {problem}"))?;
        }
    }
    Ok(())
}

fn check_field(field: &Value, value: &Value) -> Result<(), String> {
    let Some(field) = field.as_object() else { return Ok(()) };
    match (field.get("type").and_then(Value::as_str), value) {
        (Some("string"), Value::String(text)) => {
            check_choice(field, value)?;
            between(field, "minLength", "maxLength", text.chars().count() as f64, " characters")
        }
        (Some("integer"), Value::Number(number)) if !is_whole(number) => {
            Err("has to be a whole number".into())
        }
        (Some("integer" | "number"), Value::Number(number)) => {
            between(field, "minimum", "maximum", number.as_f64().unwrap_or(f64::NAN), "")
        }
        (Some("boolean"), Value::Bool(_)) | (None, _) => Ok(()),
        (Some("array"), Value::Array(chosen)) => {
            between(field, "minItems", "maxItems", chosen.len() as f64, " choices")?;
            match field.get("items").and_then(Value::as_object) {
                Some(items) => chosen.iter().try_for_each(|one| check_choice(items, one)),
                None => Ok(()),
            }
        }
        (Some(kind), _) => Err(format!("has to be of type {kind}")),
    }
}

/// Whether a value is one of those that a field offers, if it does.
fn check_choice(field: &Map<String, Value>, value: &Value) -> Result<(), String> {
    let plain = field.get("enum").and_then(Value::as_array);
    let titled = field.get("oneOf").or_else(|| field.get("anyOf")).and_then(Value::as_array);
    let choices: Vec<&Value> = match (plain, titled) {
        (Some(plain), _) => plain.iter().collect(),
        (None, Some(titled)) => titled.iter().filter_map(|choice| choice.get("const")).collect(),
        (None, None) => return Ok(()),
    };
    match choices.contains(&value) {
        true => Ok(()),
        false => {
            let choices: Vec<_> = choices.iter().map(ToString::to_string).collect();
            Err(format!("has to be one of {}", choices.join(", ")))
        }
    }
}

fn between(
    field: &Map<String, Value>,
    least: &str,
    most: &str,
    value: f64,
    unit: impl Display,
) -> Result<(), String> {
    let bound = |name| field.get(name).and_then(Value::as_f64);
    match (bound(least), bound(most)) {
        (Some(least), _) if value < least => Err(format!("has to be at least {least}{unit}")),
        (_, Some(most)) if value > most => Err(format!("has to be at most {most}{unit}")),
        _ => Ok(()),
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64()
        || number.is_u64()
        || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check as check_content;
    use super::*;

    fn check(field: Value, value: Value, expected: Result<(), &str>) {
        let schema = json!({ "type": "object", "properties": { "a": field }, "required": ["a"] });
        let content = json!({ "a": value });
        assert_eq!(check_content(&schema, &content), expected.map_err(str::to_owned), "{content}");
    }

    #[test]
    fn every_rule_of_a_form_is_kept() {
        let text = json!({ "type": "string", "minLength": 2, "maxLength": 3 });
        check(text.clone(), json!("äö"), Ok(()));
        check(text.clone(), json!("ä"), Err("`a` has to be at least 2 characters"));
        check(text.clone(), json!("long"), Err("`a` has to be at most 3 characters"));
        check(text.clone(), json!(1), Err("`a` has to be of type string"));
        check(text, Value::Null, Err("`a` is missing"));
        let number = json!({ "type": "integer", "minimum": 1, "maximum": 2 });
        check(number.clone(), json!(2.0), Ok(()));
        check(number.clone(), json!(1.5), Err("`a` has to be a whole number"));
        check(number, json!(3), Err("`a` has to be at most 2"));
        check(json!({ "type": "boolean" }), json!("true"), Err("`a` has to be of type boolean"));
        let one = json!({ "type": "string", "oneOf": [{ "const": "x", "title": "X" }] });
        check(one.clone(), json!("x"), Ok(()));
        check(one, json!("y"), Err("`a` has to be one of \"x\""));
        let many = json!({ "type": "array", "minItems": 1, "items": { "type": "string", "enum": ["x", "y"] } });
        check(many.clone(), json!(["y"]), Ok(()));
        check(many.clone(), json!([]), Err("`a` has to be at least 1 choices"));
        check(many, json!(["z"]), Err("`a` has to be one of \"x\", \"y\""));
    }
}
