//! Forms: what a type asks a user for, as the flat schema that clients can show (Elicitation, Requested Schema).

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::form_check::check;
use super::form_order::{Ordered, fields_of};
use crate::protocol::version::ProtocolVersion;

/// The property that a form of a single value has.
const SINGLE: &str = "answer";

/// A form, in the terms of the newest revision.
#[derive(Debug)]
pub(super) struct Form {
    /// An object schema with plain properties.
    schema: Value,
    /// Whether the form is one value, which stands for itself.
    single: bool,
    /// The properties in the order in which people read them.
    order: &'static [&'static str],
}

impl Form {
    /// The form of a type.
    ///
    /// # Errors
    ///
    /// What in the type cannot be in a form; a mistake in the program.
    pub(super) fn of<T: DeserializeOwned + JsonSchema>() -> Result<Self, String> {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        });
        let schema = settings.into_generator().into_root_schema_for::<T>().to_value();
        let explain = |problem: String| {
            format!("`{}` cannot be a form: {problem}", std::any::type_name::<T>())
        };
        if schema.get("type") == Some(&json!("object")) && schema.get("properties").is_some() {
            let schema = flat(&schema).map_err(explain)?;
            return Ok(Self { schema, single: false, order: fields_of::<T>() });
        }
        if schema.get("type") == Some(&json!("null")) {
            let schema = json!({ "type": "object", "properties": {} });
            return Ok(Self { schema, single: false, order: &[] });
        }
        let mut field = field(&schema).map_err(explain)?;
        if T::inline_schema() {
            // Not a name that somebody chose for people, but `uint8` or the like.
            field.schema.remove("title");
        }
        field.schema.entry("title").or_insert_with(|| "Answer".into());
        let mut schema = json!({ "type": "object", "properties": { SINGLE: field.schema } });
        if !field.optional
            && let Some(schema) = schema.as_object_mut()
        {
            schema.insert("required".into(), json!([SINGLE]));
        }
        Ok(Self { schema, single: true, order: &[] })
    }

    /// The form that the program wrote itself.
    ///
    /// # Errors
    ///
    /// That it is no object with properties.
    pub(super) fn of_schema(schema: Value) -> Result<Self, String> {
        let properties = schema.get("properties").and_then(Value::as_object);
        let plain = properties.is_some_and(|all| {
            all.values().all(|one| {
                let kind = one.get("type").and_then(Value::as_str);
                matches!(kind, Some("string" | "number" | "integer" | "boolean" | "array"))
            })
        });
        match plain && schema.get("type") == Some(&json!("object")) {
            true => Ok(Self { schema, single: false, order: &[] }),
            false => Err(format!(
                "{schema} cannot be a form: it has to be an object whose properties are strings, numbers, booleans or \
                 lists of choices"
            )),
        }
    }

    /// The form as a revision can show it.
    ///
    /// # Errors
    ///
    /// What the revision has no words for.
    pub(super) fn schema_in(&self, revision: ProtocolVersion) -> Result<Ordered, String> {
        let mut schema = self.schema.clone();
        let order = self.order;
        if revision.has_titled_choices() {
            return Ok(Ordered { schema, order });
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, field) in properties.into_iter().flatten() {
            let Some(field) = field.as_object_mut() else { continue };
            if field.get("type") == Some(&json!("array")) {
                return Err(format!(
                    "the client's revision has no lists of choices in forms, and `{name}` is one"
                ));
            }
            if let Some(Value::Array(choices)) = field.remove("oneOf") {
                let part = |name: &str| -> Value {
                    choices
                        .iter()
                        .map(|choice| choice.get(name).cloned().unwrap_or_default())
                        .collect()
                };
                let (values, titles) = (part("const"), part("title"));
                field.insert("enum".into(), values);
                field.insert("enumNames".into(), titles);
            }
            if field.get("type") != Some(&json!("boolean")) {
                field.remove("default");
            }
        }
        Ok(Ordered { schema, order })
    }

    /// Reads what a user filled in.
    ///
    /// # Errors
    ///
    /// What does not fit, for the user.
    pub(super) fn read<T: DeserializeOwned>(&self, content: Value) -> Result<T, String> {
        let content = match content {
            Value::Null => Value::Object(Map::new()),
            content => content,
        };
        check(&self.schema, &content)?;
        let value = match content {
            Value::Object(mut fields) if self.single => fields.remove(SINGLE).unwrap_or_default(),
            content => content,
        };
        // A form without fields is a question whose only answer is "yes".
        let yes = value.as_object().is_some_and(Map::is_empty);
        serde_json::from_value(value).or_else(|error| match yes {
            true => serde_json::from_value(Value::Null).map_err(|_| error.to_string()),
            false => Err(error.to_string()),
        })
    }
}

/// A field of a form.
struct FormField {
    schema: Map<String, Value>,
    optional: bool,
}

/// The schema of a struct as a form.
fn flat(schema: &Value) -> Result<Value, String> {
    let mut properties = Map::new();
    let mut optional = Vec::new();
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let field = field(property).map_err(|problem| format!("in `{name}`, {problem}"))?;
        if field.optional {
            optional.push(name);
        }
        properties.insert(name.clone(), Value::Object(field.schema));
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let required = required.filter(|name| !optional.iter().any(|other| name == &other.as_str()));
    let required: Vec<_> = required.cloned().collect();
    let mut form = json!({ "type": "object", "properties": properties });
    if !required.is_empty()
        && let Some(form) = form.as_object_mut()
    {
        form.insert("required".into(), required.into());
    }
    Ok(form)
}

/// The schema of a plain value as a field.
fn field(schema: &Value) -> Result<FormField, String> {
    const ANY: &str =
        "any value at all fits; say what with a type, or give a schema with `.schema(…)`";
    let schema = schema.as_object().ok_or(ANY)?;
    let (schema, optional) = without_null(schema);
    let mut field = Map::new();
    let mut keep = |names: &[&str]| {
        for name in names {
            if let Some(value) = schema.get(*name).filter(|value| !value.is_null()) {
                field.insert((*name).to_owned(), value.clone());
            }
        }
    };
    keep(&["title", "description", "default"]);
    if let Some(choices) = choices(&schema) {
        field.insert("type".into(), "string".into());
        field.extend(choices);
        return Ok(FormField { schema: field, optional });
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            keep(&["type", "minLength", "maxLength"]);
            let format = schema.get("format").and_then(Value::as_str);
            if let Some(format @ ("email" | "uri" | "date" | "date-time")) = format {
                field.insert("format".into(), format.into());
            }
        }
        Some("integer" | "number") => keep(&["type", "minimum", "maximum"]),
        Some("boolean") => keep(&["type"]),
        Some("array") => {
            keep(&["type", "minItems", "maxItems"]);
            let items = schema.get("items").and_then(Value::as_object);
            let items =
                items.and_then(choices).ok_or("a list is of choices, a unit enum, in a form")?;
            field.insert("items".into(), Value::Object(items_of(items)));
        }
        None if !schema.contains_key("anyOf") && !schema.contains_key("oneOf") => {
            return Err(ANY.into());
        }
        kind => {
            return Err(format!(
                "forms are flat: strings, numbers, booleans, unit enums and lists of those, and no {}",
                kind.unwrap_or("union")
            ));
        }
    }
    Ok(FormField { schema: field, optional })
}

/// A schema that also allows `null`, without that.
fn without_null(schema: &Map<String, Value>) -> (Map<String, Value>, bool) {
    let mut schema = schema.clone();
    let null = json!("null");
    if let Some(Value::Array(types)) = schema.get("type")
        && let [one, other] = types.as_slice()
        && (*one == null || *other == null)
    {
        let kind = if *one == null { other.clone() } else { one.clone() };
        schema.insert("type".into(), kind);
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        return (schema, true);
    }
    if let Some(Value::Array(either)) = schema.get("anyOf")
        && let [Value::Object(value), nothing] = either.as_slice()
        && nothing.get("type") == Some(&null)
    {
        let mut value = value.clone();
        schema.remove("anyOf");
        value.extend(schema);
        return (value, true);
    }
    (schema, false)
}

/// The choices of a unit enum: `enum`, or `oneOf` with a title for each where one of them is described.
fn choices(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut found: Vec<(Value, Option<Value>)> = Vec::new();
    let own = [Value::Object(schema.clone())];
    let either = match schema.get("oneOf") {
        Some(Value::Array(either)) => either.as_slice(),
        _ => &own,
    };
    for one in either {
        let title = one.get("title").or_else(|| one.get("description")).cloned();
        match (one.get("const"), one.get("enum")) {
            (Some(value @ Value::String(_)), _) => found.push((value.clone(), title)),
            (None, Some(Value::Array(values))) if values.iter().all(Value::is_string) => {
                found.extend(values.iter().map(|value| (value.clone(), None)));
            }
            _ => return None,
        }
    }
    let titled = schema.contains_key("oneOf") && found.iter().any(|(_, title)| title.is_some());
    let (name, choices) = match titled {
        true => {
            let choice = |(value, title): (Value, Option<Value>)| {
                let title = title.unwrap_or_else(|| value.clone());
                json!({ "const": value, "title": title })
            };
            ("oneOf", found.into_iter().map(choice).collect())
        }
        false => ("enum", found.into_iter().map(|(value, _)| value).collect()),
    };
    Some(Map::from_iter([(name.to_owned(), Value::Array(choices))]))
}

/// Choices as the items of a list, which say "one of" with another word.
fn items_of(mut choices: Map<String, Value>) -> Map<String, Value> {
    if let Some(titled) = choices.remove("oneOf") {
        choices.insert("anyOf".into(), titled);
    } else {
        choices.insert("type".into(), "string".into());
    }
    choices
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        Small,
        Large,
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Meal {
        /// With meat
        Hearty,
        /// Without meat
        Green,
    }

    fn five() -> u8 {
        5
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Order {
        /// Who eats
        name: String,
        size: Size,
        meal: Meal,
        #[serde(default = "five")]
        #[schemars(range(min = 1, max = 9))]
        portions: u8,
        extras: Option<Vec<Size>>,
        #[schemars(email)]
        mail: Option<String>,
    }

    fn check_form<T: DeserializeOwned + JsonSchema>(
        revision: ProtocolVersion,
        expected: Result<Value, &str>,
    ) {
        let form = Form::of::<T>().and_then(|form| Ok(form.schema_in(revision)?.schema));
        match (form, expected) {
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (form, expected) => assert_eq!(form, expected.map_err(str::to_owned)),
        }
    }

    fn check_read<T: DeserializeOwned + JsonSchema + PartialEq + std::fmt::Debug>(
        content: Value,
        expected: Result<T, &str>,
    ) {
        let read = Form::of::<T>().unwrap().read::<T>(content);
        match (read, expected) {
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (read, expected) => assert_eq!(read, expected.map_err(str::to_owned)),
        }
    }

    #[test]
    fn a_struct_is_a_form_with_a_field_for_each_of_its_own() {
        check_form::<Order>(
            ProtocolVersion::LATEST,
            Ok(json!({
                "type": "object",
                "properties": {
                    "name": { "type": "string", "description": "Who eats" },
                    "size": { "type": "string", "enum": ["small", "large"] },
                    "meal": { "type": "string", "oneOf": [
                        { "const": "hearty", "title": "With meat" }, { "const": "green", "title": "Without meat" },
                    ] },
                    "portions": { "type": "integer", "minimum": 1, "maximum": 9, "default": 5 },
                    "extras": { "type": "array", "items": { "type": "string", "enum": ["small", "large"] } },
                    "mail": { "type": "string", "format": "email" },
                },
                "required": ["name", "size", "meal"],
            })),
        );
    }

    #[test]
    fn an_older_revision_shows_what_it_can() {
        check_form::<Order>(ProtocolVersion::V2025_06_18, Err("no lists of choices"));
        check_form::<Meal>(
            ProtocolVersion::V2025_06_18,
            Ok(json!({
                "type": "object",
                "properties": { "answer": {
                    "type": "string", "title": "Meal",
                    "enum": ["hearty", "green"], "enumNames": ["With meat", "Without meat"],
                } },
                "required": ["answer"],
            })),
        );
    }

    #[test]
    fn what_is_not_flat_is_no_form() {
        #[derive(Deserialize, JsonSchema)]
        #[allow(dead_code, reason = "only the schema is looked at")]
        struct Nested {
            order: Order,
        }
        check_form::<Nested>(ProtocolVersion::LATEST, Err("in `order`, forms are flat"));
        check_form::<Value>(ProtocolVersion::LATEST, Err("any value at all"));
        check_form::<Vec<String>>(ProtocolVersion::LATEST, Err("a list is of choices"));
    }

    #[test]
    fn answers_are_read_and_checked() {
        let content = json!({ "name": "Ann", "size": "large", "meal": "green", "portions": 2 });
        let order = Order {
            name: "Ann".into(),
            size: Size::Large,
            meal: Meal::Green,
            portions: 2,
            extras: None,
            mail: None,
        };
        check_read(content, Ok(order));
        let content = json!({ "name": "Ann", "size": "large", "meal": "green", "portions": 0 });
        check_read::<Order>(content, Err("`portions`"));
        check_read(json!({ "answer": "x" }), Ok(String::from("x")));
        check_read::<String>(json!({ "answer": 1 }), Err("`answer`"));
        check_read::<String>(json!(12345), Err("an object"));
        check_read(json!({ "answer": true }), Ok(true));
        check_read(json!({}), Ok(None::<u8>));
        check_read(Value::Null, Ok(()));
    }
}
