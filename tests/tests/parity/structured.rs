//! Structured values, held against the schemas that are listed for them.

use std::collections::BTreeMap;

use minimcp::{CallToolResult, Content, MiniMcp, handlers, tool};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::wire::{ALL, V, ask};

#[derive(Serialize, JsonSchema)]
struct Tree {
    name: String,
    weight: Option<f64>,
    children: Vec<Tree>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Mixed(u8, u8),
}

#[tool]
async fn number() -> f64 {
    0.5
}

#[tool]
async fn flag() -> Result<bool, String> {
    Ok(true)
}

#[tool]
async fn list() -> Vec<Option<i64>> {
    vec![Some(1), None]
}

#[tool]
async fn pair() -> (u8, String) {
    (1, "a".into())
}

#[tool]
async fn map() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("a".into(), vec![1])])
}

#[tool]
async fn tree() -> Tree {
    let leaf = |weight| Tree { name: "leaf".into(), weight, children: vec![] };
    Tree { name: "root".into(), weight: None, children: vec![leaf(Some(1.0)), leaf(None)] }
}

#[tool]
async fn color() -> Color {
    Color::Red
}

#[tool]
async fn mixed() -> Color {
    Color::Mixed(1, 2)
}

#[tool]
async fn maybe() -> Option<Tree> {
    Some(Tree { name: "one".into(), weight: None, children: vec![] })
}

#[tool]
async fn nobody() -> Option<Tree> {
    None
}

#[tool]
async fn anything() -> Value {
    json!([1, { "a": null }])
}

#[tool]
async fn word() -> String {
    "a".into()
}

/// A type whose schema allows more than texts
#[tool]
async fn any_word() -> Value {
    json!("\"a\"")
}

#[derive(Serialize, JsonSchema)]
enum Level {
    Low,
    #[allow(dead_code, reason = "one value is enough to have a choice")]
    High,
}

#[tool]
async fn level() -> Result<Level, String> {
    Ok(Level::Low)
}

#[tool]
async fn by_hand() -> CallToolResult {
    CallToolResult::new([Content::text("a")]).structured(&json!({ "a": 1 }))
}

#[tokio::test]
async fn g14_structured_values_fit_the_schema_that_is_listed() {
    let server: MiniMcp = MiniMcp::new("test").handlers(handlers![
        number, flag, list, pair, map, tree, color, mixed, maybe, nobody, anything, word, any_word,
        level, by_hand,
    ]);
    for revision in ALL {
        let (listed, _) = ask(&server, (), *revision, "tools/list", json!({})).await;
        let mut promised = 0;
        for tool in listed["result"]["tools"].as_array().unwrap() {
            let name = tool["name"].as_str().unwrap();
            let (answer, _) =
                ask(&server, (), *revision, "tools/call", json!({ "name": name })).await;
            let value = answer["result"].get("structuredContent");
            let Some(schema) = tool.get("outputSchema") else { continue };
            let value = value.unwrap_or_else(|| panic!("{revision} {name}: {answer}"));
            assert!(fits(value, schema, schema), "{revision} {name}: {value} against {schema}");
            // Up to 2025-11-25 both have to be objects.
            assert!(revision.is_modern() || schema["type"] == "object", "{name}: {schema}");
            assert!(revision.is_modern() || value.is_object(), "{name}: {value}");
            promised += 1;
        }
        let knows = !matches!(revision, V::V2024_11_05 | V::V2025_03_26);
        assert_eq!(promised > 5, knows, "{revision}");
    }
}

/// Whether a value fits a schema, as far as the schemas of these tools go.
fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
    let each = |key: &str, fits: &dyn Fn(&[Value]) -> bool| {
        schema.get(key).and_then(Value::as_array).is_none_or(|all| fits(all))
    };
    let reference = schema.get("$ref").and_then(Value::as_str).is_none_or(|reference| {
        let target =
            root.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere");
        fits(value, target, root)
    });
    let is = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => true,
    };
    let members = value.as_object().is_none_or(|object| {
        object.iter().all(|(name, member)| {
            let of_name = schema.pointer("/properties").and_then(|all| all.get(name));
            of_name
                .or(schema.get("additionalProperties").filter(|other| other.is_object()))
                .map_or(schema.get("additionalProperties") != Some(&json!(false)), |schema| {
                    fits(member, schema, root)
                })
        }) && each("required", &|names| {
            names.iter().all(|name| object.contains_key(name.as_str().unwrap_or_default()))
        })
    });
    let items = value.as_array().is_none_or(|items| {
        let prefix =
            schema.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let rest = schema.get("items").filter(|rest| rest.is_object());
        items.iter().enumerate().all(|(index, item)| {
            prefix.get(index).or(rest).is_none_or(|schema| fits(item, schema, root))
        })
    });
    reference
        && kind
        && members
        && items
        && each("enum", &|values| values.contains(value))
        && schema.get("const").is_none_or(|only| only == value)
        && each("anyOf", &|all| all.iter().any(|one| fits(value, one, root)))
        && each("oneOf", &|all| all.iter().filter(|one| fits(value, one, root)).count() == 1)
}

#[test]
fn g14_a_value_that_does_not_fit_is_noticed() {
    let schema = json!({
        "type": "object", "properties": { "a": { "$ref": "#/$defs/Few" } }, "required": ["a"],
        "additionalProperties": false, "$defs": { "Few": { "type": "array", "items": { "enum": [1, 2] } } },
    });
    for (value, expected) in [
        (json!({ "a": [1, 2] }), true),
        (json!({ "a": [3] }), false),
        (json!({ "a": 1 }), false),
        (json!({}), false),
        (json!({ "a": [], "b": 1 }), false),
        (json!([]), false),
    ] {
        assert_eq!(fits(&value, &schema, &schema), expected, "{value}");
    }
}
