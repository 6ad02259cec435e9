//! Extensions of one's own: a method, its parameters and what the client declared in, the answer out.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use minimcp::extension::{Extension, Method, ToolAnswer, ToolCall};
use minimcp::testing::Client;
use minimcp::{
    Call, CallToolResult, Error, FromScope, MiniMcp, ProtocolVersion, Scope, handlers, tool,
};
use serde_json::{Value, json};

const NOTES: &str = "com.example/notes";

#[derive(Clone)]
struct World {
    user: &'static str,
}

struct User(&'static str);

impl FromScope<World> for User {
    fn from_scope(world: &World) -> Self {
        Self(world.user)
    }
}

#[derive(serde::Deserialize)]
struct Get {
    id: u8,
}

#[derive(serde::Serialize)]
struct Note {
    text: String,
}

async fn get(params: Get, user: Scope<User>, call: Call) -> Result<Note, Error> {
    match params.id {
        0 => Err(Error::not_found("no such note")),
        1 => Err(Error::internal("password")),
        2 => panic!("password"),
        3 => std::future::pending().await,
        id => {
            Ok(Note { text: format!("{id} of {} by {} {}", user.0.0, call.method(), call.name()) })
        }
    }
}

async fn ping(_: Value) -> Result<(), Error> {
    Ok(())
}

async fn odd(_: Value) -> Result<u8, String> {
    Ok(1)
}

async fn with_meta(_: Value) -> Result<Value, String> {
    Ok(json!({ "resultType": "x", "_meta": { "com.example/a": 1 }, "b": 2 }))
}

/// Add two numbers
#[tool]
async fn add(a: f64, b: f64) -> Result<f64, &'static str> {
    if b == 0.0 { Err("nothing to add") } else { Ok(a + b) }
}

fn notes() -> Extension<World> {
    Extension::new(NOTES)
        .settings(json!({ "most": 3 }))
        .method(Method::from_fn("notes/get", get))
        .method(Method::from_fn("notes/ping", ping).undeclared().unlimited())
        .method(Method::from_fn("notes/named", get).mirrored("key"))
        .method(Method::from_fn("notes/typed", ping).result_type("note"))
        .method(Method::from_fn("notes/odd", odd))
        .method(Method::from_fn("notes/meta", with_meta))
        .method(
            Method::from_fn("notes/old", ping)
                .revisions([ProtocolVersion::V2025_11_25, ProtocolVersion::V2024_11_05]),
        )
}

/// Takes calls with a dry run: `only` shows what would be called, `loud` calls it, `sorry` refuses.
fn dry() -> Extension<World> {
    Extension::new("com.example/dry").take_tool_calls(
        |tool, call| match call.meta::<String>("com.example/dry").as_deref() {
            Some("sorry") => Err(call.require_extension("com.example/other").unwrap_err()),
            Some("panic") => panic!("password"),
            mode => Ok(mode.is_some() && tool.tool_name() == "add"),
        },
        |call: ToolCall<World>| async move {
            match call.call().meta::<String>("com.example/dry").as_deref() {
                Some("only") => {
                    let name = call.tool().tool_name();
                    let would = json!({ "would": name, "user": call.scope().user });
                    Ok(ToolAnswer::of_type("dry", would))
                }
                Some("task") => {
                    call.detach();
                    let running = tokio::spawn(async move { call.run().await });
                    Ok(running.await.unwrap()?.into())
                }
                Some("again") => {
                    call.run().await?;
                    Ok(call.run().await?.into())
                }
                Some("text") => Ok(CallToolResult::text("taken").into()),
                Some("late") => panic!("password"),
                _ => Ok(call.run().await?.into()),
            }
        },
    )
}

fn server() -> MiniMcp<World> {
    MiniMcp::new("test").handlers(handlers![add]).extension(notes()).extension(dry())
}

fn client(revision: ProtocolVersion, declared: bool) -> Client<World> {
    let capabilities = if declared { json!({ "extensions": { NOTES: {} } }) } else { json!({}) };
    Client::new(&server(), World { user: "ada" }).revision(revision).capabilities(capabilities)
}

/// Asks in the newest revision with the extension declared; `_meta` of the answer but for the server's own.
async fn check(method: &str, params: Value, expected: Value) {
    check_in(&client(ProtocolVersion::LATEST, true), method, params, expected).await;
}

async fn check_in(client: &Client<World>, method: &str, params: Value, expected: Value) {
    let shown = format!("{method} {params}");
    let found = match client.request(method, params).await {
        Ok(mut result) => {
            if let Some(meta) = result.get_mut("_meta").and_then(Value::as_object_mut) {
                meta.remove("io.modelcontextprotocol/serverInfo");
                if meta.is_empty() {
                    result.as_object_mut().unwrap().remove("_meta");
                }
            }
            result
        }
        Err(error) => json!([error.code, error.message, error.data]),
    };
    assert_eq!(found, expected, "{shown}");
}

#[tokio::test(start_paused = true)]
async fn methods_have_parameters_results_and_errors() {
    let text = "7 of ada by notes/get ";
    check("notes/get", json!({ "id": 7 }), json!({ "resultType": "complete", "text": text })).await;
    check("notes/typed", json!({}), json!({ "resultType": "note" })).await;
    let merged = json!({ "resultType": "complete", "_meta": { "com.example/a": 1 }, "b": 2 });
    check("notes/meta", json!({}), merged).await;
    for (id, code, message) in [
        (json!(0), -32602, "no such note"),
        (json!(1), -32603, "internal error"),
        (json!(2), -32603, "internal error"),
        (json!(3), -32603, "the call was stopped: nothing was heard of it for 30000 ms"),
        (json!(300), -32602, "`params.id`: invalid value: integer `300`, expected u8"),
        (json!("x"), -32602, "`params.id`: invalid type: string \"x\", expected u8"),
    ] {
        let client = client(ProtocolVersion::LATEST, true);
        let error = client.request("notes/get", json!({ "id": id })).await.unwrap_err();
        assert!(error.message.starts_with(message), "{error}");
        assert_eq!(error.code, code, "{error}");
    }
    check("notes/odd", json!({}), json!([-32603, "internal error", null])).await;
}

#[tokio::test]
async fn a_client_that_declares_nothing_is_refused_before_anything_is_read() {
    let undeclared = client(ProtocolVersion::LATEST, false);
    let message = format!("the client did not declare the extension `{NOTES}`");
    let required = json!({ "requiredCapabilities": { "extensions": { NOTES: {} } } });
    for params in [json!({ "id": 7 }), json!({}), json!({ "id": "x" })] {
        let refused = json!([-32021, message, required]);
        check_in(&undeclared, "notes/get", params, refused).await;
    }
    check_in(&undeclared, "notes/ping", json!({}), json!({ "resultType": "complete" })).await;
}

#[tokio::test]
async fn a_method_is_where_its_revisions_are() {
    for revision in ProtocolVersion::ALL {
        let client = client(revision, true);
        for (method, known) in [
            ("notes/ping", revision.is_modern()),
            ("notes/old", ["2025-11-25", "2024-11-05"].contains(&revision.as_str())),
            ("notes/none", false),
        ] {
            let expected = match known {
                true if revision.is_modern() => json!({ "resultType": "complete" }),
                true => json!({}),
                false => json!([-32601, format!("Method not found: {method}"), null]),
            };
            check_in(&client, method, json!({}), expected).await;
        }
        let about = client.introduce().await.unwrap();
        let announced = json!({ NOTES: { "most": 3 }, "com.example/dry": {} });
        let found = about.pointer("/capabilities/extensions");
        assert_eq!(found, revision.is_modern().then_some(&announced), "{revision}");
    }
    let old = client(ProtocolVersion::V2025_11_25, false);
    let unknown = json!([-32601, "Method not found: notes/old", null]);
    check_in(&old, "notes/old", json!({}), unknown).await;
}

#[tokio::test]
async fn the_mirrored_member_names_the_call_and_is_there_once() {
    let text = "7 of ada by notes/named k";
    let params = json!({ "id": 7, "key": "k" });
    check("notes/named", params, json!({ "resultType": "complete", "text": text })).await;
    let missing = json!([-32602, "`params.key` is missing", null]);
    check("notes/named", json!({ "id": 7 }), missing).await;
    let meta = format!(
        r#""_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{"extensions":{{"{NOTES}":{{}}}}}}}}"#
    );
    let twice = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"notes/named","params":{{"id":7,"key":"a","key":"b",{meta}}}}}"#
    );
    let answer = client(ProtocolVersion::LATEST, true).send(&twice).await.unwrap();
    assert!(answer.contains(r#"-32602,"message":"`params.key` is there twice""#), "{answer}");
}

#[tokio::test]
async fn calls_of_tools_are_taken_over() {
    let call = |mode: &str, b: f64| {
        let mut params = json!({ "name": "add", "arguments": { "a": 1, "b": b } });
        if !mode.is_empty() {
            params["_meta"] = json!({ "com.example/dry": mode });
        }
        params
    };
    let sum = json!({
        "resultType": "complete",
        "content": [{ "type": "text", "text": "3.0" }],
        "structuredContent": 3.0,
    });
    let told = json!({
        "resultType": "complete",
        "content": [{ "type": "text", "text": "nothing to add" }],
        "isError": true,
    });
    for mode in ["", "loud", "task"] {
        check("tools/call", call(mode, 2.0), sum.clone()).await;
        check("tools/call", call(mode, 0.0), told.clone()).await;
    }
    let only = json!({ "resultType": "dry", "would": "add", "user": "ada" });
    check("tools/call", call("only", 2.0), only).await;
    let text =
        json!({ "resultType": "complete", "content": [{ "type": "text", "text": "taken" }] });
    check("tools/call", call("text", 2.0), text).await;
    let message = "the client did not declare the extension `com.example/other`";
    let required = json!({ "requiredCapabilities": { "extensions": { "com.example/other": {} } } });
    check("tools/call", call("sorry", 2.0), json!([-32021, message, required])).await;
    for mode in ["panic", "late"] {
        check("tools/call", call(mode, 2.0), json!([-32603, "internal error", null])).await;
    }
    // The extension is not for older revisions.
    let old = client(ProtocolVersion::V2025_06_18, true);
    let result = old.request("tools/call", call("only", 2.0)).await.unwrap();
    assert_eq!(result.pointer("/structuredContent/result"), Some(&json!(3.0)));
}

#[tokio::test]
async fn a_call_that_was_run_gives_its_place_back_while_its_extension_keeps_it() {
    let server: MiniMcp<World> = MiniMcp::new("test").handlers(handlers![add]).concurrency(1);
    let client = Client::new(&server.queue(0).extension(dry()), World { user: "ada" });
    let params = json!({
        "name": "add",
        "arguments": { "a": 1, "b": 2 },
        "_meta": { "com.example/dry": "again" },
    });
    let sum = json!({
        "resultType": "complete",
        "content": [{ "type": "text", "text": "3.0" }],
        "structuredContent": 3.0,
    });
    check_in(&client, "tools/call", params, sum).await;
}

#[test]
fn mistakes_are_found_at_the_start() {
    fn check(make: impl FnOnce() + std::panic::UnwindSafe, message: &str) {
        let panic = std::panic::catch_unwind(make).unwrap_err();
        let found = panic.downcast::<String>().unwrap();
        assert!(found.contains(message), "{found}");
    }
    for id in ["", "notes", "/notes", "1a/notes", "com.example/", "com..example/x", "a b/c"] {
        let message = format!("`{id}` cannot be the id of an extension");
        check(move || drop(Extension::<()>::new(id)), &message);
    }
    let of = |id: &str, method: &'static str| {
        Extension::<()>::new(id).method(Method::from_fn(method, ping))
    };
    drop(of("io.modelcontextprotocol/x", "x/get"));
    check(
        move || drop(of("a/b", "x/y").method(Method::from_fn("x/y", ping))),
        "has the method `x/y` already",
    );
    check(
        move || drop(MiniMcp::new("x").extension(of("a/b", "tools/call"))),
        "one of the protocol",
    );
    check(
        move || drop(MiniMcp::new("x").extension(of("a/b", "x/y")).extension(of("a/b", "x/z"))),
        "has the extension `a/b` already",
    );
    check(
        move || drop(MiniMcp::new("x").extension(of("a/b", "x/y")).extension(of("a/c", "x/y"))),
        "another extension has it",
    );
    check(|| drop(Extension::<()>::new("a/b").settings(5)), "have to be an object");
}
