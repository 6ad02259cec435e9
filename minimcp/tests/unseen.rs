//! Handlers that have arguments alone, and so cannot look at their call: whatever holds of a call holds of theirs.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use minimcp::{MiniMcp, Outbox, Reply, handlers, tool};
use serde_json::json;
use tokio::sync::Semaphore;

/// One for each test. Nothing else comes to these handlers but their arguments.
static GATES: [Semaphore; 4] = [const { Semaphore::const_new(0) }; 4];
static BLOCKED: AtomicUsize = AtomicUsize::new(0);

/// Wait until a gate is opened
#[tool(concurrency = 1, queue = 1)]
async fn wait(gate: usize) -> &'static str {
    drop(GATES[gate].acquire().await);
    "waited"
}

/// Say that the gate is open
#[tool]
async fn look(gate: usize) -> bool {
    GATES[gate].available_permits() > 0
}

/// Block until a gate is opened
#[tool(blocking, concurrency = 1, queue = 0)]
fn block(gate: usize) -> &'static str {
    BLOCKED.fetch_add(1, Ordering::SeqCst);
    while GATES[gate].available_permits() == 0 {
        std::thread::yield_now();
    }
    BLOCKED.fetch_sub(1, Ordering::SeqCst);
    "blocked"
}

/// Panic
#[tool]
async fn panic(text: &str) -> bool {
    panic!("secret {text}")
}

fn server() -> MiniMcp {
    MiniMcp::new("unseen").handlers(handlers![wait, look, block, panic])
}

/// Opens a gate in the end, however the test ends: the runtime waits for what blocks.
struct Opens(usize);

impl Drop for Opens {
    fn drop(&mut self) {
        GATES[self.0].add_permits(1);
    }
}

type Calling<'s> = Pin<Box<dyn Future<Output = Reply> + 's>>;

fn call<'s>(server: &'s MiniMcp, name: &str, arguments: &serde_json::Value) -> Calling<'s> {
    let params = json!({ "name": name, "arguments": arguments });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    Box::pin(server.handle(message.to_string(), Outbox::none(), ()))
}

/// Polls a call once, and compares its answer: none, or a part of its text.
#[track_caller]
fn check(calling: &mut Calling<'_>, expected: Option<&str>) {
    match (calling.as_mut().poll(&mut Context::from_waker(Waker::noop())), expected) {
        (Poll::Pending, None) => (),
        (Poll::Ready(reply), Some(part)) => {
            assert!(reply.as_str().is_some_and(|text| text.contains(part)), "{reply:?}");
        }
        (polled, _) => panic!("{polled:?}, and not {expected:?}"),
    }
}

#[tokio::test]
async fn they_queue_and_are_refused_and_others_go_on() {
    let server = server();
    let wait = || call(&server, "wait", &json!({ "gate": 0 }));
    let (mut running, mut queued) = (wait(), wait());
    check(&mut running, None);
    check(&mut queued, None);
    check(&mut wait(), Some("wait is busy and its queue is full"));
    check(&mut call(&server, "look", &json!({ "gate": 0 })), Some("false"));
    GATES[0].add_permits(1);
    assert!(running.await.as_str().unwrap().contains("waited"));
    assert!(queued.await.as_str().unwrap().contains("waited"));
    check(&mut wait(), Some("waited"));
}

#[tokio::test]
async fn a_place_is_free_again_when_a_call_is_dropped() {
    let server = server().concurrency(1).queue(0);
    let mut running = call(&server, "wait", &json!({ "gate": 1 }));
    check(&mut running, None);
    let look = || call(&server, "look", &json!({ "gate": 1 }));
    check(&mut look(), Some("the server is busy"));
    drop(running);
    check(&mut look(), Some("false"));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_them() {
    let server = server().idle_timeout(Duration::from_secs(5));
    let reply = call(&server, "wait", &json!({ "gate": 2 })).await;
    assert!(reply.as_str().unwrap().contains("nothing was heard of it for 5000 ms"), "{reply:?}");
    check(&mut call(&server, "wait", &json!({ "gate": 2 })), None);
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let server = server().concurrency(1).queue(0);
    for _ in 0..2 {
        let reply = call(&server, "panic", &json!({ "text": "x" })).await;
        assert_eq!(reply.error_code(), Some(-32603));
        assert!(!reply.as_str().unwrap().contains("secret"), "{reply:?}");
    }
}

#[tokio::test]
async fn what_blocks_keeps_its_place_until_it_ends() {
    let server = server();
    let block = || call(&server, "block", &json!({ "gate": 3 }));
    let (mut running, opens) = (block(), Opens(3));
    check(&mut running, None);
    while BLOCKED.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    drop(running);
    check(&mut block(), Some("block is busy"));
    drop(opens);
    // Let in as soon as the first one has ended, and not before.
    while block().await.error_code().is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(BLOCKED.load(Ordering::SeqCst), 0);
}
