//! Batches of 2025-03-26 on a connection: an array of messages in, an array of answers out.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use judge::Transcript;
use minimcp::{Connection, MiniMcp, Outbox, Scope, handlers, tool};
use serde_json::{Value, json};
use tokio::sync::Barrier;

/// The running calls of `wait`, and who may meet in `meet`.
#[derive(Clone)]
struct World {
    waiting: Arc<AtomicUsize>,
    meeting: Arc<Barrier>,
}

impl World {
    fn new() -> Self {
        Self { waiting: Arc::default(), meeting: Arc::new(Barrier::new(2)) }
    }
}

struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Add two numbers
#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Wait for ever
#[tool]
async fn wait(world: Scope<World>) -> &'static str {
    world.waiting.fetch_add(1, Ordering::SeqCst);
    let _waiting = Waiting(Arc::clone(&world.waiting));
    std::future::pending().await
}

/// Wait for another call
#[tool]
async fn meet(world: Scope<World>) -> &'static str {
    world.meeting.wait().await;
    "met"
}

fn server() -> MiniMcp<World> {
    MiniMcp::new("test").idle_timeout(None).handlers(handlers![add, wait, meet])
}

/// A connection, and what went over it; all that comes from the server is judged.
struct Client {
    connection: Connection<World>,
    transcript: Transcript,
}

impl Client {
    fn new(server: MiniMcp<World>) -> Self {
        Self { connection: Connection::new(server), transcript: Transcript::new(None) }
    }

    async fn send(&mut self, message: &str) -> Value {
        self.transcript.received(message);
        let message = message.as_bytes().to_vec();
        let reply = self.connection.handle(message, Outbox::none(), World::new()).await;
        self.transcript.sent(reply.as_str().unwrap_or_default());
        shorten(reply.as_str().unwrap_or("null"))
    }
}

/// A connection that agreed on this revision, if it is one with a handshake.
async fn connect(revision: &str) -> Client {
    let mut client = Client::new(server().batch_limit(5));
    let params = json!({ "protocolVersion": revision });
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
    client.send(&hello.to_string()).await;
    client
}

fn request(id: impl Into<Value>, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method })
}

fn call(id: u8, name: &str) -> Value {
    let params = json!({ "name": name, "arguments": {} });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

fn cancel(id: u8) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } })
}

fn pong(id: impl Into<Value>) -> Value {
    json!({ "id": id.into(), "result": {} })
}

fn refused(id: impl Into<Value>) -> Value {
    json!({ "id": id.into(), "code": -32600 })
}

/// Sends a batch where 2025-03-26 is spoken, and compares the answer; `null` for none.
async fn check(batch: Value, expected: Value) {
    let answer = connect("2025-03-26").await.send(&batch.to_string()).await;
    assert_eq!(answer, expected, "{batch}");
}

/// An answer, or each in an array, as `{"id": …, "text" or "code" or "result": …}`.
fn shorten(answer: &str) -> Value {
    match serde_json::from_str(answer).unwrap() {
        Value::Array(answers) => answers.iter().map(shorten_one).collect(),
        Value::Null => Value::Null,
        answer => shorten_one(&answer),
    }
}

fn shorten_one(answer: &Value) -> Value {
    let id = &answer["id"];
    match (answer.pointer("/result/content/0/text"), answer.pointer("/error/code")) {
        (Some(text), _) => json!({ "id": id, "text": text }),
        (_, Some(code)) => json!({ "id": id, "code": code }),
        _ => json!({ "id": id, "result": answer["result"] }),
    }
}

#[tokio::test]
async fn each_request_has_its_answer_and_nothing_else_has_one() {
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let answer = json!({ "jsonrpc": "2.0", "id": 9, "result": {} });
    check(
        json!([request(1, "ping"), initialized, request("1", "ping"), answer, request(2, "x")]),
        json!([pong(1), pong("1"), { "id": 2, "code": -32601 }]),
    )
    .await;
    check(json!([request(1, "ping")]), json!([pong(1)])).await;
    check(json!([initialized, answer]), Value::Null).await;
}

#[tokio::test]
async fn what_is_wrong_with_an_element_is_its_own() {
    let initialize = json!({ "jsonrpc": "2.0", "id": 3, "method": "initialize", "params": {} });
    check(
        json!([1, {}, [request(2, "ping")], initialize, request(4, "ping")]),
        json!([refused(null()), refused(null()), refused(null()), refused(3), pong(4)]),
    )
    .await;
    check(
        json!([request(null(), "ping"), request(1.5, "ping"), { "id": 5 }]),
        json!([refused(null()), refused(null()), refused(5)]),
    )
    .await;
}

fn null() -> Value {
    Value::Null
}

#[tokio::test]
async fn some_batches_are_refused_as_a_whole() {
    let six: Vec<_> = (0..6).map(|id| request(id, "ping")).collect();
    let mut modern = request(1, "ping");
    modern["params"] =
        json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } });
    let mut notified = modern.clone();
    notified.as_object_mut().unwrap().remove("id");
    check(json!(six[..5]), json!([pong(0), pong(1), pong(2), pong(3), pong(4)])).await;
    for batch in
        [json!([]), json!(six), json!([request(2, "ping"), modern]), json!([six[0], notified])]
    {
        check(batch, refused(null())).await;
    }
    let mut client = connect("2025-03-26").await;
    for nonsense in ["[", "[1", "[1,]", "[1] 2", "[1,2,3,4,5,6,}]"] {
        let expected = json!({ "id": null, "code": -32700 });
        assert_eq!(client.send(nonsense).await, expected, "{nonsense}");
    }
}

#[tokio::test]
async fn only_one_revision_has_batches() {
    let batch = json!([request(1, "ping")]).to_string();
    for (revision, expected) in [
        ("2024-11-05", refused(null())),
        ("2025-03-26", json!([pong(1)])),
        ("2025-06-18", refused(null())),
        ("2025-11-25", refused(null())),
    ] {
        let mut client = connect(revision).await;
        for before in ["", " \r\n", "\u{feff}", "\u{feff} "] {
            let answer = client.send(&format!("{before}{batch}")).await;
            assert_eq!(answer, expected, "{revision}");
        }
    }
    assert_eq!(Client::new(server()).send(&batch).await, refused(null()));
    let direct = server().handle(batch.clone(), Outbox::none(), World::new()).await;
    judge::sent(None, &batch, direct.as_str().unwrap());
    assert_eq!(shorten(direct.as_str().unwrap()), refused(null()));
}

#[tokio::test]
async fn elements_run_side_by_side() {
    check(
        json!([call(1, "meet"), request(2, "ping"), call(3, "meet")]),
        json!([{ "id": 1, "text": "met" }, pong(2), { "id": 3, "text": "met" }]),
    )
    .await;
}

#[tokio::test]
async fn an_id_is_in_use_until_the_batch_is_answered() {
    check(
        json!([request(1, "ping"), request(1, "ping"), request("1", "ping")]),
        json!([pong(1), refused(1), pong("1")]),
    )
    .await;
    let mut client = connect("2025-03-26").await;
    for _ in 0..2 {
        let batch = json!([request(1, "ping")]).to_string();
        assert_eq!(client.send(&batch).await, json!([pong(1)]));
    }
}

#[tokio::test]
async fn each_element_is_cancelled_by_its_own_id() {
    check(json!([call(1, "wait"), cancel(1), request(2, "ping")]), json!([pong(2)])).await;
    check(json!([call(1, "wait"), call(2, "wait"), cancel(2), cancel(1)]), Value::Null).await;
}

#[tokio::test]
async fn the_first_step_reads_all_elements_and_calls_none() {
    let mut client = connect("2025-03-26").await;
    let connection = client.connection.clone();
    let world = World::new();
    let waiting = || world.waiting.load(Ordering::SeqCst);
    let batch = json!([call(1, "wait"), request(2, "ping"), call(3, "wait")]).to_string();
    client.transcript.received(&batch);
    let mut answered = pin!(connection.handle_in_steps(batch, Outbox::none(), world.clone()));
    let mut step = async || poll_fn(|context| Poll::Ready(answered.as_mut().poll(context))).await;

    assert!(step().await.is_pending());
    assert_eq!(waiting(), 0);
    // The ids are known, and taken.
    assert_eq!(client.send(&request(3, "ping").to_string()).await, refused(3));
    assert!(step().await.is_pending());
    assert_eq!(waiting(), 2);
    client.send(&cancel(1).to_string()).await;
    assert!(step().await.is_pending());
    assert_eq!(waiting(), 1);
    client.send(&json!([cancel(3)]).to_string()).await;
    let Poll::Ready(reply) = step().await else { panic!("it goes on") };
    client.transcript.sent(reply.as_str().unwrap());
    assert_eq!(shorten(reply.as_str().unwrap()), json!([pong(2)]));
    assert_eq!(waiting(), 0);
}
