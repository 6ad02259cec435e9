//! Byte streams: one message per line, in both directions.

use std::time::Duration;

use minimcp::stdio::Stdio;
use minimcp::{MiniMcp, Progress, Scope, handlers, tool};
use serde_json::{Value, json};

use crate::wire::{assert_matches, error, read, text};

/// Repeat a text
#[tool]
async fn echo(text: &str, progress: Progress) -> String {
    progress.report(1.0).message(text).await;
    text.to_owned()
}

/// Repeat a text, after some seconds
#[tool]
async fn echo_late(text: &str, seconds: u64) -> String {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    text.to_owned()
}

/// Panic
#[tool]
async fn crash() {
    panic!("on purpose")
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![echo, echo_late, crash])
}

fn call(id: u64, name: &str, arguments: Value) -> String {
    let params = json!({ "name": name, "arguments": arguments, "_meta": { "progressToken": id } });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
}

/// Sends all the input and then its end, and compares what comes out, line by line.
async fn check(input: impl AsRef<[u8]>, expected: &[Value]) {
    let mut output = Vec::new();
    Stdio::new(server(), ()).run_on(input.as_ref(), &mut output).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    let context = String::from_utf8_lossy(input.as_ref()).into_owned();
    assert!(output.is_empty() || output.ends_with('\n'), "{context}: {output}");
    judge::sent(None, &context, &output);
    let lines: Vec<Value> = output.split_terminator('\n').map(read).collect();
    assert_matches(&json!(lines), &json!(expected), &context);
}

fn progress(message: &str) -> Value {
    json!({ "method": "notifications/progress", "params": { "message": message } })
}

#[tokio::test]
async fn d1_a_message_is_one_line_whatever_is_in_it() {
    let lines = "a\nb\r\nc\rd\u{2028}e";
    check(call(1, "echo", json!({ "text": lines })), &[progress(lines), text(lines)]).await;
}

#[tokio::test]
async fn d2_d4_what_is_sent_comes_before_the_answer_and_notifications_have_none() {
    check(call(1, "echo", json!({ "text": "a" })), &[progress("a"), text("a")]).await;
    check(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn d3_d5_each_line_is_handled_and_blank_ones_are_not() {
    check("", &[]).await;
    check("\n \n\r\n\t\n", &[]).await;
    let lines =
        [1, 2, 3].map(|n| call(n, "echo_late", json!({ "text": n.to_string(), "seconds": n })));
    check(lines.join("\n\n \r\n"), &[text("1"), text("2"), text("3")]).await;
}

#[tokio::test(start_paused = true)]
async fn d6_the_faster_call_is_answered_first() {
    let slow = call(1, "echo_late", json!({ "text": "slow", "seconds": 5 }));
    let fast = call(2, "echo_late", json!({ "text": "fast", "seconds": 1 }));
    check(format!("{slow}\n{fast}\n"), &[text("fast"), text("slow")]).await;
}

#[tokio::test(start_paused = true)]
async fn d7_errors_are_written_and_the_server_lives_on() {
    let last = call(9, "echo_late", json!({ "text": "still here", "seconds": 1 }));
    for (line, expected) in [
        (&b"nonsense"[..], error(-32700, "JSON")),
        (b"\"\xff\"", error(-32700, "UTF-8")),
        (br#"{"jsonrpc":"2.0","id":1}"#, error(-32600, "method")),
        (call(1, "crash", json!({})).as_bytes(), error(-32603, "internal error")),
    ] {
        check([line, b"\n", last.as_bytes()].concat(), &[expected, text("still here")]).await;
    }
}

#[tokio::test]
async fn d2_each_message_gets_the_scope() {
    /// Say who is there
    #[tool]
    async fn whoami(who: Scope<String>) -> String {
        who.0
    }
    let server = MiniMcp::<String>::new("scoped").handlers(handlers![whoami]);
    let mut output = Vec::new();
    let stdio = Stdio::with_scope(server, || "Ada".to_owned());
    let input = call(1, "whoami", json!({}));
    stdio.run_on(input.as_bytes(), &mut output).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    judge::sent(None, &input, &output);
    assert_matches(&read(output.trim_end()), &text("Ada"), "the scope");
}
