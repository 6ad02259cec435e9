//! What every client has to see of the math server, in all revisions. The ids are those of the checks that minimcp for
//! Python is tested with.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::model::{ErrorData, ProtocolVersion};
use serde_json::{Value, json};

use crate::connection::{Connection, Transport};

const INVALID_PARAMS: i32 = -32602;
const RESOURCE_NOT_FOUND: i32 = -32002;

/// Long enough for any machine: a server that hangs has to fail a check, not to hang the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs all checks. The last one that is named was the one that failed.
pub(crate) async fn all(mut connection: Connection) {
    macro_rules! run {
        ($($check:ident)*) => {$(
            let (transport, revision) = (connection.transport, &connection.revision);
            let name = format!("{transport:?} {revision} {}", stringify!($check));
            println!("{name}");
            tokio::time::timeout(PATIENCE, $check(&mut connection)).await.expect(&name);
            println!("{name}: ok");
        )*};
    }
    run! {
        i1_server_is_introduced
        i1_tools_are_listed
        i1_prompt_is_listed
        i1_resources_are_listed
        i2_operations_are_right
        i3_division_by_zero_fails
        i4_prompt_contains_its_argument
        i5_resources_are_read
        i6_what_is_unknown_is_a_protocol_error
        i7_wrong_arguments_are_named
        i8_error_of_a_template_arrives
        i9_calls_do_not_mix
        i11_strings_are_taken_for_numbers
        i12_schemas_are_listed
        i13_prompt_without_argument_is_an_error
        i14_progress_is_reported_in_order
        i15_errors_leave_nothing_behind
        i16_unicode_passes
        cancelled_call_ends
    }
    connection.close().await;
}

async fn i1_server_is_introduced(connection: &mut Connection) {
    let server = connection.server();
    assert_eq!(server["protocolVersion"], connection.revision.as_str());
    assert_eq!(server["serverInfo"]["name"], "math");
    assert!(!text(&server["serverInfo"]["version"]).is_empty());
    for capability in ["tools", "prompts", "resources"] {
        assert!(server["capabilities"][capability].is_object(), "{capability}: {server}");
    }
}

async fn i1_tools_are_listed(connection: &mut Connection) {
    let tools = connection.tools().await;
    let mut names: Vec<_> = list(&tools).iter().map(|tool| text(&tool["name"])).collect();
    names.sort_unstable();
    assert_eq!(names, ["add", "add_with_progress", "divide", "multiply", "subtract"]);
    list(&tools).iter().for_each(assert_described);
}

async fn i1_prompt_is_listed(connection: &mut Connection) {
    let prompt = only(&connection.prompts().await);
    assert_eq!(prompt["name"], "problem_solving");
    assert_described(&prompt);
    let argument = only(&prompt["arguments"]);
    assert_eq!(argument["name"], "problem_description");
    assert_eq!(argument["required"], true);
    assert_described(&argument);
}

async fn i1_resources_are_listed(connection: &mut Connection) {
    let resource = only(&connection.resources().await);
    assert_eq!(resource["uri"], "math://constants/pi");
    assert_described(&resource);
    let template = only(&connection.templates().await);
    assert_eq!(template["uriTemplate"], "math://constants/{name}");
    assert_described(&template);
}

async fn i2_operations_are_right(connection: &mut Connection) {
    for (name, a, b, result) in [
        ("add", 5.0, 3.0, 8.0),
        ("subtract", 10.0, 4.0, 6.0),
        ("multiply", 6.0, 7.0, 42.0),
        ("divide", 15.0, 3.0, 5.0),
        ("divide", 1.0, 8.0, 0.125),
    ] {
        assert_gives(connection, name, json!(a), json!(b), result).await;
    }
}

async fn i3_division_by_zero_fails(connection: &mut Connection) {
    let answer = connection.call("divide", json!({ "a": 1, "b": 0 })).await.unwrap();
    assert_contains(failure(&answer), "divide by zero");
}

async fn i4_prompt_contains_its_argument(connection: &mut Connection) {
    let arguments = json!({ "problem_description": "How far is the horizon?" });
    let answer = connection.prompt("problem_solving", arguments).await.unwrap();
    let message = only(&answer["messages"]);
    assert_eq!(message["role"], "user");
    assert_eq!(message["content"]["type"], "text");
    assert_contains(text(&message["content"]["text"]), "How far is the horizon?");
}

async fn i5_resources_are_read(connection: &mut Connection) {
    for (name, digits) in [("pi", "3.14159"), ("e", "2.71828"), ("tau", "6.28318")] {
        let uri = format!("math://constants/{name}");
        let content = only(&connection.read(&uri).await.unwrap()["contents"]);
        assert_eq!(content["uri"], uri);
        assert_contains(text(&content["text"]), digits);
    }
}

async fn i6_what_is_unknown_is_a_protocol_error(connection: &mut Connection) {
    assert_refused(connection.call("power", json!({ "a": 1 })).await, INVALID_PARAMS, "power");
    assert_refused(connection.prompt("poem", json!({})).await, INVALID_PARAMS, "poem");
    let uri = "math://nowhere/at-all";
    assert_refused(connection.read(uri).await, not_found(connection), uri);
}

async fn i7_wrong_arguments_are_named(connection: &mut Connection) {
    for (arguments, name) in [
        (json!({ "a": 1 }), "b"),
        (json!({}), "a"),
        (Value::Null, "a"),
        (json!({ "a": 1, "b": "three" }), "b"),
        (json!({ "a": [1], "b": 2 }), "a"),
        (json!({ "a": 1, "b": null }), "b"),
        (json!({ "a": true, "b": 1 }), "a"),
    ] {
        let answer = connection.call("add", arguments).await;
        if connection.revision >= ProtocolVersion::V_2025_11_25 {
            assert_contains(failure(&answer.unwrap()), name);
        } else {
            // The model was not meant to see such mistakes then.
            assert_refused(answer, INVALID_PARAMS, name);
        }
    }
}

async fn i8_error_of_a_template_arrives(connection: &mut Connection) {
    let answer = connection.read("math://constants/phi").await;
    assert_refused(answer, not_found(connection), "Unknown constant");
}

async fn i9_calls_do_not_mix(connection: &mut Connection) {
    let connection = &*connection;
    let calls = (0..20).map(|i| {
        let (name, result) =
            if i % 2 == 0 { ("add", f64::from(i) + 2.0) } else { ("multiply", f64::from(i) * 2.0) };
        assert_gives(connection, name, json!(i), json!(2), result)
    });
    at_once(calls).await;
}

async fn i11_strings_are_taken_for_numbers(connection: &mut Connection) {
    assert_gives(connection, "add", json!("10.5"), json!("20.3"), 30.8).await;
    assert_gives(connection, "add", json!(7), json!(0.5), 7.5).await;
    assert_gives(connection, "multiply", json!("6"), json!(7), 42.0).await;
    assert_gives(connection, "subtract", json!(-1.5), json!("2"), -3.5).await;
}

async fn i12_schemas_are_listed(connection: &mut Connection) {
    for tool in list(&connection.tools().await) {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["required"], json!(["a", "b"]));
        for argument in ["a", "b"] {
            assert_eq!(schema["properties"][argument]["type"], "number");
            assert_described(&schema["properties"][argument]);
        }
        let schema = &tool["outputSchema"];
        match Structured::of(&connection.revision) {
            Structured::Never => assert!(schema.is_null(), "{tool}"),
            Structured::Object => assert_eq!(schema["properties"]["result"]["type"], "number"),
            Structured::Any => assert_eq!(schema["type"], "number"),
        }
    }
}

async fn i13_prompt_without_argument_is_an_error(connection: &mut Connection) {
    for arguments in [Value::Null, json!({})] {
        let answer = connection.prompt("problem_solving", arguments).await;
        assert_refused(answer, INVALID_PARAMS, "problem_description");
    }
}

/// rmcp asks for progress with every call, so there is no call without here.
async fn i14_progress_is_reported_in_order(connection: &mut Connection) {
    assert!(connection.reports.try_recv().is_err(), "nothing else reports progress");
    let calls = (0..4).map(|i| {
        let result = f64::from(i) + 0.5;
        assert_gives(connection, "add_with_progress", json!(i), json!(0.5), result)
    });
    at_once(calls).await;

    let reports = reports_by_call(connection);
    let expected: &[f64] = &[0.1, 0.4, 0.7];
    let calls = if connection.transport == Transport::Json { 0 } else { 4 };
    assert_eq!(reports.into_values().collect::<Vec<_>>(), vec![expected; calls]);
}

async fn i15_errors_leave_nothing_behind(connection: &mut Connection) {
    let before = connection.tools().await;
    failure(&connection.call("divide", json!({ "a": 1, "b": 0 })).await.unwrap());
    assert_gives(connection, "divide", json!(1), json!(2), 0.5).await;
    assert_refused(connection.call("power", json!({})).await, INVALID_PARAMS, "power");
    assert_gives(connection, "add", json!(1), json!(2), 3.0).await;
    assert_eq!(connection.tools().await, before);
}

async fn i16_unicode_passes(connection: &mut Connection) {
    let problem = "Is 𝜋² ≈ 9.87?\n\t“Ja”, дa, 对 🧮 \u{2028} \0";
    let arguments = json!({ "problem_description": problem });
    let answer = connection.prompt("problem_solving", arguments).await.unwrap();
    assert_contains(text(&only(&answer["messages"])["content"]["text"]), problem);
    assert_refused(connection.call("𝜋", json!({})).await, INVALID_PARAMS, "𝜋");
}

async fn cancelled_call_ends(connection: &mut Connection) {
    let call = connection.start("add_with_progress", json!({ "a": 1, "b": 2 })).await;
    let first = if connection.transport == Transport::Json {
        // There is nothing to see of the call; that another one was answered is as near as it gets.
        assert_gives(connection, "add", json!(1), json!(2), 3.0).await;
        None
    } else {
        connection.reports.recv().await
    };
    call.cancel(Some("not needed".to_owned())).await.unwrap();
    // This one ends after the first would have: what it left behind arrives before.
    assert_gives(connection, "add_with_progress", json!(3), json!(4), 7.0).await;

    // Over HTTP, the handshake's revisions have no way to say which call a notification means.
    let modern = connection.revision == ProtocolVersion::V_2026_07_28;
    if connection.transport == Transport::Stdio
        || (connection.transport == Transport::Http && modern)
    {
        let first = first.expect("the call should have reported progress").progress_token;
        let late = reports_by_call(connection).remove(&format!("{first:?}"));
        assert_eq!(late, None, "reports of a call that was cancelled");
    }
}

/// What a revision lets a tool return beside text.
enum Structured {
    Never,
    /// Everything else is wrapped in an object.
    Object,
    Any,
}

impl Structured {
    fn of(revision: &ProtocolVersion) -> Self {
        match revision.as_str() {
            "2024-11-05" | "2025-03-26" => Self::Never,
            "2025-06-18" | "2025-11-25" => Self::Object,
            _ => Self::Any,
        }
    }
}

async fn assert_gives(connection: &Connection, name: &str, a: Value, b: Value, result: f64) {
    let answer = connection.call(name, json!({ "a": a, "b": b })).await.unwrap();
    assert_ne!(answer["isError"], true, "{answer}");
    let text = format!("{result:?}");
    assert_eq!(answer["content"], json!([{ "type": "text", "text": text }]), "{answer}");
    let structured = match Structured::of(&connection.revision) {
        Structured::Never => Value::Null,
        Structured::Object => json!({ "result": result }),
        Structured::Any => json!(result),
    };
    assert_eq!(answer["structuredContent"], structured, "{answer}");
}

#[track_caller]
fn assert_refused(answer: Result<Value, ErrorData>, code: i32, part: &str) {
    let error = answer.expect_err("a protocol error is expected");
    assert_eq!(error.code.0, code, "{error:?}");
    let data = error.data.map(|data| data.to_string()).unwrap_or_default();
    assert_contains(&format!("{} {data}", error.message), part);
}

/// The text of a tool that says it failed.
#[track_caller]
fn failure(answer: &Value) -> &str {
    assert_eq!(answer["isError"], true, "{answer}");
    text(&answer["content"][0]["text"])
}

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is expected in {text:?}");
}

fn assert_described(listed: &Value) {
    assert!(listed["description"].as_str().is_some_and(|text| !text.is_empty()), "{listed}");
}

fn not_found(connection: &Connection) -> i32 {
    if connection.revision == ProtocolVersion::V_2026_07_28 {
        INVALID_PARAMS
    } else {
        RESOURCE_NOT_FOUND
    }
}

/// The progress that was reported since it was last looked at, for each call.
fn reports_by_call(connection: &mut Connection) -> BTreeMap<String, Vec<f64>> {
    let has_message = connection.revision != ProtocolVersion::V_2024_11_05;
    let mut reports = BTreeMap::<_, Vec<_>>::new();
    while let Ok(report) = connection.reports.try_recv() {
        assert_eq!(report.message.is_some(), has_message, "{report:?}");
        reports.entry(format!("{:?}", report.progress_token)).or_default().push(report.progress);
    }
    reports
}

async fn at_once(calls: impl Iterator<Item = impl Future<Output = ()>>) {
    futures_util::future::join_all(calls).await;
}

#[track_caller]
fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("a list is expected, not {value}"))
}

#[track_caller]
fn only(value: &Value) -> Value {
    let [one] = list(value).as_slice() else { panic!("one is expected, not {value}") };
    one.clone()
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text is expected, not {value}"))
}
