//! What is seen from outside of a call: a message goes in, and a span and numbers come out.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::io;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use observed::{Bell, app, recorder, server, write_spans};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Where the log goes.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Sends messages one after another, and gives the log and the metrics.
async fn watch(json: bool, messages: &[Value]) -> (String, String) {
    let paper = Paper::default();
    let writer = paper.clone();
    let subscriber = write_spans(json, move || writer.clone());
    let _written = tracing::subscriber::set_default(subscriber);
    let recorder = recorder().unwrap().build_recorder();
    let numbers = recorder.handle();
    let _counted = metrics::set_default_local_recorder(&recorder);
    minimcp::describe_metrics();
    let app = app(&server(), &Bell::default(), numbers);
    for message in messages {
        let request = Request::post("/mcp")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .body(Body::from(message.to_string()));
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();
        response.into_body().collect().await.unwrap();
    }
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let metrics = response.into_body().collect().await.unwrap().to_bytes();
    (paper.text(), String::from_utf8(metrics.to_vec()).unwrap())
}

fn call(name: &str, arguments: &Value) -> Value {
    let meta = json!({ "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
    let params = json!({ "name": name, "arguments": arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

/// Sends a message, and compares the span of its call, and the levels of what was logged before its end.
async fn check(message: Value, expected: Value, levels: &[&str]) {
    let (log, _) = watch(true, std::slice::from_ref(&message)).await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut others: Vec<_> =
        lines.iter().filter(|line| line["fields"]["message"] != "close").collect();
    others.retain(|line| line["target"] != "observed::tools");
    let logged: Vec<_> = others.iter().map(|line| line["level"].as_str().unwrap()).collect();
    assert_eq!(logged, levels, "{log}");
    // Whatever is logged meanwhile belongs to the span.
    assert!(others.iter().all(|line| line["span"]["name"] == "call"), "{log}");
    let mut spans = lines.iter().filter(|line| line["fields"]["message"] == "close");
    let mut span = spans.next().unwrap()["span"].clone();
    assert!(spans.next().is_none(), "{log}");
    let members = span.as_object_mut().unwrap();
    assert!(members.remove("duration_ms").unwrap().is_f64());
    assert_eq!(span, expected, "{log}");
}

#[tokio::test]
async fn each_call_has_a_span() {
    let span = |handler: &str, outcome: &str| {
        json!({
            "name": "call", "method": "tools/call", "handler": handler, "revision": "2025-11-25",
            "outcome": outcome, "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "parent_span_id": "b7ad6b7169203331",
        })
    };
    let ok = call("divide", &json!({ "a": 1, "b": 2 }));
    check(ok, span("divide", "ok"), &[]).await;
    let failed = call("divide", &json!({ "a": 1, "b": 0 }));
    check(failed, span("divide", "failed"), &["WARN"]).await;
    check(call("read", &json!({})), span("read", "internal"), &["ERROR"]).await;
    // Mistakes of clients are not worth a line here.
    check(call("nothing", &json!({})), span("nothing", "unknown"), &[]).await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let expected =
        json!({ "name": "call", "method": "ping", "revision": "2025-11-25", "outcome": "ok" });
    check(ping, expected, &[]).await;
}

#[tokio::test]
async fn what_clients_send_cannot_forge_a_line() {
    let forged = "x\u{1b}[2J\r\n2026-01-01T00:00:00Z ERROR minimcp: forged";
    let by_method = json!({ "jsonrpc": "2.0", "id": 1, "method": forged });
    let long = "x".repeat(100_000);
    for message in [call(forged, &json!({})), by_method, call(&long, &json!({}))] {
        let (log, _) = watch(false, &[message]).await;
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(!log.contains('\u{1b}') && log.len() < 1000, "{log}");
    }
}

#[tokio::test]
async fn each_call_is_counted_and_what_clients_make_up_is_no_label() {
    let mut messages = vec![
        call("divide", &json!({ "a": 1, "b": 2 })),
        call("divide", &json!({ "a": 1, "b": 2 })),
        call("divide", &json!({ "a": 1, "b": 0 })),
        call("divide", &json!({})),
        call("read", &json!({})),
        call("bake", &json!({ "milliseconds": 0 })),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
        json!({ "jsonrpc": "2.0", "id": "1" }),
    ];
    messages.extend((0..20).map(|number| call(&format!("made_up_{number}"), &json!({}))));
    messages.extend(
        (0..20).map(
            |number| json!({ "jsonrpc": "2.0", "id": 1, "method": format!("made/up/{number}") }),
        ),
    );
    let (_, metrics) = watch(true, &messages).await;
    for line in [
        r#"minimcp_calls_total{method="tools/call",name="divide",outcome="ok"} 2"#,
        r#"minimcp_calls_total{method="tools/call",name="divide",outcome="failed"} 2"#,
        r#"minimcp_calls_total{method="tools/call",name="read",outcome="internal"} 1"#,
        r#"minimcp_calls_total{method="tools/call",name="bake",outcome="ok"} 1"#,
        r#"minimcp_calls_total{method="tools/call",name="",outcome="unknown"} 20"#,
        r#"minimcp_calls_total{method="tools/list",name="",outcome="ok"} 1"#,
        r#"minimcp_calls_total{method="other",name="",outcome="unknown"} 20"#,
        r#"minimcp_call_duration_seconds_count{method="tools/call",name="divide"} 4"#,
        r#"minimcp_call_duration_seconds_bucket{method="tools/call",name="divide",le="+Inf"} 4"#,
        r#"minimcp_refused_total{reason="message"} 1"#,
        "minimcp_calls_running 0",
        "# TYPE minimcp_call_duration_seconds histogram",
        "# HELP minimcp_calls_running Calls whose handlers run.",
    ] {
        assert!(metrics.lines().any(|other| other == line), "{line}\n\nis not in\n\n{metrics}");
    }
    assert!(!metrics.contains("made"), "{metrics}");
}
