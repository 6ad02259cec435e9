//! Two processes behind one address that share nothing but a key: every request goes to the other one.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A process of the example.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    async fn start(key: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_conformance"))
            .arg("127.0.0.1:0")
            .env("SEAL_KEY", key)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap();
        let address = line.strip_prefix("listening on http://").unwrap();
        let address = address.strip_suffix("/mcp").unwrap().parse().unwrap();
        Self { child, address }
    }

    async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

/// One address for several processes: connections go to them in turn, past those that are gone.
struct Balancer {
    address: SocketAddr,
    turn: Arc<AtomicUsize>,
}

impl Balancer {
    async fn before(processes: &[&Process]) -> Self {
        let backends: Vec<_> = processes.iter().map(|process| process.address).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, turn) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
        let next = Arc::clone(&turn);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut backend = None;
                for _ in 0..backends.len() {
                    let index = next.fetch_add(1, Ordering::Relaxed) % backends.len();
                    backend = TcpStream::connect(backends[index]).await.ok();
                    if backend.is_some() {
                        break;
                    }
                }
                let mut backend = backend.expect("one of the processes is alive");
                tokio::spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut backend).await;
                });
            }
        });
        Self { address, turn }
    }

    fn connections(&self) -> usize {
        self.turn.load(Ordering::Relaxed)
    }
}

/// Sends a message on a connection of its own, and gives the status, the session and the answer.
async fn post(address: SocketAddr, headers: &str, message: &Value) -> (u16, Option<String>, Value) {
    let body = message.to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let session = head.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
    (status, session.map(str::to_owned), serde_json::from_str(body).unwrap_or_default())
}

fn request(id: usize, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Goes on with a session: calls a tool, and compares the status and the text of the answer.
async fn check_call(address: SocketAddr, session: &str, id: usize, expected: (u16, &str)) {
    let headers = format!("mcp-protocol-version: 2025-11-25\r\nmcp-session-id: {session}\r\n");
    let call = request(id, "tools/call", json!({ "name": "test_simple_text" }));
    let (status, _, answer) = post(address, &headers, &call).await;
    let text = answer.pointer("/result/content/0/text").or(answer.pointer("/error/message"));
    assert_eq!((status, text.unwrap().as_str().unwrap()), expected);
    assert_eq!(answer["id"], id);
}

/// Sends a round of a conversation, and gives the result, or the error.
async fn round(address: SocketAddr, id: usize, answers: Value, state: &Value) -> Value {
    let tool = "test_input_required_result_multi_round";
    let headers = format!(
        "mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: {tool}\r\n"
    );
    let mut params = json!({
        "name": tool,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        },
    });
    if !state.is_null() {
        params["requestState"] = state.clone();
        params["inputResponses"] = answers;
    }
    let (_, session, mut answer) =
        post(address, &headers, &request(id, "tools/call", params)).await;
    assert_eq!((session, &answer["id"]), (None, &json!(id)));
    match answer.get("error") {
        Some(_) => answer["error"].take(),
        None => answer["result"].take(),
    }
}

fn accept(key: &str, content: Value) -> Value {
    json!({ key: { "action": "accept", "content": content } })
}

const TEXT: &str = "This is a simple text response for testing.";

#[tokio::test]
async fn a_session_is_served_by_all_who_have_the_key() {
    let (mut one, other, stranger) =
        (Process::start(KEY).await, Process::start(KEY).await, Process::start(OTHER_KEY).await);
    let balancer = Balancer::before(&[&one, &other]).await;
    let initialize = json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" },
    });
    let (status, session, _) =
        post(balancer.address, "", &request(0, "initialize", initialize)).await;
    let session = session.unwrap();
    assert_eq!(status, 200);
    for id in 1..5 {
        check_call(balancer.address, &session, id, (200, TEXT)).await;
    }
    assert_eq!(balancer.connections(), 5, "each request had a connection of its own");
    one.kill().await;
    for id in 5..8 {
        check_call(balancer.address, &session, id, (200, TEXT)).await;
    }
    let headers = format!("mcp-protocol-version: 2025-11-25\r\nmcp-session-id: {session}\r\n");
    let (status, ..) = post(stranger.address, &headers, &request(9, "ping", json!({}))).await;
    assert_eq!(status, 404, "whoever does not have the key does not know the session");
}

#[tokio::test]
async fn a_conversation_is_carried_on_by_all_who_have_the_key() {
    let (mut one, other, stranger) =
        (Process::start(KEY).await, Process::start(KEY).await, Process::start(OTHER_KEY).await);
    let balancer = Balancer::before(&[&one, &other]).await;
    let first = round(balancer.address, 1, Value::Null, &Value::Null).await;
    let name = accept("step1", json!({ "name": "Ann" }));
    let second = round(balancer.address, 2, name.clone(), &first["requestState"]).await;
    assert_eq!(second["inputRequests"]["step2"]["method"], "elicitation/create", "{second}");
    one.kill().await;
    let colour = accept("step2", json!({ "color": "blue" }));
    let last = round(balancer.address, 3, colour, &second["requestState"]).await;
    assert_eq!(last.pointer("/content/0/text").unwrap(), "Ann likes blue.");
    let refused = round(stranger.address, 4, name, &first["requestState"]).await;
    assert_eq!(refused["code"], -32602, "whoever does not have the key cannot go on");
}
