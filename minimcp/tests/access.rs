//! Who may use what: a caller and a request go in, the answer comes out.
#![cfg(all(feature = "auth", feature = "macros"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use minimcp::auth::{Access, Kind, Listed, Principal};
use minimcp::testing::{Client, RpcError};
use minimcp::{
    CacheScope, Error, MiniMcp, Outbox, ProtocolVersion, Scope, Tool, handlers, prompt, resource,
    tool,
};
use serde_json::{Value, json};

/// Say who is calling
#[tool]
async fn whoami(caller: Principal, scope: Scope<Principal>) -> String {
    assert_eq!(caller.id(), scope.id());
    caller.subject().to_owned()
}

/// Write an issue
#[tool(scopes("issues:read", "issues:write"))]
async fn write() -> &'static str {
    "written"
}

/// Delete everything
#[tool(meta("com.example/staff" = true))]
async fn wipe() -> &'static str {
    "wiped"
}

/// Look, and not touch
#[tool]
async fn glass() -> &'static str {
    "broken"
}

/// Read what is asked for, if it is allowed
#[tool]
async fn peek(name: String, caller: Principal) -> Result<String, Error> {
    match caller.has_scope("secrets") || name != "secret" {
        true => Ok(name),
        false => Err(Error::insufficient_scope(["secrets"])),
    }
}

/// Plan
#[prompt(scopes("issues:read"))]
async fn plan(#[arg(complete = ["today", "tomorrow"])] day: &str) -> String {
    day.to_owned()
}

/// Plan in secret
#[prompt(meta("com.example/staff" = true))]
async fn plot(#[arg(complete = ["now"])] day: &str) -> String {
    day.to_owned()
}

/// The salaries
#[resource("staff://salaries", meta("com.example/staff" = true), public, ttl = "60s")]
async fn salaries() -> &'static str {
    "much"
}

/// What is not there for the staff alone
#[resource("staff://{name}")]
async fn page(#[arg(complete = ["ada", "eve"])] name: &str) -> String {
    format!("page of {name}")
}

/// The issues
#[resource("issues://all", scopes("issues:read"), public, ttl = "60s")]
async fn issues() -> &'static str {
    "none"
}

fn open() -> MiniMcp<Principal> {
    MiniMcp::new("issues")
        .handlers(handlers![whoami, write, wipe, glass, peek, plan, plot, salaries, page, issues])
        .list_ttl(Duration::from_secs(60))
        .cache_scope(CacheScope::Public)
}

fn guarded() -> MiniMcp<Principal> {
    open().access(|caller: &Principal, handler: Listed<'_>| {
        match (handler.kind(), handler.name()) {
            (Kind::Tool, "glass") => Access::Refused("do not touch".into()),
            _ if handler.meta("com.example/staff").is_some() => (caller.subject() == "boss").into(),
            _ => Access::Allowed,
        }
    })
}

fn caller(subject: &str, scopes: &[&str]) -> Principal {
    Principal::new(subject).with_scopes(scopes.iter().copied())
}

/// Sends a request in both eras; the answer has to have this in it.
async fn check(
    server: &MiniMcp<Principal>,
    caller: Principal,
    (method, params): (&str, Value),
    expected: &str,
) {
    for revision in [ProtocolVersion::LATEST, ProtocolVersion::LATEST_LEGACY] {
        let client = Client::new(server, caller.clone()).revision(revision);
        let answer = match client.request(method, params.clone()).await {
            Ok(result) => result.to_string(),
            Err(RpcError { code, message, data, .. }) => {
                format!("{code} {message} {data}")
            }
        };
        assert!(answer.contains(expected), "{revision}: {method} {params} of {caller:?}: {answer}");
    }
}

fn tool_call(name: &str) -> (&'static str, Value) {
    ("tools/call", json!({ "name": name, "arguments": {} }))
}

#[tokio::test]
async fn a_handler_knows_who_calls() {
    check(&open(), caller("ada", &[]), tool_call("whoami"), "ada").await;
}

#[tokio::test]
async fn what_lacks_a_scope_is_refused_with_all_that_are_needed() {
    let server = open();
    let needs = r#"-32602 this needs the scopes: issues:read issues:write {"requiredScopes":["issues:read","issues:write"]}"#;
    for scopes in [&[][..], &["issues:read"], &["issues:writ", "issues:write"]] {
        check(&server, caller("ada", scopes), tool_call("write"), needs).await;
    }
    let all = ["issues:write", "issues:read", "more"];
    check(&server, caller("ada", &all), tool_call("write"), "written").await;
    check(&server, Principal::trusted("local"), tool_call("write"), "written").await;

    let get = ("prompts/get", json!({ "name": "plan", "arguments": { "day": "x" } }));
    check(&server, caller("ada", &[]), get.clone(), "-32602 this needs the scopes: issues:read")
        .await;
    check(&server, caller("ada", &["issues:read"]), get, "messages").await;
    let read = ("resources/read", json!({ "uri": "issues://all" }));
    check(&server, caller("ada", &[]), read.clone(), "-32602 this needs the scopes: issues:read")
        .await;
    check(&server, caller("ada", &["issues:read"]), read, "none").await;
    let complete = |name: &str| {
        let reference = json!({ "type": "ref/prompt", "name": name });
        (
            "completion/complete",
            json!({ "ref": reference, "argument": { "name": "day", "value": "t" } }),
        )
    };
    check(&server, caller("ada", &[]), complete("plan"), "-32602 this needs the scopes").await;
    check(&server, caller("ada", &["issues:read"]), complete("plan"), "tomorrow").await;
}

#[tokio::test]
async fn what_lacks_a_scope_is_still_listed() {
    check(&open(), caller("ada", &[]), ("tools/list", json!({})), r#""name":"write""#).await;
}

#[tokio::test]
async fn a_handler_may_need_more_for_some_arguments() {
    let peek =
        |name: &str| ("tools/call", json!({ "name": "peek", "arguments": { "name": name } }));
    check(&open(), caller("ada", &[]), peek("x"), r#""text":"x""#).await;
    check(&open(), caller("ada", &[]), peek("secret"), "-32602 this needs the scopes: secrets")
        .await;
    check(&open(), caller("ada", &["secrets"]), peek("secret"), r#""text":"secret""#).await;
}

#[tokio::test]
async fn what_is_hidden_is_not_there() {
    let server = guarded();
    let (ada, boss) = (caller("ada", &[]), caller("boss", &[]));
    check(&server, boss.clone(), tool_call("wipe"), "wiped").await;
    // In the same words as what was never there.
    for name in ["wipe", "gone"] {
        let unknown = format!("-32602 Unknown tool: {name}");
        check(&server, ada.clone(), tool_call(name), &unknown).await;
    }
    let get = |name: &str| ("prompts/get", json!({ "name": name, "arguments": { "day": "x" } }));
    check(&server, boss.clone(), get("plot"), "messages").await;
    check(&server, ada.clone(), get("plot"), "-32602 Unknown prompt: plot").await;
    // A template that fits as well is not hidden.
    let read = ("resources/read", json!({ "uri": "staff://salaries" }));
    check(&server, boss.clone(), read.clone(), "much").await;
    check(&server, ada.clone(), read, "page of salaries").await;
    let complete = |kind: &str, of: &str, named: &str| {
        let reference = json!({ "type": kind, of: named });
        let argument = json!({ "name": "day", "value": "" });
        ("completion/complete", json!({ "ref": reference, "argument": argument }))
    };
    check(&server, boss, complete("ref/prompt", "name", "plot"), "now").await;
    for name in ["plot", "gone"] {
        let unknown = format!("Unknown prompt: {name}. There is: plan.");
        check(&server, ada.clone(), complete("ref/prompt", "name", name), &unknown).await;
    }
}

#[tokio::test]
async fn what_is_refused_is_listed_and_says_why() {
    let refused = r#""isError":true"#;
    check(&guarded(), caller("ada", &[]), tool_call("glass"), refused).await;
    check(&guarded(), caller("ada", &[]), tool_call("glass"), "do not touch").await;
    check(&guarded(), caller("ada", &[]), ("tools/list", json!({})), r#""name":"glass""#).await;
}

#[tokio::test]
async fn lists_are_as_their_reader_sees_them() {
    /// The names on all pages of a list.
    async fn names(server: &MiniMcp<Principal>, subject: &str, list: &str) -> String {
        let client = Client::new(server, caller(subject, &[]));
        let mut names = Vec::new();
        let mut params = json!({});
        loop {
            let page = client.request(&format!("{list}/list"), params).await.unwrap();
            let entries = page[list].as_array().unwrap();
            names.extend(entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()));
            match page.get("nextCursor") {
                Some(cursor) => params = json!({ "cursor": cursor }),
                None => return names.join(" "),
            }
        }
    }
    for size in [None, Some(1), Some(2)] {
        let server = guarded().page_size(size);
        assert_eq!(names(&server, "boss", "tools").await, "whoami write wipe glass peek");
        assert_eq!(names(&server, "ada", "tools").await, "whoami write glass peek");
        assert_eq!(names(&server, "ada", "prompts").await, "plan");
        assert_eq!(names(&server, "boss", "resources").await, "salaries issues");
        assert_eq!(names(&server, "ada", "resources").await, "issues");
    }
    // A cursor that names what is hidden is none: it would show that there is something.
    let (hidden, gone) = ("dDp3aXBl", "dDpnb25l");
    for cursor in [hidden, gone] {
        let next = ("tools/list", json!({ "cursor": cursor }));
        check(&guarded(), caller("ada", &[]), next, "-32602 `params.cursor` is not one").await;
    }
}

#[tokio::test]
async fn what_differs_from_caller_to_caller_is_private() {
    async fn hint(server: &MiniMcp<Principal>, method: &str, params: Value) -> Value {
        let all = caller("boss", &["issues:read"]);
        Client::new(server, all).request(method, params).await.unwrap()["cacheScope"].take()
    }
    let read = |uri: &str| json!({ "uri": uri });
    assert_eq!(hint(&open(), "tools/list", json!({})).await, "public");
    assert_eq!(hint(&guarded(), "tools/list", json!({})).await, "private");
    assert_eq!(hint(&guarded(), "server/discover", json!({})).await, "private");
    assert_eq!(hint(&open(), "resources/read", read("staff://salaries")).await, "public");
    assert_eq!(hint(&guarded(), "resources/read", read("staff://salaries")).await, "private");
    assert_eq!(hint(&open(), "resources/read", read("issues://all")).await, "private");
}

#[tokio::test]
async fn nobody_hears_of_resources_that_are_not_for_them() {
    let heard = async |who: Principal| {
        let (outbox, mut inbox) = Outbox::channel(4);
        let uris = ["staff://salaries", "issues://all", "staff://ada"];
        let listen = json!({
            "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {
                "notifications": { "resourceSubscriptions": uris },
                "_meta": {
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": {},
                },
            },
        });
        // The staff's own page is behind a template, which is shown to everybody.
        let server = open().access(|caller: &Principal, handler: Listed<'_>| {
            handler.uri().is_none_or(|uri| !uri.starts_with("staff:")) || caller.subject() == "boss"
        });
        let listen = server.handle(listen.to_string(), outbox, who);
        tokio::select! {
            _ = listen => String::new(),
            message = inbox.recv() => String::from_utf8_lossy(&message.unwrap()).into_owned(),
        }
    };
    let ada = heard(caller("ada", &[])).await;
    assert!(!ada.contains("staff://") && !ada.contains("issues://"), "{ada}");
    let boss = heard(caller("boss", &["issues:read"])).await;
    assert!(boss.contains(r#"["staff://salaries","issues://all","staff://ada"]"#), "{boss}");
}

#[tokio::test]
async fn a_scope_of_ones_own_says_where_the_principal_is() {
    struct Session(Principal);
    let server: MiniMcp<Session> = MiniMcp::new("issues")
        .handlers(handlers![write])
        .authorized_by(|session: &Session| &session.0);
    for (scopes, expected) in
        [(&["issues:read", "issues:write"][..], "written"), (&[], "requiredScopes")]
    {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "write" } });
        let session = Session(caller("ada", scopes));
        let reply = server.handle(message.to_string(), Outbox::none(), session).await;
        assert!(reply.as_str().unwrap().contains(expected));
        assert_eq!(reply.needed_scopes().is_some(), scopes.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_cannot_tell_refuses() {
    let server: MiniMcp = MiniMcp::new("issues").handlers(handlers![write]);
    let message =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "write" } });
    let reply = server.handle(message.to_string(), Outbox::none(), ()).await;
    assert!(reply.needed_scopes().is_some());
}

#[test]
#[should_panic(
    expected = "`write` needs scopes, and nothing says which ones a caller has: serve a `MiniMcp<Principal>`"
)]
fn a_server_that_cannot_tell_is_not_put_to_use() {
    let server: MiniMcp = MiniMcp::new("issues").handlers(handlers![write]);
    let _ = minimcp::Connection::new(server);
}

#[test]
#[should_panic(expected = "`a b` cannot be a scope: a scope has no spaces")]
fn a_scope_is_one_word() {
    let _ = Tool::<Principal>::of::<whoami>().scopes(["a b"]);
}

#[test]
#[should_panic(expected = "`offline_access` is between client and authorization server")]
fn nothing_needs_offline_access() {
    let _ = Tool::<Principal>::of::<whoami>().scopes(["offline_access"]);
}
