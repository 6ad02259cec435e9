//! All that is taken out of a message before it is judged: what the types of the crate cannot carry although their
//! revision can, and what a server sends on purpose although its revision does not speak of it.

use serde_json::{Value, json};

use crate::difference;
use crate::types::Types;

/// The message without what its type cannot carry, and what is wrong with that.
pub(crate) fn taken_out(revision: &str, types: &Types, message: &Value) -> (Value, Vec<String>) {
    let mut message = message.clone();
    let mut problems = Vec::new();
    schemas_of_tools(revision, &mut message);
    early_meta(revision, &mut message);
    early_extensions(revision, &mut message);
    subscribed_tasks(&mut message);
    values_that_are_null(&mut message);
    forms(types, &mut message, &mut problems);
    (message, problems)
}

/// The schema of a tool is a JSON Schema with any keyword, and the types before 2026-07-28 know three. An empty list of
/// what is required is not written.
fn schemas_of_tools(revision: &str, message: &mut Value) {
    if revision == "2026-07-28" {
        return;
    }
    let Some(tools) = message.get_mut("tools").and_then(Value::as_array_mut) else { return };
    for tool in tools {
        for name in ["inputSchema", "outputSchema"] {
            if let Some(schema) = tool.get_mut(name).and_then(Value::as_object_mut) {
                schema.retain(|keyword, value| match keyword.as_str() {
                    "type" | "properties" => true,
                    "required" => *value != json!([]),
                    _ => false,
                });
            }
        }
    }
}

/// Before 2025-06-18 only messages and results have `_meta`. Things in lists and results may have any other member, too,
/// and minimcp leaves it there: extensions live in it, also those that work with old clients.
fn early_meta(revision: &str, message: &mut Value) {
    if !matches!(revision, "2024-11-05" | "2025-03-26") {
        return;
    }
    const THINGS: [&str; 7] =
        ["tools", "prompts", "resources", "resourceTemplates", "contents", "content", "messages"];
    for name in THINGS {
        for thing in message.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            for pointer in ["", "/resource", "/content", "/content/resource"] {
                let thing = thing.pointer_mut(pointer).and_then(Value::as_object_mut);
                if let Some(thing) =
                    thing.filter(|it| it.get("_meta").is_some_and(Value::is_object))
                {
                    thing.remove("_meta");
                }
            }
        }
    }
}

/// Capabilities of other names are allowed in every revision, and MCP Apps, which works in all of them, is announced under
/// the name that 2026-07-28 gave to extensions. The types know the names of their revision alone.
fn early_extensions(revision: &str, message: &mut Value) {
    if revision == "2026-07-28" {
        return;
    }
    let capabilities = message.get_mut("capabilities").and_then(Value::as_object_mut);
    if let Some(capabilities) = capabilities
        && capabilities.get("extensions").is_some_and(Value::is_object)
    {
        capabilities.remove("extensions");
    }
}

/// The extension `io.modelcontextprotocol/tasks` adds the ids of tasks to what a subscription is told of.
fn subscribed_tasks(message: &mut Value) {
    let filter = message.pointer_mut("/params/notifications").and_then(Value::as_object_mut);
    if let Some(filter) = filter
        && let Some(ids) = filter.get("taskIds").and_then(Value::as_array)
        && ids.iter().all(Value::is_string)
    {
        filter.remove("taskIds");
    }
}

/// `null` is a value like others where any is allowed, and the types take it for none.
fn values_that_are_null(message: &mut Value) {
    for (pointer, name) in [("", "structuredContent"), ("/error", "data")] {
        if let Some(members) = message.pointer_mut(pointer).and_then(Value::as_object_mut)
            && members.get(name).is_some_and(Value::is_null)
        {
            members.remove(name);
        }
    }
}

/// Of the kinds of fields that a form can have, the types take the first that fits, and lose what makes it another. So
/// each field is judged alone, as the kind that loses nothing.
fn forms(types: &Types, message: &mut Value, problems: &mut Vec<String>) {
    let is_result = message.get("inputRequests").is_some();
    let forms: Vec<&mut Value> = match message.as_object_mut() {
        Some(result) if is_result => {
            let asked = result.get_mut("inputRequests").and_then(Value::as_object_mut);
            asked.into_iter().flatten().map(|(_, form)| form).collect()
        }
        _ => vec![message],
    };
    for form in forms {
        let Some(fields) = form.pointer_mut("/params/requestedSchema/properties") else { continue };
        for (name, field) in fields.as_object_mut().into_iter().flatten() {
            let carried = types.form_fields.iter().any(|round_trip| {
                round_trip(field)
                    .is_ok_and(|written| difference::between(field, &written).is_empty())
            });
            if !carried {
                problems.push(format!("the field {name} of a form is of no kind: {field}"));
            }
            *field = json!({ "type": "boolean" });
        }
    }
}
