//! JSON inside of JSON: as deep as anybody writes it, and no deeper.
#![cfg(feature = "macros")]
#![allow(missing_docs, clippy::unwrap_used)]

use minimcp::{MiniMcp, Outbox, handlers, tool};
use serde_json::Value;

/// Say how deep a value is
#[tool]
async fn depth(value: Value) -> usize {
    let mut depth = 0;
    let mut value = &value;
    while let Some(inner) = value.get(0) {
        (value, depth) = (inner, depth + 1);
    }
    depth
}

/// Calls the tool with so many arrays in each other, and compares a part of the answer.
async fn check(levels: usize, expected: &str) {
    let server: MiniMcp = MiniMcp::new("deep").handlers(handlers![depth]);
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    for place in ["\"arguments\":{\"value\":V}", "\"arguments\":{\"value\":[]},\"_meta\":{\"x\":V}"]
    {
        let params = place.replace('V', &format!("{open}1{close}"));
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"depth",{params}}}}}"#
        );
        let reply = server.handle(message, Outbox::none(), ()).await;
        let answer = reply.as_str().unwrap();
        // What nobody reads may be as deep as it likes.
        let expected = if place.contains("_meta") { r#""text":"0""# } else { expected };
        assert!(answer.contains(expected), "{levels}: {answer}");
    }
}

#[tokio::test]
async fn what_is_too_deep_does_not_fit() {
    check(1, r#""text":"1""#).await;
    check(100, r#""text":"100""#).await;
    check(200, "recursion limit exceeded").await;
    check(100_000, "recursion limit exceeded").await;
}
