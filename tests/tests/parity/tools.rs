//! Tools: registered, listed, called, removed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minimcp::{CallToolResult, Content, Error, MiniMcp, Scope, Tool, handlers, tool};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::wire::{
    ALL, MODERN, NOT_TOLD, TOLD, V, WRAPPED, ask, assert_matches, check, check_call, error, text,
    told,
};

/// Add two numbers
#[tool]
async fn add(
    /// The first number
    a: i64,
    /// The second number
    #[arg(default = 1)]
    b: i64,
) -> i64 {
    a + b
}

/// Add two numbers on a thread of its own
#[tool(blocking)]
fn add_blocking(a: i64, b: i64) -> i64 {
    a + b
}

/// Measure a room
#[tool(
    name = "measure",
    title = "मापना",
    description = "Measures a room",
    read_only,
    idempotent = false,
    meta("com.example/unit" = "m")
)]
async fn measure_room() -> BTreeMap<String, u32> {
    BTreeMap::from([("width".into(), 3), ("height".into(), 4)])
}

#[derive(Deserialize, JsonSchema)]
struct Item {
    /// What it is called
    name: String,
    price: Option<f64>,
}

/// Sum up a bill
#[tool]
async fn total(items: Vec<Item>, discount: Option<Item>) -> String {
    let sum: f64 = items.iter().filter_map(|item| item.price).sum();
    let less = discount.and_then(|item| item.price).unwrap_or(0.0);
    format!(
        "{}: {}",
        items.iter().map(|item| &*item.name).collect::<Vec<_>>().join("+"),
        sum - less
    )
}

#[tool]
async fn nothing() -> Option<i64> {
    None
}

/// Give numbers
#[tool]
async fn numbers() -> Vec<u8> {
    vec![1, 2]
}

/// Give a picture
#[tool]
async fn picture() -> Content {
    Content::image(vec![1, 2, 3], "image/png")
}

/// Give blocks
#[tool]
async fn blocks() -> Vec<Content> {
    vec![Content::text("a"), Content::text("b")]
}

/// Give a result as it goes over the wire
#[tool]
async fn ready() -> CallToolResult {
    CallToolResult::error("no").meta("com.example/x", 1)
}

/// Fail in a foreign script
#[tool]
async fn fail() -> Result<(), &'static str> {
    Err("त्रुटि: 失敗 ❌")
}

/// Give a number that is none
#[tool]
async fn infinite() -> f64 {
    f64::INFINITY
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![
        add,
        add_blocking,
        measure_room,
        total,
        nothing,
        numbers,
        picture,
        blocks,
        ready,
        fail,
        infinite,
    ])
}

fn listed(name: &str) -> Value {
    server().tools().get(name).unwrap().to_json()
}

#[test]
fn t2_t25_a_tool_is_listed_with_what_was_said_of_it() {
    let add = listed("add");
    assert_eq!((&add["name"], &add["description"]), (&json!("add"), &json!("Add two numbers")));
    assert_eq!((add.get("annotations"), add.get("_meta"), add.get("title")), (None, None, None));
    assert_matches(
        &listed("measure"),
        &json!({
            "name": "measure", "title": "मापना", "description": "Measures a room",
            "annotations": { "readOnlyHint": true, "idempotentHint": false, "destructiveHint": null },
            "_meta": { "com.example/unit": "m" },
        }),
        "the options",
    );
    let at_run_time = Tool::<()>::of::<add>()
        .name("plus")
        .title("Plus")
        .description("Adds")
        .destructive(false)
        .open_world(true)
        .meta("com.example/x", [1]);
    assert_matches(
        &at_run_time.to_json(),
        &json!({
            "name": "plus", "title": "Plus", "description": "Adds",
            "annotations": { "destructiveHint": false, "openWorldHint": true, "readOnlyHint": null },
            "_meta": { "com.example/x": [1] },
        }),
        "the options at run time",
    );
}

#[tokio::test]
async fn t25_what_a_revision_does_not_know_is_not_listed() {
    let server: MiniMcp = MiniMcp::new("test").handlers(handlers![measure_room]);
    for revision in ALL {
        let old = *revision == V::V2024_11_05;
        let (answer, _) = ask(&server, (), *revision, "tools/list", json!({})).await;
        let tool = &answer["result"]["tools"][0];
        assert_eq!(tool.get("annotations").is_none(), old, "{revision}");
        let untitled = old || *revision == V::V2025_03_26;
        assert_eq!(tool.get("title").is_none(), untitled, "{revision}");
        assert_eq!(tool.get("outputSchema").is_none(), untitled, "{revision}");
        assert_eq!(tool["_meta"], json!({ "com.example/unit": "m" }), "{revision}");
    }
}

#[test]
fn t3_a_tool_without_docs_has_no_description() {
    assert_eq!(listed("nothing").get("description"), None);
}

#[tokio::test]
async fn t4_t16_blocking_tools_and_tools_without_parameters_are_called() {
    check_call(&server(), ALL, "add_blocking", json!({ "a": 1, "b": 2 }), text("3")).await;
    check_call(&server(), ALL, "blocks", json!({}), json!({ "result": { "content": [{}, {}] } }))
        .await;
    assert_eq!(listed("nothing")["inputSchema"]["properties"], json!({}));
}

#[test]
fn t5_a_name_is_registered_once() {
    let server = server();
    let again = server.tools().add(Tool::of::<add>()).unwrap_err();
    assert_eq!(again.to_string(), "tool add already registered");
    let other = server.tools().add(Tool::of::<measure_room>().name("add")).unwrap_err();
    assert_eq!(other.to_string(), "tool add already registered");
    assert!(server.tools().add(Tool::of::<add>().name("Add")).is_ok());
    // Another server has names of its own.
    assert!(MiniMcp::<()>::new("other").tools().add(Tool::of::<add>()).is_ok());
}

#[test]
fn t7_t8_the_schema_describes_the_parameters() {
    let schema = &listed("add")["inputSchema"]["properties"];
    assert_eq!(schema["a"], json!({ "type": "integer", "description": "The first number" }));
    assert_eq!(schema["b"]["description"], "The second number");
    let schema = &listed("total")["inputSchema"];
    assert_eq!(schema["required"], json!(["items"]));
    assert_eq!(schema["properties"]["items"]["type"], "array");
    assert_eq!(schema["$defs"]["Item"]["required"], json!(["name"]));
    assert_eq!(schema["$defs"]["Item"]["properties"]["name"]["description"], "What it is called");
}

#[tokio::test]
async fn t9_t10_t24_tools_come_and_go() {
    let server: MiniMcp = MiniMcp::new("test");
    let tools = server.tools();
    assert!(tools.list().is_empty());
    tools.add(Tool::of::<add>()).unwrap();
    tools.add(Tool::of::<measure_room>()).unwrap();
    let names: Vec<_> = tools.list().iter().map(|tool| tool.tool_name().to_owned()).collect();
    assert_eq!(names, ["add", "measure"]);
    check_call(&server, ALL, "add", json!({ "a": 1 }), text("2")).await;
    assert_eq!(tools.remove("add").unwrap().tool_name(), "add");
    check(
        &server,
        ALL,
        "tools/list",
        json!({}),
        json!({ "result": { "tools": [{ "name": "measure" }] } }),
    )
    .await;
    check_call(&server, ALL, "add", json!({ "a": 1 }), error(-32602, "Unknown tool: add")).await;
    assert_eq!(tools.remove("add").unwrap_err().to_string(), "Unknown tool: add");
    // The name is free again.
    tools.add(Tool::of::<add_blocking>().name("add")).unwrap();
    check_call(&server, ALL, "add", json!({ "a": 1, "b": 2 }), text("3")).await;
}

#[tokio::test]
async fn t11_t12_a_result_is_a_text_and_a_structured_value() {
    for name in ["add", "add_blocking"] {
        let arguments = json!({ "a": 1, "b": 2 });
        let wrapped = json!({ "result": { "structuredContent": { "result": 3 } } });
        check_call(&server(), ALL, name, arguments.clone(), text("3")).await;
        check_call(&server(), WRAPPED, name, arguments.clone(), wrapped).await;
        let plain = json!({ "result": { "structuredContent": 3 } });
        check_call(&server(), MODERN, name, arguments, plain).await;
    }
    check_call(&server(), ALL, "add", json!({ "a": 1 }), text("2")).await;
    let none = json!({ "result": { "structuredContent": null } });
    check_call(&server(), &[V::V2024_11_05, V::V2025_03_26], "add", json!({ "a": 1 }), none).await;
}

#[tokio::test]
async fn t13_an_unknown_tool_is_an_error_of_the_protocol() {
    for name in ["nonsense", "ADD", "add ", ""] {
        check_call(
            &server(),
            ALL,
            name,
            json!({}),
            error(-32602, &format!("Unknown tool: {name}")),
        )
        .await;
        let error = server().tools().call(name, json!({}), ()).await.unwrap_err();
        assert!(error.is_not_found());
    }
}

#[tokio::test]
async fn t14_a_map_is_its_own_structured_value() {
    let size = json!({ "width": 3, "height": 4 });
    check_call(
        &server(),
        &[V::V2025_06_18, V::V2025_11_25, V::V2026_07_28],
        "measure",
        json!({}),
        json!({ "result": { "structuredContent": size } }),
    )
    .await;
    check_call(&server(), ALL, "measure", json!({}), text(r#"{"height":4,"width":3}"#)).await;
}

#[tokio::test]
async fn t15_numbers_come_as_texts_and_misfits_are_named() {
    for (a, sum) in [(json!("42"), "43"), (json!(" 7 "), "8"), (json!(-3), "-2")] {
        check_call(&server(), ALL, "add", json!({ "a": a }), text(sum)).await;
    }
    for (arguments, problem) in [
        (json!({ "x": 1 }), "Missing required arguments: a."),
        (json!({ "x": 1 }), "Unknown arguments: x."),
        (json!({ "a": "forty" }), "`a`"),
        (json!({ "a": [1] }), "`a`"),
    ] {
        check_call(&server(), TOLD, "add", arguments.clone(), told(problem)).await;
        check_call(&server(), NOT_TOLD, "add", arguments.clone(), error(-32602, problem)).await;
        let error = server().tools().call("add", arguments, ()).await.unwrap_err();
        assert!(error.is_invalid_params() && error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn t17_lists_and_structs_are_arguments() {
    let items = json!([{ "name": "tea", "price": 2.5 }, { "name": "cup" }]);
    let arguments = json!({ "items": items, "discount": { "name": "x", "price": 0.5 } });
    check_call(&server(), ALL, "total", arguments, text("tea+cup: 2")).await;
}

#[tokio::test]
async fn t18_state_lives_in_the_scope() {
    /// Count up
    #[tool]
    async fn count(counter: Scope<Arc<AtomicU64>>) -> u64 {
        counter.0.fetch_add(1, Ordering::Relaxed) + 1
    }
    let server = MiniMcp::<Arc<AtomicU64>>::new("counter").handlers(handlers![count]);
    let counter = Arc::new(AtomicU64::new(0));
    for now in 1..4 {
        let scope = Arc::clone(&counter);
        let params = json!({ "name": "count" });
        let (answer, _) = ask(&server, scope, V::LATEST, "tools/call", params).await;
        assert_matches(&answer, &text(&now.to_string()), "count");
    }
}

#[tokio::test]
async fn t19_the_tools_error_is_inside_the_programs() {
    let error = server().tools().call("fail", json!({}), ()).await.unwrap_err();
    assert_eq!(error.to_string(), "त्रुटि: 失敗 ❌");
    assert!(error.downcast_ref::<&'static str>().is_some());
    assert!(!error.is_not_found() && !error.is_invalid_params());
}

#[tokio::test]
async fn t20_a_ready_result_goes_out_as_it_is() {
    let mut expected = told("no");
    expected["result"]["_meta"] = json!({ "com.example/x": 1 });
    check_call(&server(), ALL, "ready", json!({}), expected).await;
}

#[tokio::test]
async fn t21_a_list_is_one_block_and_content_is_itself() {
    check_call(&server(), ALL, "numbers", json!({}), text("[1,2]")).await;
    let wrapped = json!({ "result": { "structuredContent": { "result": [1, 2] } } });
    check_call(&server(), WRAPPED, "numbers", json!({}), wrapped).await;
    let image = json!({ "type": "image", "data": "AQID", "mimeType": "image/png" });
    let picture = json!({ "result": { "content": [image], "structuredContent": null } });
    check_call(&server(), ALL, "picture", json!({}), picture).await;
    let two = json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]);
    check_call(&server(), ALL, "blocks", json!({}), json!({ "result": { "content": two } })).await;
    // A text is not JSON with quotes.
    let items = json!({ "items": [{ "name": "a", "price": 2 }] });
    check_call(&server(), ALL, "total", items, text("a: 2")).await;
}

#[test]
fn t22_attributes_take_a_name_a_description_and_functions_without_parameters() {
    assert_eq!(listed("measure")["description"], "Measures a room");
    assert_eq!(listed("blocks")["inputSchema"]["type"], "object");
}

#[tokio::test]
async fn t27_texts_of_errors_may_have_any_script() {
    check_call(&server(), ALL, "fail", json!({}), told("त्रुटि: 失敗 ❌")).await;
}

#[tokio::test]
async fn t28_a_result_that_cannot_be_sent_is_told() {
    check_call(&server(), ALL, "infinite", json!({}), told("inf")).await;
    let error: Error = server().tools().call("infinite", json!({}), ()).await.unwrap_err();
    assert!(error.to_string().contains("inf"), "{error}");
}
