//! Answers that say something before they are complete.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use minimcp::http::Endpoint;
use minimcp::{MiniMcp, Progress, Tool};
use tokio::sync::oneshot;

use crate::{Answers, Arguments, PING, PONG, call, check, endpoint, parse, progress};

#[tokio::test]
async fn who_says_nothing_before_answers_with_json() {
    check(&endpoint(), &call("quick"), "200 application/json\n{…done…}").await;
    check(&endpoint(), &call("pauses"), "200 application/json\n{…done…}").await;
    check(
        &endpoint(),
        &call("panics"),
        r#"200 application/json…{"code":-32603,"message":"internal error"}}"#,
    )
    .await;
}

#[tokio::test]
async fn who_says_something_before_answers_with_a_stream() {
    let expected = format!(
        "200 text/event-stream\n{}{}‖{}‖event: message\ndata: {{…fertig: ✓…}}\n\n",
        progress(1.0),
        progress(2.0),
        progress(3.0).replace(r#"3.0}"#, r#"3.0,"message":"weiter: ∞"}"#),
    );
    check(&endpoint(), &call("reports_slowly"), &expected).await;
}

#[tokio::test]
async fn what_was_said_before_an_answer_at_once_goes_out_with_it() {
    let expected = format!(
        "200 text/event-stream\n{}{}event: message\ndata: {{…done…}}\n\n",
        progress(1.0),
        progress(2.0)
    );
    check(&endpoint(), &call("reports"), &expected).await;
}

#[tokio::test]
async fn a_full_outbox_makes_the_handler_wait_and_nothing_is_lost() {
    let endpoint = endpoint().outbox_capacity(1);
    let expected = format!(
        "200 text/event-stream\n{}‖{}event: message\ndata: {{…done…}}\n\n",
        progress(1.0),
        progress(2.0)
    );
    check(&endpoint, &call("reports"), &expected).await;
}

#[tokio::test]
async fn an_error_after_the_stream_began_is_its_last_event() {
    let expected = format!(
        "200 text/event-stream\n{}‖event: message\ndata: {}\n\n",
        progress(1.0),
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"internal error"}}"#
    );
    check(&endpoint(), &call("fails_late"), &expected).await;
}

#[cfg(all(feature = "ask", feature = "macros"))]
#[tokio::test]
async fn a_question_is_never_a_request_on_a_stream() {
    /// Report, then ask
    #[minimcp::tool]
    async fn asks(progress: Progress, client: minimcp::Client) -> Result<String, minimcp::Error> {
        progress.report(1.0).await;
        client.elicit("Which word?").await
    }
    let server: MiniMcp = MiniMcp::new("http").handlers(minimcp::handlers![asks]);
    let request = call("asks").replace("{}}}}", r#"{"elicitation":{}}}}}"#);
    let expected = format!(
        "200 text/event-stream\n{}event: message\ndata: {}…\n\n",
        progress(1.0),
        r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":{"elicitation-1":{"method":"elicitation/create","params":…"requestState":"#
    );
    check(&Endpoint::streamable(server), &request, &expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive() {
    check(
        &endpoint(),
        &call("sleeps"),
        "200 text/event-stream\n:\n\n‖:\n\n‖event: message\ndata: {…done…}\n\n",
    )
    .await;
    let slower = endpoint().keep_alive(Duration::from_secs(30));
    check(
        &slower,
        &call("sleeps"),
        "200 text/event-stream\n:\n\n‖event: message\ndata: {…done…}\n\n",
    )
    .await;
    for never in [None, Some(Duration::ZERO)] {
        check(&endpoint().keep_alive(never), &call("sleeps"), "200 application/json\n{…done…}")
            .await;
    }
    check(
        &endpoint(),
        &format!("accept: application/json\n{}", call("sleeps")),
        "200 application/json\n{…done…}",
    )
    .await;
}

/// A server whose one tool reports progress and never ends; the receiver learns when the handler is gone.
fn hanging() -> (Endpoint<()>, oneshot::Receiver<()>) {
    let (sender, gone) = oneshot::channel::<()>();
    let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
    let tool = Tool::from_fn("hangs", move |_: Arguments, progress: Progress| {
        let guard = sender.lock().unwrap().take();
        async move {
            progress.report(1.0).await;
            pending::<()>().await;
            drop(guard);
            Ok::<_, String>("")
        }
    });
    let server = MiniMcp::new("hanging").idle_timeout(None);
    server.tools().add(tool).unwrap();
    (Endpoint::streamable(server), gone)
}

#[tokio::test]
async fn who_drops_the_body_drops_the_handler() {
    let (endpoint, gone) = hanging();
    let response = endpoint.answer(parse(&call("hangs"))).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    drop(response);
    gone.await.unwrap_err();
}

#[tokio::test]
async fn who_drops_the_request_drops_the_handler() {
    let (endpoint, gone) = hanging();
    let request = parse(&format!("accept: application/json\n{}", call("hangs")));
    tokio::select! {
        biased;
        _ = endpoint.answer(request) => unreachable!("it never answers"),
        () = std::future::ready(()) => (),
    }
    gone.await.unwrap_err();
}

#[tokio::test]
async fn calls_do_not_mix() {
    let endpoint = endpoint();
    let (reports, quick) = (call("reports_slowly"), call("quick"));
    let stream = format!(
        "200 text/event-stream\n{}…{}…{}…fertig: ✓…\n\n",
        progress(1.0),
        progress(2.0),
        r#""progress":3.0"#
    );
    let ping = format!("\n\n{PING}");
    let pong = format!("200 application/json\n{PONG}");
    tokio::join!(
        check(&endpoint, &reports, &stream),
        check(&endpoint, &quick, "200 application/json\n{…done…}"),
        check(&endpoint, "PUT", "405 …"),
        check(&endpoint, &reports, &stream),
        check(&endpoint, &ping, &pong),
    );
}

#[tokio::test]
async fn nobody_on_the_way_keeps_answers() {
    for (tool, expected) in [
        ("quick", [Some("no-store"), None]),
        ("reports", [Some("no-cache, no-transform"), Some("no")]),
        ("reports_slowly", [Some("no-cache, no-transform"), Some("no")]),
    ] {
        let response = endpoint().answer(parse(&call(tool))).await;
        let found = ["cache-control", "x-accel-buffering"]
            .map(|name| response.headers().get(name).map(|value| value.to_str().unwrap()));
        assert_eq!(found, expected, "{tool}");
    }
}
