//! The trace that a call is part of, as its handler sees it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;

use minimcp::{Call, MiniMcp, Outbox, Tool};
use serde_json::{Value, json};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00";

fn server() -> MiniMcp {
    let server = MiniMcp::new("trace");
    let tool = Tool::from_fn("trace", |_: BTreeMap<String, Value>, call: Call| async move {
        let trace = call.trace_context();
        let parts = [trace.traceparent(), trace.tracestate(), trace.baggage()];
        Ok::<_, String>(parts.map(|part| part.unwrap_or("-")).join(" "))
    });
    server.tools().add(tool).unwrap();
    server
}

fn message(mut meta: Value, modern: bool) -> String {
    if modern {
        let members = meta.as_object_mut().unwrap();
        members.insert("io.modelcontextprotocol/protocolVersion".into(), json!("2026-07-28"));
        members.insert("io.modelcontextprotocol/clientCapabilities".into(), json!({}));
    }
    let params = json!({ "name": "trace", "arguments": {}, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

fn text(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap();
    answer.pointer("/result/content/0/text").and_then(Value::as_str).unwrap().to_owned()
}

/// What the handler sees of a call with this `_meta`, in both eras.
async fn check(meta: Value, expected: &str) {
    for modern in [false, true] {
        let message = message(meta.clone(), modern);
        let reply = server().handle(message.clone(), Outbox::none(), ()).await;
        assert_eq!(text(reply.as_str().unwrap()), expected, "{message}");
    }
}

#[tokio::test]
async fn a_message_says_its_trace() {
    check(json!({}), "- - -").await;
    check(json!({ "traceparent": PARENT }), &format!("{PARENT} - -")).await;
    let all = json!({ "traceparent": PARENT, "tracestate": "a=1,b=2", "baggage": "user=ada" });
    check(all, &format!("{PARENT} a=1,b=2 user=ada")).await;
}

#[tokio::test]
async fn what_is_malformed_is_ignored() {
    check(json!({ "traceparent": 5, "tracestate": [], "baggage": {} }), "- - -").await;
    check(json!({ "traceparent": PARENT.to_uppercase(), "tracestate": "a=1" }), "- - -").await;
    let bad = json!({ "traceparent": PARENT, "tracestate": "A=1", "baggage": "a b" });
    check(bad, &format!("{PARENT} - -")).await;
}

#[cfg(feature = "http")]
mod http {
    use super::*;
    use ::http::Request;
    use http_body_util::{BodyExt, Full};
    use minimcp::http::Endpoint;

    /// What the handler sees of a request with these headers and this `_meta`.
    async fn check(headers: &[(&str, &str)], meta: Value, expected: &str) {
        for modern in [false, true] {
            let mut request = Request::post("/").header("content-type", "application/json");
            if modern {
                request = request
                    .header("mcp-protocol-version", "2026-07-28")
                    .header("mcp-method", "tools/call")
                    .header("mcp-name", "trace");
            }
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let body: Full<bytes::Bytes> = Full::from(message(meta.clone(), modern));
            let endpoint: Endpoint<()> = Endpoint::json(server());
            let response = endpoint.respond(request.body(body).unwrap(), ()).await;
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(text(std::str::from_utf8(&body).unwrap()), expected, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn headers_say_the_trace_of_a_message_that_does_not() {
        let headers = [
            ("traceparent", PARENT),
            ("tracestate", "a=1"),
            ("tracestate", "b=2"),
            ("baggage", "user=ada"),
        ];
        check(&headers, json!({}), &format!("{PARENT} a=1,b=2 user=ada")).await;
        let other = json!({ "traceparent": OTHER });
        check(&headers, other, &format!("{OTHER} - user=ada")).await;
        check(&headers, json!({ "traceparent": "x" }), &format!("{PARENT} a=1,b=2 user=ada")).await;
        check(&[("traceparent", PARENT), ("traceparent", OTHER)], json!({}), "- - -").await;
        check(&[("traceparent", "x"), ("baggage", "ü")], json!({}), "- - -").await;
    }
}
