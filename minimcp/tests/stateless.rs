//! Each message for itself: what was sent before it, and what else is in it, makes no difference.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::Arc;

use minimcp::{Call, Connection, Error, MiniMcp, Outbox, Prompt, Resource, Tool};
use serde_json::{Value, json};
use tokio::sync::Notify;

type Arguments = BTreeMap<String, Value>;

fn sampler() -> Tool {
    Tool::from_fn("sampler", |_: Arguments, call: Call| async move {
        call.require("sampling")?;
        Ok::<_, Error>("sampled")
    })
}

fn server() -> MiniMcp {
    let server = MiniMcp::new("stateless");
    server.tools().add(sampler()).unwrap();
    server
        .tools()
        .add(Tool::from_fn("fails", |_: Arguments, _: Call| async {
            Err::<(), _>(Error::internal("secret"))
        }))
        .unwrap();
    server
        .prompts()
        .add(Prompt::from_fn("prompt", |_: Arguments, _: Call| async { Ok::<_, String>("") }))
        .unwrap();
    for (uri, name) in [("a://b", "fixed"), ("a://b/{c}", "template")] {
        let resource =
            Resource::from_fn(uri, name, |_: Arguments, _: Call| async { Ok::<_, String>("") });
        server.resources().add(resource).unwrap();
    }
    server
}

/// A request of the newest revision from a client with these capabilities.
fn modern(method: &str, mut params: Value, capabilities: Value) -> String {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
    legacy(method, params)
}

fn legacy(method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
}

/// Sends messages over one connection; each answer has to hold a value at a place, `null` for nothing.
async fn check(connection: &Connection<()>, messages: &[(String, &str, Value)]) {
    for (message, place, expected) in messages {
        let reply = connection.handle(message.clone(), Outbox::none(), ()).await;
        let answer: Value = serde_json::from_str(reply.as_str().unwrap_or("null")).unwrap();
        assert_eq!(answer.pointer(place).unwrap_or(&Value::Null), expected, "{message}\n{answer}");
    }
}

#[tokio::test]
async fn requests_on_one_connection_are_judged_one_by_one() {
    let connection = Connection::new(server());
    let call = || json!({ "name": "sampler" });
    let handshake = |version: &str, capabilities: Value| {
        legacy("initialize", json!({ "protocolVersion": version, "capabilities": capabilities }))
    };
    let (text, code) = ("/result/content/0/text", "/error/code");
    let (sampled, refused) = (json!("sampled"), json!("the client does not offer `sampling`"));
    check(
        &connection,
        &[
            (modern("tools/call", call(), json!({ "sampling": {} })), text, sampled.clone()),
            (modern("tools/call", call(), json!({})), code, json!(-32021)),
            (handshake("2025-06-18", json!({ "sampling": {} })), code, Value::Null),
            (modern("tools/call", call(), json!({})), code, json!(-32021)),
            (legacy("tools/call", call()), text, sampled.clone()),
            (handshake("2024-11-05", json!({})), code, Value::Null),
            (modern("tools/call", call(), json!({ "sampling": {} })), text, sampled),
            (legacy("tools/call", call()), text, refused),
            (modern("tools/list", json!({}), json!({})), "/result/resultType", json!("complete")),
            (legacy("tools/list", json!({})), "/result/resultType", Value::Null),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_nobody_knows_is_ignored() {
    let odd = json!({
        "x": [1], "task": { "ttl": 1 },
        "_meta": { "io.modelcontextprotocol/nonsense": 1, "mcp.mcp/x": {}, "": null, "ui": [] },
    });
    let connection = Connection::new(server());
    for (method, own) in [
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "sampler" })),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "prompt" })),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({ "uri": "a://b/c" })),
    ] {
        let mut params = odd.clone();
        params.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let capabilities = json!({ "sampling": {}, "nonsense": 5, "extensions": [] });
        let none = |message| (message, "/error", Value::Null);
        let message = none(modern(method, params.clone(), capabilities));
        // Older revisions have no rounds of questions, so what goes with them means nothing there.
        params["inputResponses"] = json!(5);
        params["requestState"] = json!({});
        check(&connection, &[message, none(legacy(method, params))]).await;
    }
}

#[tokio::test]
async fn lists_are_the_same_text_for_everybody_and_always() {
    let list = || modern("tools/list", json!({}), json!({}));
    let text = async |connection: &Connection<()>| {
        let reply = connection.handle(list(), Outbox::none(), ()).await;
        reply.as_str().unwrap().to_owned()
    };
    let (one, other) = (Connection::new(server()), Connection::new(server()));
    let first = text(&one).await;
    for _ in 0..10 {
        one.handle(modern("tools/call", json!({ "name": "fails" }), json!({})), Outbox::none(), ())
            .await;
        one.handle(legacy("initialize", json!({})), Outbox::none(), ()).await;
        assert_eq!(text(&one).await, first);
        assert_eq!(text(&other).await, first);
    }
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_refused() {
    let meta = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
    let connection = Connection::new(server());
    for (message, code) in [
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list","params":{{{meta}}}}}"#
            ),
            -32600,
        ),
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{}},"params":{{{meta}}}}}"#
            ),
            -32600,
        ),
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list","params":{{{meta}}}}}"#
            ),
            -32600,
        ),
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"a","name":"sampler",{meta}}}}}"#
            ),
            -32602,
        ),
        (
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{{meta},{meta}}}}}"#
            ),
            -32602,
        ),
    ] {
        check(&connection, &[(message, "/error/code", json!(code))]).await;
    }
}

#[tokio::test]
async fn what_is_offered_is_there_and_nothing_else() {
    let answer = || |_: Arguments, _: Call| async { Ok::<_, String>("") };
    let tools: MiniMcp = MiniMcp::new("tools");
    tools.tools().add(Tool::from_fn("tool", answer())).unwrap();
    let prompts: MiniMcp = MiniMcp::new("prompts");
    prompts.prompts().add(Prompt::from_fn("prompt", answer())).unwrap();
    let resources: MiniMcp = MiniMcp::new("resources");
    resources.resources().add(Resource::from_fn("a://{b}", "template", answer())).unwrap();
    for (server, offered) in [(tools, "tools"), (prompts, "prompts"), (resources, "resources")] {
        let connection = Connection::new(server);
        for (method, of) in [
            ("tools/list", "tools"),
            ("tools/call", "tools"),
            ("prompts/list", "prompts"),
            ("prompts/get", "prompts"),
            ("resources/list", "resources"),
            ("resources/templates/list", "resources"),
            ("resources/read", "resources"),
        ] {
            let place = format!("/result/capabilities/{of}");
            let discover = modern("server/discover", json!({}), json!({}));
            let reply = connection.handle(discover, Outbox::none(), ()).await;
            let discovered: Value = serde_json::from_str(reply.as_str().unwrap()).unwrap();
            assert_eq!(discovered.pointer(&place).is_some(), of == offered, "{discovered}");
            let reply =
                connection.handle(modern(method, json!({}), json!({})), Outbox::none(), ()).await;
            assert_eq!(reply.error_code() == Some(-32601), of != offered, "{offered}: {method}");
        }
    }
}

#[tokio::test]
async fn codes_are_those_of_the_revision() {
    let connection = Connection::new(server());
    connection.handle(legacy("initialize", json!({})), Outbox::none(), ()).await;
    let mistakes = [
        ("nonsense", json!({})),
        ("tools/call", json!({})),
        ("tools/call", json!({ "name": "none" })),
        ("tools/call", json!({ "name": "fails" })),
        ("tools/call", json!({ "name": "sampler" })),
        ("tools/call", json!({ "name": "sampler", "arguments": [] })),
        ("tools/list", json!({ "cursor": "nonsense" })),
        ("prompts/get", json!({ "name": "none" })),
        ("resources/read", json!({ "uri": "none://" })),
        ("resources/read", json!({ "uri": 5 })),
        ("completion/complete", json!({})),
        ("logging/setLevel", json!({ "level": "loud" })),
    ];
    for (method, params) in mistakes {
        for (message, allowed) in [
            (
                modern(method, params.clone(), json!({})),
                [-32601, -32602, -32603, -32021].as_slice(),
            ),
            (legacy(method, params.clone()), &[-32601, -32602, -32603, -32002]),
        ] {
            let reply = connection.handle(message.clone(), Outbox::none(), ()).await;
            let code = reply.error_code();
            assert!(code.is_none_or(|code| allowed.contains(&code)), "{message}: {code:?}");
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_a_busy_handler_to_discover_the_server() {
    let (started, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let server: MiniMcp = MiniMcp::new("busy").concurrency(1).queue(0).idle_timeout(None);
    let handles = (Arc::clone(&started), Arc::clone(&gate));
    let busy = Tool::from_fn("busy", move |_: Arguments, _: Call| {
        let (started, gate) = handles.clone();
        async move {
            started.notify_one();
            gate.notified().await;
            Ok::<_, String>("done")
        }
    });
    server.tools().add(busy).unwrap();
    let connection = Arc::new(Connection::new(server));
    let call = modern("tools/call", json!({ "name": "busy" }), json!({}));
    let running = Arc::clone(&connection);
    let running = tokio::spawn(async move { running.handle(call, Outbox::none(), ()).await });
    started.notified().await;
    let discover =
        modern("server/discover", json!({}), json!({})).replace(r#""id":1"#, r#""id":2"#);
    check(&connection, &[(discover, "/result/resultType", json!("complete"))]).await;
    let ping = legacy("ping", json!({})).replace(r#""id":1"#, r#""id":3"#);
    check(&connection, &[(ping, "/result", json!({}))]).await;
    gate.notify_one();
    assert!(running.await.unwrap().as_str().unwrap().contains("done"));
}

#[tokio::test]
async fn the_handshake_cannot_be_cancelled() {
    let connection = Connection::new(server());
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    check(
        &connection,
        &[
            (cancel.to_string(), "", Value::Null),
            (legacy("initialize", json!({})), "/result/protocolVersion", json!("2025-11-25")),
            (cancel.to_string(), "", Value::Null),
            (legacy("ping", json!({})), "/result", json!({})),
        ],
    )
    .await;
}
