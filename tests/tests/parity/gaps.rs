//! What no test of the original looked at.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use minimcp::{Call, MiniMcp, Scope, Tool, handlers, tool};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::wire::{ALL, Client, LEGACY, V, ask, assert_matches, check, check_raw, text};

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

#[tokio::test]
async fn g9_bytes_that_are_no_text_are_a_parse_error_and_the_next_message_is_served() {
    for message in [&b"\xff"[..], b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\xc3\x28\"}"] {
        let expected = json!({ "id": null, "error": { "code": -32700 } });
        check_raw(&math::server(), message, expected).await;
    }
    check(&math::server(), LEGACY, "ping", json!({}), json!({ "result": {} })).await;
}
