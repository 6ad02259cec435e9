//! Answers over HTTP: one piece of JSON, or a stream of events.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use minimcp::http::Endpoint;
use minimcp::{Call, MiniMcp, Progress, Tool};
use serde_json::{Value, json};

use crate::http::{ANY, JSON, both, call, check, check_one, events, judged, send, server};
use crate::wire::{assert_matches, error, text};

fn progress(message: &str) -> Value {
    json!({ "method": "notifications/progress", "params": { "progressToken": 1, "message": message } })
}

#[tokio::test(start_paused = true)]
async fn s1_s2_a_call_that_says_nothing_is_one_piece_of_json() {
    check("POST", &[JSON, ANY], &call("add", json!({ "a": 1, "b": 2 })), 200, text("3.0")).await;
    check("POST", &[JSON, ANY], &call("nap", json!({ "seconds": 10 })), 200, text("slept")).await;
}

#[tokio::test(start_paused = true)]
async fn s3_s9_a_call_that_says_something_becomes_a_stream() {
    let texts = ["a", "प्रगति ✓", "b\nc"];
    let message = call("report", json!({ "texts": texts }));
    let [plain, streamable] = both();
    let response = send(&streamable, "POST", &[JSON, ANY], message.as_str()).await;
    assert_eq!(response.status(), 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    let [first, second, third] = texts.map(progress);
    let expected = json!([first, second, third, text("3")]);
    let said = judged(response, &[JSON, ANY], message.as_bytes()).await;
    assert_matches(&said, &expected, "a stream");
    // Who cannot take a stream, or a server that has none, gets the answer alone.
    check_one(&plain, "POST", &[JSON, ANY], &message, 200, text("3")).await;
    let json = [JSON, ("accept", "application/json")];
    check_one(&streamable, "POST", &json, &message, 200, text("3")).await;
}

#[tokio::test(start_paused = true)]
async fn s4_an_error_after_the_stream_began_is_its_last_event() {
    let message = call("report", json!({ "texts": ["a"], "fail": true }));
    let expected = json!([progress("a"), error(-32603, "internal error")]);
    let [_, streamable] = both();
    check_one(&streamable, "POST", &[JSON, ANY], &message, 200, expected).await;
}

/// What is done with the body of a stream whose handler never ends.
async fn check_disconnect(read_first: bool) {
    let alive = Arc::new(());
    let life = Arc::downgrade(&alive);
    let held = move |_: Value, progress: Progress| {
        let alive = Arc::clone(&alive);
        async move {
            for step in 0.. {
                progress.report(f64::from(step)).await;
                drop(Arc::clone(&alive));
            }
            Ok::<_, String>(())
        }
    };
    let server: MiniMcp = server().concurrency(1).queue(0);
    server.tools().add(Tool::from_fn("endless", held)).unwrap();
    let handles = || life.strong_count();
    let endpoint = Endpoint::streamable(server);
    for _ in 0..3 {
        let response = send(&endpoint, "POST", &[JSON, ANY], call("endless", json!({}))).await;
        assert_eq!(handles(), 2, "the closure and the call");
        let mut body = response.into_body();
        if read_first {
            body.frame().await.unwrap().unwrap();
        }
        drop(body);
        assert_eq!(handles(), 1, "the closure alone");
        // Its place is free again, although only one call may run.
        check_one(
            &endpoint,
            "POST",
            &[JSON, ANY],
            &call("add", json!({ "a": 1, "b": 1 })),
            200,
            text("2.0"),
        )
        .await;
    }
}

#[tokio::test]
async fn s5_g5_a_client_that_goes_away_ends_its_call() {
    check_disconnect(true).await;
    check_disconnect(false).await;
    // Before anything was said, too.
    let [_, streamable] = both();
    let mut waiting =
        pin!(send(&streamable, "POST", &[JSON, ANY], call("nap", json!({ "seconds": 9 }))));
    assert!(
        std::future::poll_fn(|cx| std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending()))
            .await
    );
}

#[tokio::test(start_paused = true)]
async fn s6_requests_at_once_are_independent() {
    let [_, streamable] = both();
    let mut requests = tokio::task::JoinSet::new();
    for n in 0..12 {
        let endpoint = streamable.clone();
        requests.spawn(async move {
            let headers = &[JSON, ANY];
            match n % 3 {
                0 => check_one(&endpoint, "GET", headers, "", 405, json!("…POST…")).await,
                1 => {
                    let message = call("add", json!({ "a": n, "b": 0 }));
                    check_one(&endpoint, "POST", headers, &message, 200, text(&format!("{n}.0")))
                        .await;
                }
                _ => {
                    let message = call("report", json!({ "texts": [n.to_string()] }));
                    let expected = json!([progress(&n.to_string()), text("1")]);
                    check_one(&endpoint, "POST", headers, &message, 200, expected).await;
                }
            }
        });
    }
    requests.join_all().await;
}

#[tokio::test]
async fn s10_a_handler_that_returns_nothing_is_answered() {
    let nothing = |_: Value, _: Call| async { Ok::<_, String>(()) };
    let server = server();
    server.tools().add(Tool::from_fn("nothing", nothing)).unwrap();
    let expected = json!({ "id": 1, "result": { "content": [] } });
    for endpoint in [Endpoint::json(server.clone()), Endpoint::streamable(server)] {
        let message = call("nothing", json!({}));
        check_one(&endpoint, "POST", &[JSON, ANY], &message, 200, expected.clone()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn g7_a_stream_that_is_silent_is_kept_alive_with_comments() {
    let server = server().idle_timeout(None);
    let endpoint = Endpoint::streamable(server).keep_alive(Duration::from_secs(15));
    let message = call("nap", json!({ "seconds": 40 }));
    let response = send(&endpoint, "POST", &[JSON, ANY], message.as_str()).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let comments = body.split_inclusive("\n\n").filter(|block| block.starts_with(':')).count();
    assert_eq!((comments, events(&body).len()), (2, 1), "{body}");
}
