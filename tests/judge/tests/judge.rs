//! What the judge lets pass and what it refuses: a message in, its reason out.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::needless_pass_by_value
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

const ALL: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];
const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const MODERN: [&str; 1] = ["2026-07-28"];

/// Judges something, and compares what is wrong with it: nothing, or a text with all of these parts.
fn check(judge: impl FnOnce(), expected: &[&str], context: &str) {
    let said = match catch_unwind(AssertUnwindSafe(judge)) {
        Ok(()) => String::new(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap(),
    };
    assert_eq!(said.is_empty(), expected.is_empty(), "{context}: {said}");
    for part in expected {
        assert!(said.contains(part), "{context}: {said}\n  does not say\n{part}");
    }
}

/// Judges an answer to a request of each of these revisions.
fn check_answer(revisions: &[&str], method: &str, answer: Value, expected: &[&str]) {
    for revision in revisions {
        let mut message = answer.clone();
        message["jsonrpc"] = json!("2.0");
        let text = message.to_string();
        check(|| judge::reply(revision, method, &text), expected, revision);
        check(|| judge::sent(Some(revision), &ask(revision, method), &text), expected, revision);
    }
}

fn check_result(revisions: &[&str], method: &str, result: Value, expected: &[&str]) {
    check_answer(revisions, method, json!({ "id": 1, "result": result }), expected);
}

fn ask(revision: &str, method: &str) -> String {
    let params = match revision {
        "2026-07-28" => json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": revision } }),
        _ => json!({ "protocolVersion": revision }),
    };
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
}

fn check_notification(revisions: &[&str], method: &str, params: Value, expected: &[&str]) {
    let text = json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string();
    for revision in revisions {
        check(|| judge::notification(revision, &text), expected, revision);
    }
}

fn check_request(revisions: &[&str], method: &str, params: Value, expected: &[&str]) {
    let text = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    for revision in revisions {
        check(|| judge::request(revision, &text), expected, revision);
    }
}

fn complete(mut result: Value) -> Value {
    result["resultType"] = json!("complete");
    result
}

fn words() -> Value {
    json!({ "content": [{ "type": "text", "text": "a" }] })
}

#[test]
fn what_a_revision_knows_passes() {
    check_result(&LEGACY, "tools/call", words(), &[]);
    check_result(&MODERN, "tools/call", complete(words()), &[]);
    check_result(&LEGACY, "ping", json!({}), &[]);
    check_result(&LEGACY, "ping", json!({ "_meta": { "any": { "thing": [null, 1.5] } } }), &[]);
    check_answer(
        &ALL,
        "ping",
        json!({ "id": 1, "error": { "code": -32601, "message": "x" } }),
        &[],
    );
    let numbers = json!({ "contents": [{ "uri": "a://b", "text": "c" }], "ttlMs": 1.0, "cacheScope": "private" });
    check_result(&MODERN, "resources/read", complete(numbers), &["ttlMs"]);
}

#[test]
fn what_it_does_not_know_is_foreign() {
    let mut foreign = words();
    foreign["content"][0]["colour"] = json!("red");
    check_result(&LEGACY, "tools/call", foreign.clone(), &["$.content[0].colour is foreign"]);
    check_result(&MODERN, "tools/call", complete(foreign), &["$.content[0].colour is foreign"]);
    check_result(&LEGACY, "ping", json!({ "x": 1 }), &["$.x is foreign"]);
    let both = json!({ "id": 1, "result": {}, "x": 1 });
    check_answer(&LEGACY, "ping", both, &["$.x is foreign to the envelope"]);
}

#[test]
fn members_of_another_revision_are_foreign() {
    check_result(&LEGACY, "tools/call", complete(words()), &["$.resultType is foreign"]);
    check_result(&LEGACY, "ping", complete(json!({})), &["$.resultType is foreign"]);
    let mut structured = words();
    structured["structuredContent"] = json!({ "a": 1 });
    let [before, since] = [&LEGACY[..2], &LEGACY[2..]];
    check_result(before, "tools/call", structured.clone(), &["$.structuredContent is foreign"]);
    check_result(since, "tools/call", structured.clone(), &[]);
    structured["structuredContent"] = json!([1]);
    check_result(since, "tools/call", structured.clone(), &["structuredContent"]);
    check_result(&MODERN, "tools/call", complete(structured), &[]);
    let sound =
        json!({ "content": [{ "type": "audio", "data": "AA==", "mimeType": "audio/wav" }] });
    check_result(&LEGACY[..1], "tools/call", sound.clone(), &["content[0]"]);
    check_result(&LEGACY[1..], "tools/call", sound, &[]);
    let tool = |more: Value| {
        let mut tool = json!({ "name": "a", "inputSchema": { "type": "object" } });
        tool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "tools": [tool] })
    };
    check_result(before, "tools/list", tool(json!({ "title": "A" })), &["$.tools[0].title"]);
    check_result(since, "tools/list", tool(json!({ "title": "A" })), &[]);
    let hints = json!({ "annotations": { "readOnlyHint": true } });
    check_result(&LEGACY[..1], "tools/list", tool(hints.clone()), &["$.tools[0].annotations"]);
    check_result(&LEGACY[1..], "tools/list", tool(hints), &[]);
    let execution = json!({ "execution": { "taskSupport": "forbidden" } });
    check_result(&LEGACY[..3], "tools/list", tool(execution.clone()), &["execution"]);
    let mut list = complete(tool(execution));
    list["ttlMs"] = json!(0);
    list["cacheScope"] = json!("private");
    check_result(&MODERN, "tools/list", list, &["$.tools[0].execution is foreign"]);
}

#[test]
fn what_has_to_be_there_is_missed() {
    check_result(&LEGACY, "tools/call", json!({}), &["content"]);
    check_result(&MODERN, "tools/call", words(), &["there is no resultType \"\""]);
    check_result(&MODERN, "tools/list", complete(json!({ "tools": [] })), &["missing field"]);
    let nameless = r#"{"jsonrpc":"2.0","result":{}}"#;
    check(|| judge::reply("2025-11-25", "ping", nameless), &["$.id is missing"], nameless);
    check_answer(&ALL, "ping", json!({ "id": 1, "error": { "code": 1 } }), &["error", "message"]);
}

#[test]
fn a_value_of_the_wrong_type_does_not_fit() {
    let mut wrong = words();
    wrong["isError"] = json!("no");
    check_result(&LEGACY, "tools/call", wrong, &["it does not fit its type at isError"]);
    let role =
        json!({ "messages": [{ "role": "system", "content": { "type": "text", "text": "a" } }] });
    check_result(&LEGACY, "prompts/get", role, &["messages[0].role"]);
    let code = json!({ "id": 1, "error": { "code": "x", "message": "y" } });
    check_answer(&ALL, "ping", code, &["error.code"]);
    let envelope = r#"{"jsonrpc":"2","id":1,"result":{}}"#;
    check(|| judge::reply("2025-11-25", "ping", envelope), &["$.jsonrpc"], envelope);
    check(|| judge::reply("2025-11-25", "ping", "{"), &["not JSON"], "{");
    check(|| judge::reply("2023-01-01", "ping", "{}"), &["no revision 2023-01-01"], "");
}

#[test]
fn methods_belong_to_their_revisions() {
    check_result(&MODERN, "ping", complete(json!({})), &["2026-07-28 has no result of ping"]);
    check_result(&LEGACY, "server/discover", json!({}), &["has no result of server/discover"]);
    let updated = json!({ "uri": "a://b" });
    check_notification(&ALL, "notifications/resources/updated", updated, &[]);
    check_notification(&ALL, "notifications/nonsense", json!({}), &["has no notification"]);
    let acknowledged =
        json!({ "notifications": {}, "_meta": { "io.modelcontextprotocol/subscriptionId": 1 } });
    let method = "notifications/subscriptions/acknowledged";
    check_notification(&MODERN, method, acknowledged.clone(), &[]);
    check_notification(&LEGACY, method, acknowledged, &["has no notification"]);
    check_request(&LEGACY, "roots/list", json!({}), &[]);
    check_request(&MODERN, "roots/list", json!({}), &["2026-07-28 has no request"]);
}

#[test]
fn notifications() {
    let progress = json!({ "progressToken": "t", "progress": 1, "total": 2.5 });
    check_notification(&ALL, "notifications/progress", progress.clone(), &[]);
    let mut said = progress.clone();
    said["message"] = json!("m");
    check_notification(&ALL[..1], "notifications/progress", said.clone(), &["$.params.message"]);
    check_notification(&ALL[1..], "notifications/progress", said, &[]);
    let log = json!({ "level": "info", "data": null });
    check_notification(&ALL, "notifications/message", log, &[]);
    check_notification(
        &ALL,
        "notifications/message",
        json!({ "level": "loud", "data": 1 }),
        &["level"],
    );
    for list in ["tools", "prompts", "resources"] {
        let method = format!("notifications/{list}/list_changed");
        check_notification(&ALL, &method, json!({ "_meta": {} }), &[]);
        check_notification(&ALL, &method, json!({ "x": 1 }), &["$.params.x is foreign"]);
    }
    let reason = json!({ "requestId": 1, "reason": "r" });
    check_notification(&ALL, "notifications/cancelled", reason, &[]);
}

#[test]
fn requests_of_the_server() {
    let content = json!({ "type": "text", "text": "a" });
    let sample = json!({ "messages": [{ "role": "user", "content": content }], "maxTokens": 5 });
    check_request(&LEGACY, "sampling/createMessage", sample, &[]);
    check_request(&LEGACY, "sampling/createMessage", json!({ "messages": [] }), &["maxTokens"]);
    check_request(&LEGACY, "roots/list", json!({ "x": 1 }), &["$.params.x is foreign"]);
    let form = |field: Value| {
        let schema = json!({ "type": "object", "properties": { "f": field } });
        json!({ "message": "m", "requestedSchema": schema })
    };
    let asks = "elicitation/create";
    check_request(&LEGACY[..2], asks, form(json!({ "type": "string" })), &["has no request"]);
    for field in [
        json!({ "type": "string", "format": "email", "minLength": 1 }),
        json!({ "type": "string", "enum": ["a", "b"], "enumNames": ["A", "B"] }),
        json!({ "type": "integer", "minimum": 1 }),
        json!({ "type": "boolean", "default": true }),
    ] {
        check_request(&LEGACY[2..], asks, form(field.clone()), &[]);
        let modern = json!({ "f": { "method": asks, "params": form(field) } });
        let asked = json!({ "resultType": "input_required", "inputRequests": modern });
        check_result(&MODERN, "tools/call", asked, &[]);
    }
    let many = json!({ "type": "array", "items": { "type": "string", "enum": ["a"] } });
    check_request(&LEGACY[2..3], asks, form(many.clone()), &["the field f of a form"]);
    check_request(&LEGACY[3..], asks, form(many), &[]);
    let odd = json!({ "type": "string", "colour": "red" });
    check_request(&LEGACY[2..], asks, form(odd), &["the field f of a form"]);
}

#[test]
fn a_modern_result_is_what_its_type_says() {
    let state = json!({ "resultType": "input_required", "requestState": "s" });
    for method in ["tools/call", "prompts/get", "resources/read"] {
        check_result(&MODERN, method, state.clone(), &[]);
    }
    check_result(&MODERN, "tools/list", state, &["no result of tools/list, input required"]);
    let meta = json!({ "io.modelcontextprotocol/subscriptionId": 1 });
    check_result(&MODERN, "subscriptions/listen", complete(json!({ "_meta": meta })), &[]);
    check_result(&MODERN, "subscriptions/listen", complete(json!({})), &["_meta"]);
    let mut task = json!({
        "resultType": "task", "taskId": "t", "status": "working", "ttlMs": null,
        "createdAt": "2026-07-28T00:00:00Z", "lastUpdatedAt": "2026-07-28T00:00:00Z",
    });
    check_result(&MODERN, "tools/call", task.clone(), &[]);
    check_result(&MODERN, "prompts/get", task.clone(), &["there is no resultType \"task\""]);
    check_result(&MODERN, "tasks/get", complete(task.clone()), &[]);
    task["status"] = json!("completed");
    check_result(&MODERN, "tasks/get", complete(task.clone()), &["$.result does not go with"]);
    task["result"] = words();
    check_result(&MODERN, "tasks/get", complete(task.clone()), &[]);
    check_result(&MODERN, "tools/call", task.clone(), &["$.result is foreign"]);
    task["ttlMs"] = json!("1");
    check_result(&MODERN, "tasks/get", complete(task), &["$.ttlMs is \"1\""]);
    check_result(&MODERN, "tasks/cancel", complete(json!({})), &[]);
    check_result(&MODERN, "tasks/cancel", complete(json!({ "task": 1 })), &["$.task is foreign"]);
}

#[test]
fn errors_belong_to_their_revisions() {
    let error = |code: i64, data: Value| json!({ "id": 1, "error": { "code": code, "message": "m", "data": data } });
    check_answer(&LEGACY, "resources/read", error(-32002, json!({ "uri": "a" })), &[]);
    check_answer(&MODERN, "resources/read", error(-32002, json!({})), &["of another revision"]);
    check_answer(&LEGACY, "tools/call", error(-32021, json!({})), &["of another revision"]);
    let capabilities = json!({ "requiredCapabilities": { "sampling": {} } });
    check_answer(&MODERN, "tools/call", error(-32021, capabilities), &[]);
    check_answer(&MODERN, "tools/call", error(-32021, json!({})), &["requiredCapabilities"]);
    let versions = json!({ "supported": ["2026-07-28"], "requested": "x" });
    check_answer(&MODERN, "tools/call", error(-32022, versions), &[]);
    check_answer(&MODERN, "tools/call", error(-32022, json!({})), &["error.data"]);
}

#[test]
fn what_the_types_cannot_carry_passes() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": [],
        "properties": { "a": { "$ref": "#/$defs/A" } }, "$defs": { "A": {} }, "additionalProperties": false,
    });
    let tools = json!({ "tools": [{ "name": "a", "inputSchema": schema }] });
    check_result(&LEGACY, "tools/list", tools.clone(), &[]);
    let mut modern = complete(tools);
    modern["ttlMs"] = json!(0);
    modern["cacheScope"] = json!("public");
    check_result(&MODERN, "tools/list", modern, &[]);
    let no_object = json!({ "tools": [{ "name": "a", "inputSchema": { "type": "string" } }] });
    check_result(&LEGACY, "tools/list", no_object, &["type"]);
    let mut extended = words();
    extended["content"][0]["_meta"] = json!({ "a": 1 });
    check_result(&LEGACY, "tools/call", extended, &[]);
    let mut null = words();
    null["structuredContent"] = Value::Null;
    check_result(&MODERN, "tools/call", complete(null), &[]);
}

#[test]
fn a_transcript_knows_what_belongs_to_what() {
    let pong = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    let lost = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#;
    for (revision, received, sent, expected) in [
        (None, ask("2025-11-25", "ping"), pong.to_owned(), &[][..]),
        (None, String::new(), pong.to_owned(), &["answers nothing that was asked"]),
        (None, ask("2026-07-28", "ping"), pong.to_owned(), &["no resultType"]),
        (None, "nonsense".into(), lost.into(), &[]),
        (Some("2024-11-05"), "nonsense".into(), lost.into(), &[]),
        (Some("2025-11-25"), "nonsense".into(), lost.into(), &["$.id is foreign"]),
        (Some("2025-03-26"), format!("[{}]", ask("", "ping")), format!("[{pong}]"), &[]),
        (None, ask("", "ping"), format!("event: message\ndata: {pong}\n\n"), &[]),
        (
            None,
            ask("", "ping"),
            ": comment\n\ndata: {\"jsonrpc\":\"2.0\"}\n\n".into(),
            &["nothing"],
        ),
    ] {
        check(|| judge::sent(revision, &received, &sent), expected, &received);
    }
    // The handshake decides how what follows is judged.
    let call = r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x","_meta":{"progressToken":"t"}}}"#;
    let said = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1.0,"message":"m"}}"#;
    for (revision, expected) in [("2024-11-05", &["$.params.message"][..]), ("2025-11-25", &[])] {
        let received = format!("{}\n{call}", ask(revision, "initialize"));
        check(|| judge::sent(None, &received, said), expected, &received);
        check(|| judge::over_http(Some(revision), call, said), expected, revision);
    }
}
