//! What no test of the original looked at.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use minimcp::{Call, CallToolResult, Content, MiniMcp, Scope, Tool, handlers, tool};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::wire::{ALL, Client, LEGACY, V, ask, assert_matches, check, text};

/// Wait for ever
#[tool]
async fn wait() {
    std::future::pending::<()>().await;
}

fn call(name: &str) -> Value {
    json!({ "name": name, "arguments": {} })
}

#[tokio::test]
async fn g2_a_cancelled_call_is_not_answered_and_its_handler_is_gone() {
    for revision in ALL {
        let started = Arc::new(Notify::new());
        let alive = Arc::new(());
        let (signal, life) = (Arc::clone(&started), Arc::downgrade(&alive));
        let alive = Mutex::new(Some(alive));
        let held = move |_: Value, _: Call| {
            let (signal, alive) = (Arc::clone(&signal), alive.lock().unwrap().take());
            async move {
                signal.notify_one();
                std::future::pending::<()>().await;
                drop(alive);
                Ok::<_, String>(())
            }
        };
        let server: MiniMcp = MiniMcp::new("test").handlers(handlers![wait]);
        server.tools().add(Tool::from_fn("hold", held)).unwrap();
        let client = Arc::new(Client::new(&server, (), *revision).await);
        let message = |id: Value, name: &str| {
            let mut params = call(name);
            if revision.is_modern() {
                params["_meta"] = json!({
                    "io.modelcontextprotocol/protocolVersion": revision.as_str(),
                    "io.modelcontextprotocol/clientCapabilities": {},
                });
            }
            json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
                .to_string()
        };
        let (first, request) = (Arc::clone(&client), message(json!(1), "hold"));
        let running = tokio::spawn(async move { first.send(&request).await });
        started.notified().await;
        assert!(life.upgrade().is_some());
        let cancel = |id: Value| {
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }).to_string()
        };
        // Another type of id is another id, and what is no id cancels nothing.
        for id in [json!("1"), json!(2), json!(null), json!([1])] {
            assert_eq!(client.send(&cancel(id)).await, (Value::Null, vec![]));
            assert!(life.upgrade().is_some());
        }
        client.send(&cancel(json!(1))).await;
        assert_eq!(running.await.unwrap(), (Value::Null, vec![]), "{revision}");
        assert!(life.upgrade().is_none(), "{revision}");
    }
}

/// How many run, and how many ran at most.
#[derive(Clone, Default)]
struct Crowd(Arc<(AtomicUsize, AtomicUsize)>);

/// Be one of many for a while
#[tool]
async fn join_crowd(crowd: Scope<Crowd>) {
    let (now, most) = &*crowd.0.0;
    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    now.fetch_sub(1, Ordering::SeqCst);
}

#[tokio::test]
async fn g3_as_many_calls_run_at_once_as_may_and_all_are_answered() {
    let tool = || Tool::of::<join_crowd>();
    for (server, narrow, most) in [
        (MiniMcp::new("test").concurrency(3), tool(), 3),
        (MiniMcp::new("test").concurrency(None), tool(), 20),
        (MiniMcp::new("test"), tool().concurrency(2), 2),
    ] {
        let crowd = Crowd::default();
        server.tools().add(narrow).unwrap();
        let mut calls = JoinSet::new();
        for _ in 0..20 {
            let (server, crowd) = (server.clone(), crowd.clone());
            calls.spawn(async move {
                ask(&server, crowd, V::LATEST, "tools/call", call("join_crowd")).await
            });
        }
        for (answer, _) in calls.join_all().await {
            assert_matches(&answer, &json!({ "result": { "isError": null } }), "one of many");
        }
        assert_eq!(crowd.0.1.load(Ordering::SeqCst), most);
    }
}

/// Both ends of a handler that blocks: it says that it runs, and runs until it is told to end.
#[derive(Clone)]
struct Gate(Arc<(Mutex<Sender<()>>, Doorway)>);

type Doorway = Mutex<Receiver<()>>;

/// Block the thread
#[tool(blocking)]
fn block(gate: Scope<Gate>) -> &'static str {
    gate.0.0.0.lock().unwrap().send(()).unwrap();
    gate.0.0.1.lock().unwrap().recv().unwrap();
    "opened"
}

/// Answer at once
#[tool]
async fn quick() -> &'static str {
    "quick"
}

#[tokio::test]
async fn g4_a_handler_that_blocks_holds_nobody_up() {
    let (running, started) = channel();
    let (open, opened) = channel();
    let gate = Gate(Arc::new((Mutex::new(running), Mutex::new(opened))));
    let server = MiniMcp::new("test").handlers(handlers![block, quick]);
    let blocked = {
        let (server, gate) = (server.clone(), gate.clone());
        tokio::spawn(
            async move { ask(&server, gate, V::LATEST, "tools/call", call("block")).await },
        )
    };
    tokio::task::spawn_blocking(move || started.recv()).await.unwrap().unwrap();
    // This test has one thread, and the handler has another.
    let (answer, _) = ask(&server, gate, V::LATEST, "tools/call", call("quick")).await;
    assert_matches(&answer, &text("quick"), "while another blocks");
    assert!(!blocked.is_finished());
    open.send(()).unwrap();
    assert_matches(&blocked.await.unwrap().0, &text("opened"), "the one that blocked");
}

#[tokio::test]
async fn g10_every_listed_uri_can_be_read() {
    let server = math::server();
    for revision in ALL {
        let (listed, _) = ask(&server, (), *revision, "resources/list", json!({})).await;
        for resource in listed["result"]["resources"].as_array().unwrap() {
            let params = json!({ "uri": resource["uri"] });
            let (read, _) = ask(&server, (), *revision, "resources/read", params).await;
            assert_eq!(read["result"]["contents"][0]["uri"], resource["uri"]);
        }
    }
}

#[tokio::test]
async fn g12_a_notification_that_should_be_a_request_is_not_answered() {
    let meta = json!({ "io.modelcontextprotocol/protocolVersion": "1999-01-01" });
    for method in ["ping", "initialize", "tools/call", "server/discover", "nonsense"] {
        for params in [json!({}), json!({ "_meta": meta }), json!({ "_meta": 1 }), json!([1])] {
            let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
            for revision in ALL {
                let client = Client::new(&math::server(), (), *revision).await;
                let answer = client.send(&message.to_string()).await;
                assert_eq!(answer, (Value::Null, vec![]), "{message}");
            }
        }
    }
}

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
            let (answer, _) = ask(&server, (), *revision, "tools/call", call(name)).await;
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

#[tokio::test]
async fn g9_bytes_that_are_no_text_are_a_parse_error_and_the_next_message_is_served() {
    for message in [&b"\xff"[..], b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\xc3\x28\"}"] {
        let expected = json!({ "id": null, "error": { "code": -32700 } });
        crate::wire::check_raw(&math::server(), message, expected).await;
    }
    check(&math::server(), LEGACY, "ping", json!({}), json!({ "result": {} })).await;
}
