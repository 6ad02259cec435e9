//! More than there is room for: who is refused, who is answered, and when it is over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::Response;
use minimcp::http::Endpoint;
use minimcp::{Call, CallLimit, MiniMcp, Tool};
use tokio::sync::Semaphore;

use crate::{Answers, Arguments, call, parse, render, server};

/// A server whose tool `gated` waits until the gate lets it through.
fn gated(concurrency: usize, queue: usize) -> (Endpoint<()>, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let server: MiniMcp = server().concurrency(concurrency).queue(queue);
    server.tools().add(gated_tool("gated", &gate)).unwrap();
    (Endpoint::streamable(server).keep_alive(None), gate)
}

fn gated_tool(name: &str, gate: &Arc<Semaphore>) -> Tool<()> {
    let gate = Arc::clone(gate);
    Tool::from_fn(name, move |_: Arguments, _: Call| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await.unwrap().forget();
            Ok::<_, String>("through")
        }
    })
}

type Answering = Pin<Box<dyn Future<Output = Response<axum::body::Body>>>>;

fn answering(endpoint: &Endpoint<()>, tool: &str) -> Answering {
    let (endpoint, request) = (endpoint.clone(), parse(&call(tool)));
    Box::pin(async move { endpoint.answer(request).await })
}

/// Looks once whether an answer is there.
fn poll(answering: &mut Answering) -> Poll<Response<axum::body::Body>> {
    answering.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Sends `calls` calls at once to a server that runs `concurrency` of them and lets `queue` wait: all others are refused
/// before any time has passed, these are answered, and then there is room again.
async fn check(concurrency: usize, queue: usize, calls: usize) {
    let (endpoint, gate) = gated(concurrency, queue);
    let mut refused = 0;
    let mut taken = Vec::new();
    for _ in 0..calls {
        let mut answering = answering(&endpoint, "gated");
        match poll(&mut answering) {
            Poll::Pending => taken.push(answering),
            Poll::Ready(response) => {
                let answer = render(response).await;
                let expected = "503 application/json 1\n{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,";
                assert!(answer.starts_with(expected), "{answer}");
                refused += 1;
            }
        }
    }
    assert_eq!((taken.len(), refused), (concurrency + queue, calls - concurrency - queue));
    assert!(!endpoint.is_ready());
    gate.add_permits(taken.len());
    for answering in taken {
        let answer = render(answering.await).await;
        assert!(answer.starts_with("200 ") && answer.contains("through"), "{answer}");
    }
    // It is over as soon as it is over.
    assert!(endpoint.is_ready());
    crate::check(&endpoint, &call("quick"), "200 …done…").await;
}

#[tokio::test]
async fn ten_times_as_many_calls_as_there_is_room_for() {
    check(10, 10, 200).await;
    check(1, 0, 10).await;
    check(100, 1000, 11_000).await;
}

#[tokio::test]
async fn handlers_that_share_a_limit_keep_nobody_else_out() {
    let gate = Arc::new(Semaphore::new(0));
    let limit = CallLimit::new(1).queue(0);
    let server: MiniMcp = server();
    for name in ["one", "other"] {
        server.tools().add(gated_tool(name, &gate).limit(&limit)).unwrap();
    }
    let endpoint = Endpoint::streamable(server);
    let mut running = answering(&endpoint, "one");
    assert!(poll(&mut running).is_pending());
    for tool in ["one", "other"] {
        crate::check(&endpoint, &call(tool), "503 application/json 1\n…-32603…").await;
    }
    crate::check(&endpoint, &call("quick"), "200 …done…").await;
    assert!(endpoint.is_ready());
    // The one that goes away makes room at once.
    drop(running);
    let mut running = answering(&endpoint, "other");
    assert!(poll(&mut running).is_pending());
    gate.add_permits(1);
    assert!(render(running.await).await.contains("through"));
}

#[tokio::test]
async fn an_endpoint_that_is_closed_begins_nothing() {
    let (endpoint, gate) = gated(2, 2);
    let mut running = answering(&endpoint, "gated");
    assert!(poll(&mut running).is_pending());
    endpoint.close();
    assert!(!endpoint.is_ready());
    crate::check(&endpoint, &call("quick"), "503 application/json 1\n…about to stop…").await;
    crate::check(&endpoint, &format!("\n\n{}", crate::PING), "200 …").await;
    gate.add_permits(1);
    assert!(render(running.await).await.contains("through"));
}
