//! Following the steps of calls from beside.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use calculator::{App, Bounds, Options, app};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::asking::{ask, call, header, message, plain_app, streamed_call, to};
use crate::events::{Event, Events};

#[tokio::test(start_paused = true)]
async fn a_listener_hears_the_steps_of_its_client_id_alone() {
    let app = plain_app();
    let (mut anna, mut berta) = (listen(&app, "anna").await, listen(&app, "berta").await);
    finish(&app, as_client("anna", &streamed_call("add_numbers", 1, 2))).await;
    finish(&app, message("/mcp", &streamed_call("add_numbers", 3, 4))).await;
    finish(&app, as_client("berta", &streamed_call("multiply_numbers", 5, 6))).await;
    // Steps are told to listeners also when the caller itself cannot be told.
    let unheard = call("add_numbers", json!({ "a": 8, "b": 9, "stream": true }));
    finish(&app, as_client("anna", &unheard)).await;
    app.feeds.close();
    assert_eq!(
        rest(&mut anna).await,
        [
            step("add_numbers", 1, "take 1"),
            step("add_numbers", 2, "add 2"),
            step("add_numbers", 3, "1 + 2 = 3"),
            step("add_numbers", 1, "take 8"),
            step("add_numbers", 2, "add 9"),
            step("add_numbers", 3, "8 + 9 = 17"),
        ]
    );
    assert_eq!(rest(&mut berta).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn several_listeners_of_one_id_hear_the_same_while_it_happens() {
    let app = plain_app();
    let (mut one, mut other) = (listen(&app, "anna").await, listen(&app, "anna").await);
    let response = ask(&app, as_client("anna", &streamed_call("add_numbers", 1, 2))).await;
    let mut caller = Events::of(response);
    // The call waits for its caller to read on, so this is its first step, and not the last.
    assert_eq!(caller.next_json().await["params"]["progress"], 1.0);
    assert_eq!(
        one.next_json().await,
        json!({ "tool": "add_numbers", "step": 1, "of": 3, "message": "take 1" })
    );
    assert_eq!(other.next_json().await["step"], 1);
    while caller.next().await.is_some() {}
    assert_eq!(one.next_json().await["step"], 2);
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_a_heartbeat() {
    let app = plain_app();
    let mut events = listen(&app, "anna").await;
    // The clock of the test is not the wall's: it jumps to the next timer when everything waits.
    let began = tokio::time::Instant::now();
    assert_eq!(events.next().await, Some(Event::comment("heartbeat")));
    assert_eq!(events.next().await, Some(Event::comment("heartbeat")));
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_slow_listener_misses_the_oldest_steps_and_is_told() {
    let bounds = Bounds { waiting: 4, ..Bounds::default() };
    let app = app(&Options { bounds, ..Options::default() });
    let mut slow = listen(&app, "anna").await;
    for _ in 0..3 {
        finish(&app, as_client("anna", &streamed_call("add_numbers", 1, 2))).await;
    }
    assert_eq!(slow.next().await, Some(Event { kind: "missed".into(), data: "5".into() }));
    app.feeds.close();
    let left: Vec<_> = rest(&mut slow).await.into_iter().map(|step| step["step"].clone()).collect();
    assert_eq!(left, [3, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_is_forgotten() {
    let app = plain_app();
    let (first, second) = (listen(&app, "anna").await, listen(&app, "anna").await);
    let third = listen(&app, "berta").await;
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (2, 3));
    drop(first);
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (2, 2));
    drop(third);
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (1, 1));
    drop(second);
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (0, 0));
    // Calling under an id that nobody follows leaves nothing behind either.
    finish(&app, as_client("anna", &streamed_call("add_numbers", 1, 2))).await;
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (0, 0));
}

#[tokio::test]
async fn there_is_room_for_so_many_and_again_when_one_leaves() {
    let bounds = Bounds { listeners: 3, listeners_of_one: 2, ..Bounds::default() };
    let app = app(&Options { bounds, ..Options::default() });
    let first = listen(&app, "anna").await;
    let _second = listen(&app, "anna").await;
    assert_refused(&follow(&app, "anna").await);
    let _third = listen(&app, "berta").await;
    assert_refused(&follow(&app, "cleo").await);
    drop(first);
    let _fourth = listen(&app, "cleo").await;
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (3, 3));
}

#[tokio::test]
async fn closing_ends_the_streams_and_lets_nobody_in() {
    let app = plain_app();
    let mut events = listen(&app, "anna").await;
    app.feeds.close();
    assert!(events.next().await.is_none());
    assert_refused(&follow(&app, "anna").await);
    drop(events);
    assert_eq!((app.feeds.ids(), app.feeds.listeners()), (0, 0));
}

#[tokio::test]
async fn odd_client_ids_are_refused_everywhere() {
    let app = plain_app();
    for id in ["a%20b", &"x".repeat(65), "%ff", "%C3%A9"] {
        assert_eq!(follow(&app, id).await.status(), StatusCode::BAD_REQUEST, "{id}");
        let call = as_client(id, &streamed_call("add_numbers", 1, 2));
        assert_eq!(ask(&app, call).await.status(), StatusCode::BAD_REQUEST, "{id}");
    }
    assert_eq!(app.feeds.ids(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_stops_its_call() {
    let app = plain_app();
    let mut listener = listen(&app, "anna").await;
    let response = ask(&app, as_client("anna", &streamed_call("add_numbers", 1, 2))).await;
    drop(response);
    assert_eq!(listener.next_json().await["step"], 1);
    tokio::time::advance(Duration::from_secs(5)).await;
    app.feeds.close();
    assert_eq!(rest(&mut listener).await, Vec::<Value>::new());
}

async fn follow(app: &App, id: &str) -> Response {
    let request = to("GET", &format!("/mcp/sse/{id}")).body(Body::empty()).unwrap();
    ask(app, request).await
}

/// Listens from the moment on when the stream says so.
async fn listen(app: &App, id: &str) -> Events {
    let response = follow(app, id).await;
    assert_eq!(header(&response, "cache-control"), "no-cache");
    assert_eq!(header(&response, "x-accel-buffering"), "no");
    let mut events = Events::of(response);
    assert_eq!(events.next().await, Some(Event::comment("following")));
    events
}

/// The steps that are still to come, when the table was closed.
async fn rest(events: &mut Events) -> Vec<Value> {
    let mut rest = Vec::new();
    while let Some(event) = events.next().await {
        assert_eq!(event.kind, "step");
        rest.push(serde_json::from_str(&event.data).unwrap());
    }
    rest
}

fn step(tool: &str, number: u32, message: &str) -> Value {
    json!({ "tool": tool, "step": number, "of": 3, "message": message })
}

fn as_client(id: &str, call: &Value) -> Request<Body> {
    let mut request = message("/mcp", call);
    request.headers_mut().insert("x-client-id", HeaderValue::from_str(id).unwrap());
    request
}

/// Makes a call and reads its answer to the end.
async fn finish(app: &App, request: Request<Body>) {
    let response = ask(app, request).await;
    assert_eq!(response.status(), 200);
    response.into_body().collect().await.unwrap();
}

fn assert_refused(response: &Response) {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(header(response, "retry-after"), "");
}
