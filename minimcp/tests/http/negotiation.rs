//! What clients send and what they take for an answer.

use crate::{PING, PONG, call, check, endpoint, progress, server};
use minimcp::http::Endpoint;

#[tokio::test]
async fn the_content_is_json() {
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json ; x=y",
    ] {
        check(&endpoint(), &format!("content-type: {kind}\n\n{PING}"), "200 …").await;
    }
    for kind in ["-", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        check(
            &endpoint(),
            &format!("content-type: {kind}\n\n{PING}"),
            "415 text/plain; charset=utf-8\nThe content type has to be application/json.\n",
        )
        .await;
    }
    check(&endpoint(), &format!("content-encoding: gzip\n\n{PING}"), "415 …").await;
}

#[tokio::test]
async fn any_sensible_accept_is_served() {
    let json = format!("200 application/json\n{PONG}");
    for accept in [
        "application/json, text/event-stream",
        "application/json\naccept: text/event-stream",
        "*/*",
        "application/*",
        "application/json",
        "APPLICATION/JSON ; q=0.1",
        "text/html, */*;q=0.8",
        "",
    ] {
        check(&endpoint(), &format!("accept: {accept}\n\n{PING}"), &json).await;
    }
    check(&endpoint(), &format!("\n\n{PING}"), &json).await;
    for accept in ["text/event-stream", "text/*", "*/*, application/json;q=0"] {
        let expected = format!("200 text/event-stream\nevent: message\ndata: {PONG}\n\n");
        check(&endpoint(), &format!("accept: {accept}\n\n{PING}"), &expected).await;
    }
    for accept in ["text/html", "application/json;q=0", "application/xml, image/*"] {
        check(
            &endpoint(),
            &format!("accept: {accept}\n\n{PING}"),
            "406 text/plain; charset=utf-8\nThe answer can only be application/json or text/event-stream.\n",
        )
        .await;
    }
}

#[tokio::test]
async fn who_takes_json_alone_gets_no_notifications() {
    let reports = call("reports_slowly");
    check(
        &endpoint(),
        &format!("accept: application/json\n{reports}"),
        "200 application/json\n{…fertig: ✓…}",
    )
    .await;

    let json = Endpoint::json(server());
    check(&json, &reports, "200 application/json\n{…fertig: ✓…}").await;
    check(&json, &format!("accept: text/event-stream\n{reports}"), "406 …").await;
}

#[tokio::test]
async fn who_takes_streams_alone_gets_a_stream_unless_the_request_is_refused() {
    let stream = "accept: text/event-stream\n";
    check(
        &endpoint(),
        &format!("{stream}{}", call("quick")),
        "200 text/event-stream\nevent: message\ndata: {…done…}\n\n",
    )
    .await;
    let expected = format!(
        "200 text/event-stream\n{}{}event: message\ndata: {{…done…}}\n\n",
        progress(1.0),
        progress(2.0)
    );
    check(&endpoint(), &format!("{stream}{}", call("reports")), &expected).await;
    check(&endpoint(), &format!("{stream}\nnonsense"), "400 application/json\n{…-32700…}").await;
    check(
        &endpoint(),
        &format!("{stream}{}", crate::modern("no/such", None, "")),
        "404 application/json\n{…-32601…}",
    )
    .await;
    check(
        &endpoint(),
        &format!("{stream}\n{}", r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
        "202",
    )
    .await;
}
