//! One message, judged under its revision.

use serde_json::{Value, json};

use crate::shape::{self, EMPTY};
use crate::types::{self, RoundTrip, Types};
use crate::{Ruling, difference, unjudged};

const MODERN: &str = "2026-07-28";

/// An answer to a request of this method.
pub(crate) fn reply(revision: &str, method: &str, message: &Value) -> Ruling {
    let Some(members) = message.as_object() else { return Err("it is no object".into()) };
    if members.contains_key("error") {
        return error(revision, message);
    }
    let mut problems = shape::envelope(members, &["id", "result"]);
    for name in ["id", "result"].into_iter().filter(|name| !members.contains_key(*name)) {
        problems.push(format!("$.{name} is missing"));
    }
    problems.extend(result(revision, method, message.get("result").unwrap_or(&Value::Null)).err());
    ruling(revision, problems)
}

/// The result of a request of this method.
pub(crate) fn result(revision: &str, method: &str, result: &Value) -> Ruling {
    let types = types(revision)?;
    let mut name = method.to_owned();
    if revision == MODERN {
        let result_type = result.get("resultType").and_then(Value::as_str).unwrap_or_default();
        if let Some(problems) = shape::of_result(method, result_type, result) {
            return ruling(revision, problems);
        }
        match result_type {
            "complete" => (),
            "input_required" => name += ", input required",
            other => return Err(format!("there is no resultType {other:?} of {method}")),
        }
    }
    let Some(round_trip) = (types.result)(&name) else {
        return Err(format!("{revision} has no result of {name}"));
    };
    let mut problems = Vec::new();
    // The type of an empty result has a place for anything.
    let is_empty = matches!(
        method,
        "ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe"
    );
    if is_empty {
        problems.extend(EMPTY.problems(result, "$"));
    }
    problems.extend(compared(revision, types, round_trip, result));
    ruling(&format!("{revision}, {name}"), problems)
}

/// An error, whatever it answers.
pub(crate) fn error(revision: &str, message: &Value) -> Ruling {
    let types = types(revision)?;
    let Some(members) = message.as_object() else { return Err("it is no object".into()) };
    let mut problems = shape::envelope(members, &["id", "error"]);
    let code = message.pointer("/error/code").and_then(Value::as_i64).unwrap_or_default();
    let foreign = match revision {
        MODERN => matches!(code, -32002 | -32042),
        "2025-11-25" => matches!(code, -32021 | -32020),
        _ => matches!(code, -32042 | -32021 | -32020),
    };
    if foreign {
        problems.push(format!("$.error.code {code} is of another revision"));
    }
    problems.extend(compared(revision, types, (types.error)(code), message));
    ruling(&format!("{revision}, error {code}"), problems)
}

/// A notification of the server.
pub(crate) fn notification(revision: &str, message: &Value) -> Ruling {
    let types = types(revision)?;
    let Some(members) = message.as_object() else { return Err("it is no object".into()) };
    let mut problems = shape::envelope(members, &["method", "params"]);
    let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
    let params = message.get("params");
    if revision == MODERN
        && let Some(found) = shape::of_notification(method, params.unwrap_or(&Value::Null))
    {
        problems.extend(found);
        return ruling(revision, problems);
    }
    let Some(round_trip) = (types.notification)(method) else {
        return Err(format!("{revision} has no notification {method:?} of a server"));
    };
    // The types of their parameters have a place for anything.
    if let (Some(params), true) = (params, method.ends_with("/list_changed")) {
        problems.extend(EMPTY.problems(params, "$.params"));
    }
    let judged = within(message, types, &["jsonrpc"]);
    problems.extend(compared(revision, types, round_trip, &judged));
    ruling(&format!("{revision}, {method}"), problems)
}

/// A request of the server.
pub(crate) fn request(revision: &str, message: &Value) -> Ruling {
    let types = types(revision)?;
    let Some(members) = message.as_object() else { return Err("it is no object".into()) };
    let mut problems = shape::envelope(members, &["id", "method", "params"]);
    if !message.get("id").is_some_and(|id| id.is_string() || id.is_i64()) {
        problems.push("$.id is neither a string nor an integer".into());
    }
    let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
    let Some(round_trip) = (types.request)(method) else {
        return Err(format!("{revision} has no request {method:?} of a server"));
    };
    // The types of their parameters have a place for anything.
    if let (Some(params), "ping" | "roots/list") = (message.get("params"), method) {
        problems.extend(EMPTY.problems(params, "$.params"));
    }
    let judged = within(message, types, &["jsonrpc", "id"]);
    problems.extend(compared(revision, types, round_trip, &judged));
    ruling(&format!("{revision}, {method}"), problems)
}

/// The message without what is around it, where that is no part of its type.
fn within(message: &Value, types: &Types, around: &[&str]) -> Value {
    let mut message = message.clone();
    if let (Some(members), false) = (message.as_object_mut(), types.with_envelope) {
        members.retain(|name, _| !around.contains(&name.as_str()));
    }
    message
}

fn compared(revision: &str, types: &Types, round_trip: RoundTrip, sent: &Value) -> Vec<String> {
    let (sent, mut problems) = unjudged::taken_out(revision, types, sent);
    match round_trip(&sent) {
        Ok(written) => problems.extend(difference::between(&sent, &written)),
        Err(problem) => problems.push(problem),
    }
    problems
}

fn types(revision: &str) -> Result<&'static Types, String> {
    types::of(revision).ok_or_else(|| format!("there is no revision {revision}"))
}

fn ruling(about: &str, problems: Vec<String>) -> Ruling {
    if problems.is_empty() { Ok(()) } else { Err(format!("{about}: {}", problems.join("; "))) }
}

/// An error with another id, where what it answers had one that no type takes, or none.
pub(crate) fn with_any_id(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(members) = message.as_object_mut() {
        members.insert("id".into(), json!(0));
    }
    message
}
