//! What the types cannot say: members where a type takes any, and the messages of extensions.

use serde_json::{Map, Value};

/// The members that an object may have, and the JSON types of their values.
pub(crate) struct Shape {
    pub(crate) required: &'static [(&'static str, Kinds)],
    pub(crate) optional: &'static [(&'static str, Kinds)],
}

type Kinds = &'static [&'static str];

const STRING: Kinds = &["a string"];
const NUMBER: Kinds = &["a number"];
const OBJECT: Kinds = &["an object"];

/// The result of a method whose answer says nothing, before `resultType`.
pub(crate) const EMPTY: Shape = Shape { required: &[], optional: &[("_meta", OBJECT)] };

/// The same, with `resultType`.
const ACKNOWLEDGED: Shape =
    Shape { required: &[("resultType", STRING)], optional: &[("_meta", OBJECT)] };

/// A call that became a task, of the extension `io.modelcontextprotocol/tasks`.
const TASK_CREATED: Shape = Shape {
    required: &[
        ("resultType", STRING),
        ("taskId", STRING),
        ("status", STRING),
        ("createdAt", STRING),
        ("lastUpdatedAt", STRING),
        ("ttlMs", &["a number", "null"]),
    ],
    optional: &[("statusMessage", STRING), ("pollIntervalMs", NUMBER), ("_meta", OBJECT)],
};

/// What became of a task; what it brings with it depends on its status.
const TASK: Shape = Shape {
    required: TASK_CREATED.required,
    optional: &[
        ("statusMessage", STRING),
        ("pollIntervalMs", NUMBER),
        ("_meta", OBJECT),
        ("result", OBJECT),
        ("error", OBJECT),
        ("inputRequests", OBJECT),
    ],
};

/// The same as a notification.
const TASK_TOLD: Shape =
    Shape { required: TASK_CREATED.required.split_at(1).1, optional: TASK.optional };

/// The statuses of a task, and the member that each brings with it.
const STATUSES: [(&str, Option<&str>); 5] = [
    ("working", None),
    ("input_required", Some("inputRequests")),
    ("completed", Some("result")),
    ("failed", Some("error")),
    ("cancelled", None),
];

impl Shape {
    /// What is wrong with a value of this shape, with its path.
    pub(crate) fn problems(&self, value: &Value, path: &str) -> Vec<String> {
        let Value::Object(members) = value else { return vec![format!("{path} is no object")] };
        let known = self.required.iter().chain(self.optional);
        let mut problems: Vec<_> = members
            .keys()
            .filter(|name| !known.clone().any(|(known, _)| known == name))
            .map(|name| format!("{path}.{name} is foreign to the revision"))
            .collect();
        for (name, _) in self.required.iter().filter(|(name, _)| !members.contains_key(*name)) {
            problems.push(format!("{path}.{name} is missing"));
        }
        for (name, kinds) in known {
            if let Some(value) = members.get(*name).filter(|value| !kinds.contains(&kind(value))) {
                problems.push(format!("{path}.{name} is {value}, and no {}", kinds.join(" or ")));
            }
        }
        problems
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The rules for results that no type describes, by method and `resultType`.
pub(crate) fn of_result(method: &str, result_type: &str, result: &Value) -> Option<Vec<String>> {
    let problems = match (method, result_type) {
        ("tools/call", "task") => task(&TASK_CREATED, result, "$"),
        ("tasks/get", "complete") => task(&TASK, result, "$"),
        ("tasks/update" | "tasks/cancel", "complete") => ACKNOWLEDGED.problems(result, "$"),
        _ => return None,
    };
    Some(problems)
}

/// The rules for notifications that no type describes.
pub(crate) fn of_notification(method: &str, params: &Value) -> Option<Vec<String>> {
    (method == "notifications/tasks").then(|| task(&TASK_TOLD, params, "$.params"))
}

fn task(shape: &Shape, task: &Value, path: &str) -> Vec<String> {
    let mut problems = shape.problems(task, path);
    let status = task.get("status").and_then(Value::as_str).unwrap_or_default();
    match STATUSES.iter().find(|(name, _)| *name == status) {
        None => problems.push(format!("{path}.status is {status:?}, which is none")),
        Some((_, brings)) => {
            let told = shape.optional.iter().any(|(name, _)| *name == "result");
            for name in ["inputRequests", "result", "error"] {
                let (is, has_to) = (task.get(name).is_some(), told && *brings == Some(name));
                if is != has_to {
                    problems.push(format!("{path}.{name} does not go with the status {status}"));
                }
            }
        }
    }
    problems
}

/// Members beside `jsonrpc` and those that are named.
pub(crate) fn envelope(message: &Map<String, Value>, names: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        problems.push("$.jsonrpc is not \"2.0\"".to_owned());
    }
    for name in message.keys().filter(|name| *name != "jsonrpc" && !names.contains(&name.as_str()))
    {
        problems.push(format!("$.{name} is foreign to the envelope"));
    }
    problems
}
