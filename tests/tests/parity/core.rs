//! The server itself: what it says of itself, and what becomes of each kind of message.

use std::future::Future as _;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use minimcp::{Call, Error, MiniMcp, Outbox, Progress, Scope, handlers, resource, tool};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::wire::{
    ALL, Client, LEGACY, MODERN, NOT_TOLD, TOLD, V, ask, assert_matches, check, check_call,
    check_raw, error, read, text, told,
};

/// Add two numbers
#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Fail with an error of a kind
#[tool]
async fn fail(kind: &str, progress: Progress) -> Result<(), Error> {
    progress.report(1.0).await;
    Err(match kind {
        "text" => Error::tool("a text"),
        "not found" => Error::not_found("no such thing"),
        "forbidden" => Error::forbidden("not for you"),
        "invalid" => Error::invalid_params("they make no sense"),
        "application" => Error::application(7, "seven").with_data(&json!({ "n": 7 })),
        _ => Error::internal("password=x"),
    })
}

/// Wait for ever
#[tool]
async fn wait() {
    std::future::pending::<()>().await;
}

/// Say what is known of the call
#[tool]
async fn about(call: Call) -> Vec<String> {
    vec![call.id().into(), call.method().into(), call.name().into(), call.revision().to_string()]
}

/// A file
#[resource("files:///{name}")]
async fn file(name: &str) -> String {
    name.to_owned()
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![add, fail, wait, about, file])
}

#[test]
fn c1_c2_options_are_kept_and_have_defaults() {
    let bare: MiniMcp = MiniMcp::new("bare");
    assert_eq!((bare.name(), bare.version(), bare.instructions()), ("bare", None, None));
    assert_eq!((bare.tools().list().len(), bare.prompts().list().len()), (0, 0));
    assert_eq!((bare.resources().list().len(), bare.resources().list_templates().len()), (0, 0));
    let full = bare.with_version("1.2").with_instructions("Ask.");
    assert_eq!(
        (full.name(), full.version(), full.instructions()),
        ("bare", Some("1.2"), Some("Ask."))
    );
}

#[tokio::test]
async fn c3_changes_are_announced_to_those_who_can_hear_of_them() {
    let server = math::server();
    let expected = |changes: bool| {
        let capabilities = json!({
            "tools": { "listChanged": changes },
            "prompts": { "listChanged": changes },
            "resources": { "subscribe": changes, "listChanged": changes },
        });
        json!({ "result": { "capabilities": capabilities } })
    };
    check(&server, LEGACY, "initialize", json!({}), expected(false)).await;
    check(&server, MODERN, "server/discover", json!({}), expected(true)).await;
    // What is not there is not announced.
    let none = json!({ "result": { "capabilities": { "tools": null, "prompts": null, "resources": null } } });
    check(&MiniMcp::new("bare"), LEGACY, "initialize", json!({}), none).await;
}

#[tokio::test]
async fn c5_c7_c8_a_request_is_answered_under_its_id_and_a_notification_is_not() {
    let server = server();
    check_raw(
        &server,
        r#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#,
        json!({ "id": "x", "result": {} }),
    )
    .await;
    check_raw(&server, r#"{"jsonrpc":"2.0","method":"ping"}"#, Value::Null).await;
    check_raw(&server, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, Value::Null)
        .await;
}

#[tokio::test]
async fn c6_c14_what_is_no_message_is_answered_with_the_reason() {
    for (message, code) in [
        ("nonsense", -32700),
        ("", -32700),
        (r#"{"jsonrpc":"2.0","id":1"#, -32700),
        (r#"{"id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        ("[]", -32600),
        ("7", -32600),
    ] {
        check_raw(&server(), message, json!({ "result": null, "error": { "code": code } })).await;
        let reply = server().handle(message, Outbox::none(), ()).await;
        assert_eq!(reply.error_code(), Some(code), "{message}");
    }
}

#[tokio::test]
async fn c9_an_answer_of_the_client_is_not_answered() {
    for answer in [
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"x"}}"#,
    ] {
        check_raw(&server(), answer, Value::Null).await;
    }
}

#[tokio::test]
async fn c10_a_method_that_is_not_served_is_not_found() {
    for method in [
        "resources/subscribe",
        "resources/unsubscribe",
        "logging/setLevel",
        "completion/complete",
        "tasks/list",
    ] {
        check(&server(), ALL, method, json!({}), error(-32601, method)).await;
    }
}

#[tokio::test]
async fn c11_notifications_are_never_answered() {
    for (method, params) in [
        ("notifications/initialized", json!({})),
        ("notifications/cancelled", json!({ "requestId": 99 })),
        ("notifications/cancelled", json!({})),
        ("notifications/cancelled", json!([1])),
        ("notifications/roots/list_changed", Value::Null),
        ("notifications/nonsense", json!("text")),
        ("tools/call", json!({ "name": "fail" })),
    ] {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        check_raw(&server(), message.to_string(), Value::Null).await;
        for revision in ALL {
            let client = Client::new(&server(), (), *revision).await;
            assert_eq!(client.send(&message.to_string()).await, (Value::Null, vec![]));
        }
    }
}

#[tokio::test]
async fn c12_initialize_echoes_a_served_revision_and_offers_the_newest_otherwise() {
    let server = server().with_version("1.2").with_instructions("Ask.");
    let served: Vec<(&str, &str)> = LEGACY.iter().map(|v| (v.as_str(), v.as_str())).collect();
    let others = ["2026-07-28", "2099-01-01", "DRAFT-2026-v1", ""].map(|v| (v, "2025-11-25"));
    for (asked, answered) in served.into_iter().chain(others) {
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
        let result = json!({
            "protocolVersion": answered, "instructions": "Ask.",
            "serverInfo": { "name": "test", "version": "1.2" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        check_raw(&server, message.to_string(), json!({ "id": 1, "result": result })).await;
    }
}

#[tokio::test]
async fn c13_c22_a_message_is_answered_with_and_without_scope_and_listener() {
    /// Say who is there
    #[tool]
    async fn whoami(who: Scope<String>) -> String {
        who.0
    }
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami"}}"#;
    let scoped = MiniMcp::<String>::new("scoped").handlers(handlers![whoami]);
    let (listened, _inbox) = Outbox::channel(1);
    for outbox in [Outbox::none(), listened] {
        let reply = scoped.handle(message, outbox, "Ada".to_owned()).await;
        judge::sent(None, message, reply.as_str().unwrap());
        assert_matches(&read(reply.as_str().unwrap()), &text("Ada"), "with a scope");
    }
    check_call(&server(), ALL, "add", json!({ "a": 1, "b": 2 }), text("3.0")).await;
}

#[tokio::test]
async fn c15_an_unknown_method_is_not_found() {
    for method in ["nonsense", "tools/callx", "", "initialized"] {
        check(&server(), ALL, method, json!({}), error(-32601, method)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn c16_timeouts_and_internal_errors_are_internal_errors() {
    check_call(&server(), ALL, "wait", json!({}), error(-32603, "30000 ms")).await;
    check_call(&server(), ALL, "fail", json!({ "kind": "-" }), error(-32603, "internal error"))
        .await;
}

#[tokio::test]
async fn c17_dropping_a_call_drops_its_handler() {
    struct Guard(Arc<AtomicBool>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&dropped);
    let held = move |_: Value, _: Call| {
        let guard = Guard(Arc::clone(&flag));
        async move {
            std::future::pending::<()>().await;
            drop(guard);
            Ok::<_, String>(())
        }
    };
    let server = server();
    server.tools().add(minimcp::Tool::from_fn("hold", held)).unwrap();
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hold"}}"#;
    {
        let mut call = pin!(server.handle(message, Outbox::none(), ()));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(!dropped.load(Ordering::Acquire));
    }
    assert!(dropped.load(Ordering::Acquire));
}

#[tokio::test(start_paused = true)]
async fn c18_a_handler_knows_its_call_and_holds_a_place_under_the_limit() {
    for revision in ALL {
        let expected = json!(["7", "tools/call", "about", revision.as_str()]);
        let text = text(&expected.to_string());
        check_call(&server(), &[*revision], "about", json!({}), text).await;
    }
    let server = server().concurrency(1).queue(0);
    let client = Client::new(&server, (), V::LATEST).await;
    let held = client.ask(json!(1), "tools/call", json!({ "name": "wait" }));
    let refused = async {
        let call = client.ask(json!(2), "tools/call", json!({ "name": "about" }));
        assert_matches(&call.await.0, &error(-32603, "busy"), "while the place is taken");
        // Lists are answered at any time.
        let list = client.ask(json!(3), "tools/list", json!({}));
        assert_matches(&list.await.0, &json!({ "error": null }), "a list");
    };
    let ((stopped, _), ()) = tokio::join!(held, refused);
    assert_matches(&stopped, &error(-32603, "stopped"), "the call that held the place");
    check_call(&server, MODERN, "add", json!({ "a": 1, "b": 2 }), text("3.0")).await;
}

#[tokio::test]
async fn c20_answers_of_many_messages_do_not_mix() {
    let client = Arc::new(Client::new(&server(), (), V::LATEST).await);
    let mut calls = JoinSet::new();
    for n in 0..20 {
        let (name, arguments, expected) = match n % 3 {
            0 => ("add", json!({ "a": n, "b": 1 }), text(&format!("{}.0", n + 1))),
            1 => ("fail", json!({ "kind": "text" }), told("a text")),
            _ => ("nonsense", json!({}), error(-32602, "nonsense")),
        };
        let client = Arc::clone(&client);
        calls.spawn(async move {
            let params = json!({ "name": name, "arguments": arguments });
            (client.ask(json!(n), "tools/call", params).await.0, expected)
        });
    }
    for (answer, expected) in calls.join_all().await {
        assert_matches(&answer, &expected, "one of many");
    }
}

#[tokio::test]
async fn c21_what_is_registered_is_listed() {
    let names = ["add", "fail", "wait", "about"].map(|name| json!({ "name": name }));
    check(&server(), ALL, "tools/list", json!({}), json!({ "result": { "tools": names } })).await;
}

#[tokio::test]
async fn c23_a_bad_message_does_not_harm_the_next() {
    for revision in ALL {
        let client = Client::new(&server(), (), *revision).await;
        let (answer, _) = client.send("nonsense").await;
        assert_matches(&answer, &json!({ "error": { "code": -32700 } }), "nonsense");
        let params = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
        let (answer, _) = client.ask(json!(1), "tools/call", params).await;
        assert_matches(&answer, &text("3.0"), "the next");
    }
}

#[tokio::test]
async fn c24_j3_the_cause_of_an_internal_error_is_shown_only_where_that_is_asked_for() {
    let arguments = json!({ "kind": "internal" });
    let quiet = json!({ "error": { "message": "internal error", "data": null } });
    let loud =
        json!({ "error": { "message": "internal error", "data": { "detail": "password=x" } } });
    check_call(&server(), ALL, "fail", arguments.clone(), quiet.clone()).await;
    check_call(&server().debug_errors(false), ALL, "fail", arguments.clone(), quiet).await;
    check_call(&server().debug_errors(true), ALL, "fail", arguments, loud).await;
}

#[tokio::test]
async fn c25_errors_carry_no_names_of_types_and_no_times() {
    let bare = json!({ "error": { "code": -32602, "data": null } });
    check(&server(), ALL, "tools/call", json!({ "name": "nonsense" }), bare).await;
}

#[tokio::test]
async fn c26_j2_the_errors_own_data_reaches_the_client() {
    let uri = json!({ "uri": "nowhere://x" });
    let expected = json!({ "error": { "data": uri } });
    check(&server(), ALL, "resources/read", uri.clone(), expected).await;
    let expected = json!({ "error": { "code": 7, "message": "seven", "data": { "n": 7 } } });
    check_call(&server(), ALL, "fail", json!({ "kind": "application" }), expected).await;
}

#[tokio::test]
async fn c27_every_error_of_the_crate_is_a_valid_answer() {
    for (kind, revisions, expected) in [
        ("text", ALL, told("a text")),
        ("not found", ALL, told("no such thing")),
        ("forbidden", ALL, told("not for you")),
        ("invalid", TOLD, told("they make no sense")),
        ("invalid", NOT_TOLD, error(-32602, "they make no sense")),
        ("application", ALL, error(7, "seven")),
        ("internal", ALL, error(-32603, "internal error")),
    ] {
        check_call(&server(), revisions, "fail", json!({ "kind": kind }), expected).await;
    }
}

#[tokio::test]
async fn c28_calls_that_fail_give_their_places_back() {
    let server = server().concurrency(2).queue(0);
    for kind in ["text", "internal", "forbidden", "application", "invalid"] {
        let params = json!({ "name": "fail", "arguments": { "kind": kind } });
        let (first, second) = tokio::join!(
            ask(&server, (), V::LATEST, "tools/call", params.clone()),
            ask(&server, (), V::LATEST, "tools/call", params),
        );
        for (answer, _) in [first, second] {
            assert!(!answer.to_string().contains("busy"), "{answer}");
        }
    }
    check_call(&server, ALL, "add", json!({ "a": 1, "b": 2 }), text("3.0")).await;
}

#[tokio::test]
async fn c29_an_unknown_resource_has_the_code_of_its_revision() {
    let params = json!({ "uri": "nowhere://x" });
    check(&server(), LEGACY, "resources/read", params.clone(), error(-32002, "not found")).await;
    check(&server(), MODERN, "resources/read", params, error(-32602, "not found")).await;
}

/// What is logged, by level: the server's own failures aloud, mistakes of clients quietly.
#[tokio::test(start_paused = true)]
async fn c19_j4_failures_are_logged_by_whose_fault_they_are() {
    let log = Log::default();
    // While there is one subscriber alone, a place that first logs on another thread is switched off for all threads.
    let _second = tracing::Dispatch::new(log.clone());
    let _guard = tracing::subscriber::set_default(log.clone());
    for (name, arguments, expected) in [
        ("fail", json!({ "kind": "internal" }), "ERROR password=x"),
        ("wait", json!({}), "WARN the call was stopped"),
        ("nonsense", json!({}), "DEBUG Unknown tool: nonsense"),
    ] {
        let params = json!({ "name": name, "arguments": arguments });
        ask(&server(), (), V::LATEST, "tools/call", params).await;
        let line = log.lines.lock().unwrap().pop().unwrap();
        assert!(line.starts_with(expected), "{line}");
    }
}

#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("minimcp")
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Cause(String);
        impl tracing::field::Visit for Cause {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "error" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut cause = Cause(String::new());
        event.record(&mut cause);
        self.lines.lock().unwrap().push(format!("{} {}", event.metadata().level(), cause.0));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// A call that never waits is answered at its first poll: the core needs no runtime for it.
#[test]
fn c18_a_call_that_waits_for_nothing_needs_no_runtime() {
    let server = server().idle_timeout(Duration::from_secs(1));
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about"}}"#;
    let mut call = pin!(server.handle(message, Outbox::none(), ()));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
}
