//! Functions as handlers: names, docs, arguments, results.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minimcp::{Call, MiniMcp, Scope, Tool, handlers, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::wire::{ALL, MODERN, NOT_TOLD, TOLD, V, ask, check, check_call, error, text, told};

/// Add two numbers
#[tool]
async fn add(a: i64, #[arg(default = 10)] b: i64) -> i64 {
    a + b
}

/// Add two numbers on a thread of its own
#[tool(blocking)]
fn add_blocking(a: i64, b: i64) -> i64 {
    a + b
}

/// Join texts.
///
/// The second paragraph says more,
/// on two lines.
#[tool(name = "join")]
async fn concatenate(first: &str, second: Option<String>) -> String {
    format!("{first}{}", second.unwrap_or_default())
}

#[tool]
async fn undocumented() {}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Point {
    x: i64,
    y: i64,
}

/// Mirror points
#[tool]
async fn mirror(points: Vec<Point>, names: Option<BTreeMap<String, Vec<Point>>>) -> Vec<Point> {
    let named = names.into_iter().flatten().flat_map(|(_, points)| points);
    points.into_iter().chain(named).map(|point| Point { x: point.y, y: point.x }).collect()
}

/// Mirror a point
#[tool]
async fn mirror_one(point: Point) -> Point {
    Point { x: point.y, y: point.x }
}

#[derive(Debug, PartialEq)]
struct Broken(u8);

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "broken {}", self.0)
    }
}

/// Fail
#[tool]
async fn fail(code: u8) -> Result<(), Broken> {
    Err(Broken(code))
}

/// Fail on a thread of its own
#[tool(blocking)]
fn fail_blocking(code: u8) -> Result<(), Broken> {
    Err(Broken(code))
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![
        add,
        add_blocking,
        concatenate,
        undocumented,
        mirror,
        mirror_one,
        fail,
        fail_blocking,
    ])
}

fn listed(name: &str) -> Value {
    server().tools().get(name).unwrap().to_json()
}

#[tokio::test]
async fn m1_m5_a_handler_has_the_name_of_its_function_or_its_own() {
    assert_eq!(concatenate("still ", Some("a function".into())).await, "still a function");
    assert_eq!(listed("add")["description"], "Add two numbers");
    assert_eq!(listed("add_blocking")["name"], "add_blocking");
    assert!(server().tools().get("concatenate").is_none());
    assert_eq!(Tool::<()>::of::<add>().name("  plus ").tool_name(), "plus");
    // A blank name is a mistake of the program, and not another way to write the function's.
    for name in ["", "  "] {
        let named = AssertUnwindSafe(|| Tool::<()>::of::<add>().name(name));
        assert!(catch_unwind(named).is_err());
    }
}

#[tokio::test]
async fn m4_closures_keep_their_state() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = {
        let count = Arc::clone(&count);
        move |by: BTreeMap<String, usize>, _: Call| {
            let by = by.values().sum::<usize>();
            let now = count.fetch_add(by, Ordering::Relaxed) + by;
            async move { Ok::<_, String>(now) }
        }
    };
    let server = server();
    server.tools().add(Tool::from_fn("count", counter)).unwrap();
    for now in ["2", "4", "6", "8", "10"] {
        // One call per revision.
        let revision = V::ALL[now.parse::<usize>().unwrap() / 2 - 1];
        check_call(&server, &[revision], "count", json!({ "by": 2 }), text(now)).await;
    }
}

#[test]
fn m7_the_schema_lists_every_parameter() {
    let schema = &listed("mirror")["inputSchema"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["points"]));
    assert_eq!(schema["properties"]["points"]["type"], "array");
    assert_eq!(schema["properties"]["names"]["type"], "object");
    let point = &schema["$defs"]["Point"];
    assert_eq!(point["required"], json!(["x", "y"]), "{schema}");
}

#[tokio::test]
async fn m8_a_list_is_the_same_text_every_time() {
    let server = server();
    for revision in ALL {
        let (first, _) = ask(&server, (), *revision, "tools/list", json!({})).await;
        let (again, _) = ask(&server, (), *revision, "tools/list", json!({})).await;
        assert_eq!(first.to_string(), again.to_string());
    }
    assert_eq!(listed("undocumented").get("outputSchema"), None);
}

#[tokio::test]
async fn m9_async_and_blocking_handlers_give_their_result() {
    for name in ["add", "add_blocking"] {
        check_call(&server(), ALL, name, json!({ "a": 1, "b": 2 }), text("3")).await;
    }
}

#[tokio::test]
async fn m10_wrong_and_missing_arguments_are_named() {
    for (name, arguments, problem) in [
        ("add", json!({ "a": "x" }), "`a`"),
        ("add", json!({ "a": 1.5 }), "`a`"),
        ("add", json!({ "a": true }), "`a`"),
        ("add", json!({ "b": 1 }), "Missing required arguments: a."),
        ("add", json!({ "a": null }), "`a`"),
        ("add_blocking", json!({}), "Missing required arguments: a, b."),
        ("mirror", json!({ "points": [{ "x": 1, "y": 2 }, { "x": 1 }] }), "`points[1]`"),
        ("mirror", json!({ "points": [{ "x": 1, "y": "z" }] }), "`points[0].y`"),
    ] {
        check_call(&server(), TOLD, name, arguments.clone(), told(problem)).await;
        check_call(&server(), NOT_TOLD, name, arguments, error(-32602, problem)).await;
    }
    check_call(&server(), ALL, "add", json!({ "a": 1, "b": 2 }), text("3")).await;
}

#[tokio::test]
async fn m11_an_omitted_argument_is_its_default() {
    check_call(&server(), ALL, "add", json!({ "a": 1 }), text("11")).await;
    check_call(&server(), ALL, "add", json!({ "a": 1, "b": null }), text("11")).await;
    check_call(&server(), ALL, "join", json!({ "first": "x" }), text("x")).await;
    assert_eq!(listed("add")["inputSchema"]["properties"]["b"]["default"], 10);
}

#[tokio::test]
async fn m12_unknown_arguments_are_ignored_unless_they_are_refused() {
    let arguments = json!({ "a": 1, "b": 2, "c": { "d": [] } });
    check_call(&server(), ALL, "add", arguments.clone(), text("3")).await;
    let strict: MiniMcp = MiniMcp::new("strict");
    strict.tools().add(Tool::of::<add>().deny_unknown(true)).unwrap();
    check_call(&strict, TOLD, "add", arguments, told("Unknown arguments: c.")).await;
}

#[tokio::test]
async fn m13_structs_units_and_scalars_are_results() {
    let point = json!({ "point": { "x": 1, "y": 2 } });
    check_call(&server(), ALL, "mirror_one", point, text(r#"{"x":2,"y":1}"#)).await;
    check_call(
        &server(),
        ALL,
        "undocumented",
        json!({}),
        json!({ "result": { "content": [], "isError": null } }),
    )
    .await;
    check_call(&server(), ALL, "join", json!({ "first": "5" }), text("5")).await;
}

#[tokio::test]
async fn m14_a_call_happens_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    /// Count a call
    #[tool]
    async fn count(calls: Scope<Arc<AtomicUsize>>) {
        calls.0.fetch_add(1, Ordering::Relaxed);
    }
    let server = MiniMcp::<Arc<AtomicUsize>>::new("counter").handlers(handlers![count]);
    for (done, revision) in ALL.iter().enumerate() {
        let params = json!({ "name": "count" });
        ask(&server, Arc::clone(&calls), *revision, "tools/call", params).await;
        assert_eq!(calls.load(Ordering::Relaxed), done + 1);
    }
}

#[tokio::test]
async fn m15_a_number_is_no_text() {
    let problem = "`first`: invalid type: integer `5`, expected a string";
    check_call(&server(), TOLD, "join", json!({ "first": 5 }), told(problem)).await;
    check_call(&server(), NOT_TOLD, "join", json!({ "first": 5 }), error(-32602, problem)).await;
}

#[tokio::test]
async fn m16_a_handler_without_parameters_takes_an_empty_object_or_none() {
    let nothing = json!({ "result": { "content": [] } });
    for params in [
        json!({ "name": "undocumented" }),
        json!({ "name": "undocumented", "arguments": {} }),
        json!({ "name": "undocumented", "arguments": null }),
    ] {
        check(&server(), ALL, "tools/call", params, nothing.clone()).await;
    }
}

#[tokio::test]
async fn m17_nested_types_are_read_and_described() {
    let arguments = json!({ "points": [], "names": { "a": [{ "x": 1, "y": 2 }] } });
    check_call(&server(), ALL, "mirror", arguments, text(r#"[{"x":2,"y":1}]"#)).await;
}

#[test]
fn m18_docs_are_the_description() {
    let whole = "Join texts.\n\nThe second paragraph says more,\non two lines.";
    assert_eq!(listed("join")["description"], whole);
    assert_eq!(listed("undocumented").get("description"), None);
}

#[tokio::test]
async fn m19_the_handlers_own_error_reaches_the_caller() {
    for name in ["fail", "fail_blocking"] {
        let call = server();
        let error = call.tools().call(name, json!({ "code": 7 }), ()).await.unwrap_err();
        assert_eq!(error.downcast_ref::<Broken>(), Some(&Broken(7)));
        check_call(&server(), ALL, name, json!({ "code": 7 }), told("broken 7")).await;
    }
}

#[tokio::test]
async fn m21_the_examples_work() {
    for (name, arguments, answer) in [
        ("add", json!({ "a": 20, "b": 22 }), "42"),
        ("join", json!({ "first": "a", "second": "ü" }), "aü"),
        ("mirror", json!({ "points": [{ "x": 0, "y": -1 }] }), r#"[{"x":-1,"y":0}]"#),
    ] {
        check_call(&server(), ALL, name, arguments, text(answer)).await;
    }
}

#[tokio::test]
async fn m22_calls_and_handlers_do_not_touch_each_other() {
    let server = server();
    for n in 0..3 {
        check_call(&server, MODERN, "add", json!({ "a": n }), text(&format!("{}", n + 10))).await;
        check_call(&server, MODERN, "join", json!({ "first": "x" }), text("x")).await;
        check_call(&server, MODERN, "fail", json!({ "code": n }), told(&format!("broken {n}")))
            .await;
    }
}
