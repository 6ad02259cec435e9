//! What a client keeps of a call: it is of that call alone, and of nobody else.

use std::time::Duration;

use minimcp::{MiniMcp, Outbox, SealKey};

use crate::handlers::World;
use crate::wire::Over;
use crate::{ALL, check, check_rounds, server};

const ASKED: &str = r#"
    ann→ 1 tools/call {"name":"ask","arguments":{"what":"Who?","more":[1,{"a":1,"b":2}]}}
    ← 1 asks it=Who?
    "#;
const REFUSED: &str = "error -32602 `params.requestState` is not of this call";

/// Asks, then sends a request, `$` being the state, and compares the answer.
async fn check_state(servers: &[MiniMcp<World>], request: &str, reply: &str) {
    check(servers, Over::Handle, "2026-07-28", ALL, &format!("{ASKED}\n{request}\n← 2 {reply}"))
        .await;
}

#[tokio::test]
async fn a_state_is_of_one_call() {
    let key = || SealKey::from_bytes([1; 32]);
    let servers = [
        server().seal_keys([key()]),
        server().seal_keys([key()]),
        server().seal_keys([SealKey::generate(), key()]),
        server().seal_keys([SealKey::generate()]),
        MiniMcp::new("other")
            .handlers(minimcp::handlers![crate::handlers::book])
            .seal_keys([key()]),
    ];
    let answer = r#""inputResponses":{"it":{"action":"accept","content":{"answer":"Ann"}}},"requestState":"$""#;
    let arguments = r#""arguments":{"more":[1,{"b":2,"a":1}],"what":"Who?"}"#;
    for (request, reply) in [
        (format!(r#"ann→ 2 tools/call {{"name":"ask",{arguments},{answer}}}"#), "says Ann"),
        // A second time: nothing was kept that would tell.
        (format!(r#"ann→ 2 tools/call {{"name":"ask",{arguments},{answer},"x":1}}"#), "says Ann"),
        // Another process with the same keys, and one that has a new one already.
        (format!(r#"ann@1→ 2 tools/call {{"name":"ask",{arguments},{answer}}}"#), "says Ann"),
        (format!(r#"ann@2→ 2 tools/call {{"name":"ask",{arguments},{answer}}}"#), "says Ann"),
        (format!(r#"ann@3→ 2 tools/call {{"name":"ask",{arguments},{answer}}}"#), REFUSED),
        (format!(r#"eve→ 2 tools/call {{"name":"ask",{arguments},{answer}}}"#), REFUSED),
        (format!(r#"ann→ 2 tools/call {{"name":"ask_too",{arguments},{answer}}}"#), REFUSED),
        (
            format!(
                r#"ann→ 2 tools/call {{"name":"ask","arguments":{{"what":"Whom?"}},{answer}}}"#
            ),
            REFUSED,
        ),
        (format!(r#"ann@4→ 2 tools/call {{"name":"book",{answer}}}"#), REFUSED),
        (format!(r#"ann→ 2 prompts/get {{"name":"greet",{answer}}}"#), REFUSED),
        (format!(r#"ann→ 2 resources/read {{"uri":"book://emma",{answer}}}"#), REFUSED),
    ] {
        check_state(&servers, &request, reply).await;
    }
    for state in ["5", "{}", "\"\"", "\"x\"", "\"$x\"", "\"\\u0000\""] {
        let request = format!(r#"ann→ 2 tools/call {{"name":"book","requestState":{state}}}"#);
        check(
            &servers,
            Over::Handle,
            "2026-07-28",
            ALL,
            &format!("{request}\n← 2 {REFUSED}").replace("$x", "x$"),
        )
        .await;
    }
    let request = r#"ann→ 2 tools/call {"name":"book","requestState":null}"#;
    check_state(&servers, request, "asks elicitation-1=Who?").await;
}

/// What serde_json cannot hold, in a member that the handler does not read, makes no two calls one.
#[tokio::test]
async fn a_state_is_of_arguments_that_are_no_values_too() {
    let server = server();
    for odd in ["1e999", r#""\ud800""#] {
        let call = |what: &str, more: &str| {
            let message = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"ask","arguments":{{"what":"{what}","x":{odd}}},{more}"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{ALL}}}}}}}"#
            );
            let reply = server.handle(message, Outbox::none(), World::of("ann"));
            async { reply.await.as_str().unwrap().to_owned() }
        };
        let asked = call("Who?", "").await;
        let state = asked.split(r#""requestState":""#).nth(1).unwrap().split('"').next().unwrap();
        let answer = format!(
            r#""inputResponses":{{"it":{{"action":"accept","content":{{"answer":"Ann"}}}}}},"requestState":"{state}","#
        );
        for (what, expected) in [("Who?", "Ann"), ("Whom?", "is not of this call")] {
            let answered = call(what, &answer).await;
            assert!(answered.contains(expected), "{what} {odd}: {answered}");
        }
    }
}

#[tokio::test]
async fn another_server_of_the_same_keys_opens_nothing() {
    let key = || SealKey::from_bytes([1; 32]);
    let named = |name: &str| {
        MiniMcp::new(name).handlers(minimcp::handlers![crate::handlers::book]).seal_keys([key()])
    };
    for (second, reply) in [("one", "asks elicitation-2=Row?"), ("two", REFUSED)] {
        let lines = format!(
            r#"
            → 1 tools/call {{"name":"book"}}
            ← 1 asks elicitation-1=Who?
            @1→ 2 again {{"elicitation-1":"Ann"}}
            ← 2 {reply}
            "#
        );
        check(&[named("one"), named(second)], Over::Connection, "2026-07-28", ALL, &lines).await;
    }
}

#[tokio::test]
async fn replicas_take_turns() {
    let key = || SealKey::from_bytes([1; 32]);
    let (new, old) = (SealKey::generate, key);
    let servers = [
        server().seal_keys([old()]),
        server().seal_keys([new(), old()]),
        server().seal_keys([old()]),
    ];
    // The one with the new key opens what the others seal; they do not know its own, and are not asked for it here.
    check(
        &servers,
        Over::Stdio,
        "2026-07-28",
        ALL,
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 asks elicitation-1=Who?
        @2→ 2 again {"elicitation-1":"Ann"}
        ← 2 asks elicitation-2=Row?
        @1→ 3 again {"elicitation-2":7}
        ← 3 says Ann in row 7
        "#,
    )
    .await;
}

#[tokio::test]
async fn every_change_to_a_state_is_found() {
    let server = server();
    let client = minimcp::testing::Client::new(&server, World::of(""))
        .capabilities(serde_json::json!({ "elicitation": {} }));
    let asked = client.request("tools/call", serde_json::json!({ "name": "book" })).await.unwrap();
    let state = asked["requestState"].as_str().unwrap();
    let flipped = |at: usize| {
        let mut bytes = state.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let mut changed: Vec<_> = (0..state.len()).map(flipped).collect();
    changed.extend((0..state.len()).map(|length| state[..length].to_owned()));
    changed.extend([format!("{state}A"), format!(" {state}"), state.repeat(2)]);
    for changed in changed {
        let params = serde_json::json!({ "name": "book", "requestState": changed });
        let error = client.request("tools/call", params).await.unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (-32602, "`params.requestState` is not of this call"),
            "{changed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_expires_and_has_a_size() {
    let refused = format!(
        r#"
        → 1 tools/call {{"name":"book"}}
        ← 1 asks elicitation-1=Who?
        → 2 again {{"elicitation-1":"Ann"}}
        ← 2 {REFUSED}
        "#
    );
    check_rounds(&server().answer_timeout(Duration::ZERO), &refused).await;
    let long = "x".repeat(1000);
    let lines = format!(
        r#"
        → 1 tools/call {{"name":"book"}}
        ← 1 asks elicitation-1=Who?
        → 2 again {{"elicitation-1":"{long}"}}
        ← 2 error -32603 internal error
        → 3 again {{"elicitation-1":"short"}}
        ← 3 asks elicitation-2=Row?
        "#
    );
    check_rounds(&server().request_state_limit(1000), &lines).await;
}
