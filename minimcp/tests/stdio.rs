//! Serving byte streams: bytes in, bytes out.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use judge::Transcript;
use minimcp::stdio::Stdio;
use minimcp::{Call, Log, MiniMcp, Progress, handlers, tool};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
};
use tokio::task::JoinHandle;

/// Add two numbers
#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Sleep for some seconds and say so
#[tool]
async fn sleep(seconds: f64, progress: Progress) -> &'static str {
    progress.report(seconds).await;
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    "slept"
}

/// Log at two levels
#[tool]
async fn chat(log: Log) -> &'static str {
    log.debug("d").await;
    log.info("i").await;
    "logged"
}

/// Log without having asked for a log
#[tool]
async fn mutter(call: Call) -> &'static str {
    call.log().error("e").await;
    "muttered"
}

/// Panic
#[tool]
async fn crash() {
    panic!("on purpose")
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![add, sleep, chat, mutter, crash])
}

/// Sends all lines at once, then the end of input, and compares everything that comes back, in the order of the ids.
async fn check(input: impl AsRef<[u8]>, expected: &[Value]) {
    let mut output = Vec::new();
    Stdio::new(server(), ()).line_limit(2000).run_on(input.as_ref(), &mut output).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    judge::sent(None, &String::from_utf8_lossy(input.as_ref()), &output);
    let mut lines: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["id"].to_string());
    for line in &mut lines {
        shorten(line);
    }
    assert_eq!(json!(lines), json!(expected), "{}", String::from_utf8_lossy(input.as_ref()));
}

/// An answer as `{"id": …, "text" or "code" or "result": …}`.
fn shorten(line: &mut Value) {
    let id = line["id"].take();
    let text = line.pointer("/result/content/0/text").cloned();
    *line = match (text, line.pointer("/error/code"), line.get("method")) {
        (Some(text), ..) => json!({ "id": id, "text": text }),
        (_, Some(code), _) => json!({ "id": id, "code": code }),
        (_, _, Some(method)) => json!({ "method": method, "params": line["params"] }),
        _ => json!({ "id": id, "result": line["result"] }),
    };
}

fn call(id: impl Into<Value>, name: &str, arguments: &Value) -> String {
    let params = json!({ "name": name, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": params })
        .to_string()
}

fn ping(id: impl Into<Value>) -> String {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "ping" }).to_string()
}

#[tokio::test]
async fn every_line_is_answered_and_blank_ones_are_not() {
    let input = format!(
        "\u{feff}{}\n\n \r\n{}\r\n{}",
        ping(1),
        ping("1"),
        call(2, "add", &json!({ "a": 1, "b": 2 }))
    );
    let pong = json!({});
    check(
        input,
        &[
            json!({ "id": "1", "result": pong }),
            json!({ "id": 1, "result": pong }),
            json!({ "id": 2, "text": "3.0" }),
        ],
    )
    .await;
}

#[tokio::test]
async fn nonsense_is_answered_and_the_next_line_works() {
    let deep = "[".repeat(1000) + &"]".repeat(1000);
    for (nonsense, code) in [
        (b"nonsense".to_vec(), -32700),
        (b"\"\xff\xfe\"".to_vec(), -32700),
        (b"{\"jsonrpc\":\"2.0\"".to_vec(), -32700),
        (b"[]".to_vec(), -32600),
        (deep.into_bytes(), -32600),
        (b"{}".to_vec(), -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}".to_vec(), -32600),
        ("x".repeat(3000).into_bytes(), -32700),
    ] {
        let input = [nonsense, b"\n".to_vec(), ping(1).into_bytes()].concat();
        check(input, &[json!({ "id": 1, "result": {} }), json!({ "id": null, "code": code })])
            .await;
    }
}

#[tokio::test]
async fn notifications_and_answers_of_the_client_are_never_answered() {
    let lines = [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/nonsense","params":5}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"add"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":9,"result":{}}"#,
    ];
    check(lines.join("\n"), &[]).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_run_at_the_end_of_input_are_answered() {
    check(call(1, "sleep", &json!({ "seconds": 5 })), &[json!({ "id": 1, "text": "slept" })]).await;
}

#[tokio::test]
async fn a_panic_is_answered_and_others_go_on() {
    let input =
        format!("{}\n{}", call(1, "crash", &json!({})), call(2, "add", &json!({ "a": 1, "b": 1 })));
    check(input, &[json!({ "id": 1, "code": -32603 }), json!({ "id": 2, "text": "2.0" })]).await;
}

/// Both ends of a connection that stays open; all that comes over it is judged.
struct Open {
    transcript: Transcript,
    input: WriteHalf<DuplexStream>,
    output: Lines<BufReader<ReadHalf<DuplexStream>>>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Open {
    fn new(stdio: Stdio<()>) -> Self {
        let (client, server) = tokio::io::duplex(64);
        let (reader, writer) = tokio::io::split(server);
        let serving = tokio::spawn(stdio.run_on(reader, writer));
        let (output, input) = tokio::io::split(client);
        let transcript = Transcript::new(None);
        Self { transcript, input, output: BufReader::new(output).lines(), serving }
    }

    async fn send(&mut self, line: &str) {
        self.transcript.received(line);
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn receive(&mut self) -> Value {
        let line = self.output.next_line().await.unwrap().unwrap();
        self.transcript.sent(&line);
        let mut line = serde_json::from_str(&line).unwrap();
        shorten(&mut line);
        line
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_call_holds_nobody_up() {
    let mut open = Open::new(Stdio::new(server(), ()));
    open.send(&call(1, "sleep", &json!({ "seconds": 5 }))).await;
    open.send(&call(2, "add", &json!({ "a": 1, "b": 1 }))).await;
    open.send(&ping(3)).await;
    let mut early = [open.receive().await["id"].clone(), open.receive().await["id"].clone()];
    early.sort_by_key(Value::to_string);
    assert_eq!(early, [json!(2), json!(3)]);
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "slept" }));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_not_answered_and_its_id_is_free_again() {
    let mut open = Open::new(Stdio::new(server(), ()));
    open.send(&call(1, "sleep", &json!({ "seconds": 1e6 }))).await;
    open.send(&call(1, "add", &json!({ "a": 1, "b": 1 }))).await;
    assert_eq!(open.receive().await, json!({ "id": 1, "code": -32600 }));
    // Another type of id is another id.
    open.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"1"}}"#)
        .await;
    open.send(&ping(2)).await;
    assert_eq!(open.receive().await, json!({ "id": 2, "result": {} }));
    open.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        .await;
    open.send(&call(3, "add", &json!({ "a": 1, "b": 1 }))).await;
    assert_eq!(open.receive().await, json!({ "id": 3, "text": "2.0" }));
    open.send(&call(1, "add", &json!({ "a": 2, "b": 2 }))).await;
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "4.0" }));
}

#[tokio::test(start_paused = true)]
async fn silence_is_answered_with_an_error() {
    let mut open = Open::new(Stdio::new(server(), ()));
    open.send(&call(1, "sleep", &json!({ "seconds": 31 }))).await;
    assert_eq!(open.receive().await, json!({ "id": 1, "code": -32603 }));
}

#[tokio::test]
async fn progress_comes_before_the_answer() {
    let mut open = Open::new(Stdio::new(server(), ()));
    let params = json!({ "name": "sleep", "arguments": { "seconds": 0.0 }, "_meta": { "progressToken": "t" } });
    open.send(
        &json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string(),
    )
    .await;
    let progress = json!({ "method": "notifications/progress", "params": { "progressToken": "t", "progress": 0.0 } });
    assert_eq!(open.receive().await, progress);
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "slept" }));
}

#[tokio::test]
async fn a_client_chooses_what_it_sees_of_the_log() {
    let mut open = Open::new(Stdio::new(server(), ()));
    let message = |level: &str, data: &str| json!({ "method": "notifications/message", "params": { "level": level, "data": data } });
    let chat = call(1, "chat", &json!({}));
    let level = |level: &str| {
        json!({ "jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": { "level": level } }).to_string()
    };
    open.send(&chat).await;
    assert_eq!(open.receive().await, message("info", "i"));
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "logged" }));
    // Only who asks for a log makes the server announce one.
    open.send(&call(1, "mutter", &json!({}))).await;
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "muttered" }));
    open.send(&level("loud")).await;
    assert_eq!(open.receive().await, json!({ "id": 2, "code": -32602 }));
    open.send(&level("debug")).await;
    assert_eq!(open.receive().await, json!({ "id": 2, "result": {} }));
    open.send(&chat).await;
    assert_eq!(open.receive().await, message("debug", "d"));
    assert_eq!(open.receive().await, message("info", "i"));
    assert_eq!(open.receive().await, json!({ "id": 1, "text": "logged" }));
    // A client that introduces itself anew begins anew.
    open.send(
        r#"{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#,
    )
    .await;
    assert_eq!(open.receive().await["result"]["capabilities"]["logging"], json!({}));
    open.send(&chat).await;
    assert_eq!(open.receive().await, message("info", "i"));
}

fn listen(id: &str) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "notifications": { "toolsListChanged": true }, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": id, "method": "subscriptions/listen", "params": params })
        .to_string()
}

fn tag(id: &str) -> Value {
    json!({ "io.modelcontextprotocol/subscriptionId": id })
}

fn acknowledged(id: &str) -> Value {
    let params = json!({ "notifications": { "toolsListChanged": true }, "_meta": tag(id) });
    json!({ "method": "notifications/subscriptions/acknowledged", "params": params })
}

#[tokio::test]
async fn subscriptions_end_with_their_result_at_the_end_of_input() {
    let mut meta = tag("a");
    meta["io.modelcontextprotocol/serverInfo"] =
        json!({ "name": "test", "version": env!("CARGO_PKG_VERSION") });
    let complete = json!({ "id": "a", "result": { "resultType": "complete", "_meta": meta } });
    check(listen("a"), &[complete, acknowledged("a")]).await;
}

#[tokio::test]
async fn a_client_of_both_eras_hears_of_changes_on_one_pipe() {
    let server = server();
    let mut open = Open::new(Stdio::new(server.clone(), ()));
    open.send(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#).await;
    let capabilities = json!({ "tools": { "listChanged": true }, "logging": {} });
    assert_eq!(open.receive().await["result"]["capabilities"], capabilities);
    open.send(&listen("a")).await;
    assert_eq!(open.receive().await, acknowledged("a"));
    server.changes().tools();
    let method = "notifications/tools/list_changed";
    let tagged = json!({ "method": method, "params": { "_meta": tag("a") } });
    assert_eq!(open.receive().await, tagged);
    open.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}"#)
        .await;
    open.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    // What changed before the client was ready was kept for it.
    assert_eq!(open.receive().await, json!({ "method": method, "params": null }));
    open.send(&ping(2)).await;
    assert_eq!(open.receive().await, json!({ "id": 2, "result": {} }));
    server.changes().tools();
    assert_eq!(open.receive().await, json!({ "method": method, "params": null }));
    // A pipe that ends takes none but its own subscriptions along.
    let mut other = Open::new(Stdio::new(server.clone(), ()));
    other.send(&listen("b")).await;
    assert_eq!(other.receive().await, acknowledged("b"));
    drop((open.input, open.output));
    open.serving.await.unwrap().unwrap();
    server.changes().tools();
    let tagged = json!({ "method": method, "params": { "_meta": tag("b") } });
    assert_eq!(other.receive().await, tagged);
}

#[tokio::test]
async fn a_client_that_reads_late_gets_all_answers_in_their_order() {
    let mut open = Open::new(Stdio::new(server(), ()));
    // Short ones, which are joined, and long ones, which are not.
    let ids: Vec<_> =
        (0..100).map(|n| n.to_string() + &"x".repeat(20_000 * usize::from(n % 3 == 0))).collect();
    for id in &ids {
        open.send(&ping(id.as_str())).await;
    }
    for id in &ids {
        assert_eq!(open.receive().await, json!({ "id": id, "result": {} }));
    }
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_server() {
    let open = Open::new(Stdio::new(server(), ()));
    drop((open.input, open.output));
    open.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn both_eras_share_a_pipe_in_any_order() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let discover = |id: &str| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "server/discover", "params": { "_meta": meta } }).to_string()
    };
    let initialize = |id: u8, version: &str| {
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": params }).to_string()
    };
    let mut open = Open::new(Stdio::new(server(), ()));
    for line in [
        discover("a"),
        initialize(1, "2024-11-05"),
        discover("b"),
        call(2, "add", &json!({ "a": "x", "b": 1 })),
        initialize(3, "2026-07-28"),
        call(4, "add", &json!({ "a": "x", "b": 1 })),
        r#"{"jsonrpc":"2.0","id":5,"method":"server/discover","params":{}}"#.to_owned(),
    ] {
        open.send(&line).await;
        let answer = open.receive().await;
        match answer["id"].to_string().as_str() {
            "\"a\"" | "\"b\"" => {
                assert_eq!(answer["result"]["supportedVersions"], json!(["2026-07-28"]));
            }
            "1" => assert_eq!(answer["result"]["protocolVersion"], "2024-11-05"),
            // The revision of the handshake decides how an argument error is told.
            "2" => assert_eq!(answer["code"], -32602),
            "3" => assert_eq!(answer["result"]["protocolVersion"], "2025-11-25"),
            "4" => assert!(answer["text"].as_str().unwrap().contains("Invalid argument `a`")),
            "5" => assert_eq!(answer["code"], -32602),
            other => panic!("unexpected answer {other}"),
        }
    }
}
