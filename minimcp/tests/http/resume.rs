//! Coming back for the rest of a stream.

use std::time::Duration;

use minimcp::http::{LocalEvents, Scoped, Sessions};

use crate::dialog::{Step, call, in_session, initialize, replicas, replicas_with, talk};
use crate::progress;

const BEGUN: &str = "200 application/json {id1}\n…";
const STREAM: &str = "200 text/event-stream";
const FIRST: &str = "id: {s1}.0\nretry: 1000\ndata: \n\n";
const GONE: &str = "400 text/plain; charset=utf-8\nThere is no such stream…";

async fn check(servers: &[Scoped<String>], steps: &[Step<'_>]) {
    talk(servers, steps).await;
}

/// Comes back in the first session for what followed an event of the first stream.
fn after(event: &str) -> String {
    format!("GET\nmcp-session-id: {{id1}}\nlast-event-id: {event}")
}

/// An event of the first stream with progress.
fn reported(number: u8, value: f64) -> String {
    format!("id: {{s1}}.{number}\n{}", progress(value))
}

fn waited(number: u8, text: &str) -> String {
    format!(
        "id: {{s1}}.{number}\nevent: message\ndata: {{\"jsonrpc\":\"2.0\",\"id\":7,…\"text\":\"{text}\"…}}\n\n"
    )
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_broke_is_read_to_its_end() {
    let (one, two, end) = (reported(1, 1.0), reported(2, 2.0), waited(3, "waited"));
    check(
        &replicas::<2>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0 as a", &call(7, "waits"), STREAM),
            ("a", "", &format!("{FIRST}{one}")),
            ("drop a", "", ""),
            // Before the rest is there, at another server.
            ("1 as b", &after("{s1}.0"), STREAM),
            ("b", "", &one),
            ("1 as c", &after("{s1}.1"), STREAM),
            ("c", "", ":\n\n"),
            // It is read once at a time.
            ("b", "", "end"),
            ("0", &call(8, "release"), "200 …released…"),
            ("c", "", &format!("{two}{end}")),
            ("c", "", "end"),
            // And when all of it is there.
            ("0", &after("{s1}.0"), &format!("{STREAM}\n{one}{two}{end}")),
            ("0", &after("{s1}.2"), &format!("{STREAM}\n{end}")),
            ("0", &after("{s1}.3"), &format!("{STREAM}\n:\n\n")),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_stream_that_was_read_can_be_read_again() {
    let (one, end) = (reported(1, 1.0), waited(2, "reported"));
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &call(7, "reports"), &format!("{STREAM}\n{FIRST}{one}{end}")),
            ("0", &after("{s1}.0"), &format!("{STREAM}\n{one}{end}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn only_streams_have_ids() {
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &call(1, "client"), "200 application/json\n{…}"),
            (
                "0",
                &format!("accept: application/json\n{}", call(1, "reports")),
                "200 application/json\n{…}",
            ),
            (
                "0",
                &format!("accept: text/event-stream\n{}", call(1, "client")),
                &format!("{STREAM}\n{FIRST}id: {{s1}}.1\nevent: message\ndata: {{…}}\n\n"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn streams_of_other_revisions_have_no_ids() {
    let plain = format!("{STREAM}\n{}event: message\ndata: {{…reported…}}\n\n", progress(1.0));
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18"] {
        let plain = match revision {
            "2024-11-05" => format!("{STREAM}\nevent: message\ndata: …reported…"),
            _ => plain.clone(),
        };
        let steps: [Step<'_>; 2] =
            [("0", &initialize(revision), BEGUN), ("0", &call(7, "reports"), &plain)];
        check(&replicas::<1>(&Sessions::new()), &steps).await;
    }
    let steps: [Step<'_>; 3] = [
        ("0", &initialize("2025-11-25"), BEGUN),
        ("0", &format!("mcp-session-id: {{id1}}\n{}", crate::call("reports")), &plain),
        (
            "0",
            &call(7, "reports")
                .replace("mcp-session-id: {id1}", "mcp-protocol-version: 2025-11-25"),
            &plain,
        ),
    ];
    check(&replicas::<1>(&Sessions::new()), &steps).await;
    check(
        &replicas::<1>(&Sessions::new().without_events()),
        &[steps[0], ("0", &call(7, "reports"), &plain), ("0", &after("x.0"), GONE)],
    )
    .await;
}

#[tokio::test]
async fn a_stream_is_of_one_session_and_one_principal() {
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &initialize("2025-11-25"), "200 application/json {id2}\n…"),
            ("0", &call(7, "reports"), &format!("{STREAM}\n{FIRST}…")),
            ("0", "GET\nmcp-session-id: {id2}\nlast-event-id: {s1}.0", GONE),
            ("0", &format!("{}\nx-user: bob", after("{s1}.0")), "404 …"),
            ("0", &after("{s1}"), GONE),
            ("0", &after("{s1}x.0"), GONE),
            ("0", &after("ä"), GONE),
            ("0", &after("../x.0"), GONE),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_lets_its_client_come_back_later() {
    let (one, two, end) = (reported(1, 1.0), reported(2, 2.0), waited(3, "waited, true"));
    check(
        &replicas::<2>(&Sessions::new().retry(Duration::from_secs(1))),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &call(7, "bakes"), &format!("{STREAM}\n{FIRST}{one}retry: 500\n\n")),
            ("1 as a", &after("{s1}.1"), STREAM),
            ("a", "", ":\n\n"),
            ("0", &call(8, "release"), "200 …released…"),
            ("a", "", &format!("{two}{end}")),
            ("a", "", "end"),
        ],
    )
    .await;
    // Where nobody can come back, nothing happens.
    for revision in ["2025-06-18", "2025-11-25"] {
        let sessions = Sessions::new();
        let sessions = if revision == "2025-11-25" { sessions.without_events() } else { sessions };
        check(
            &replicas::<1>(&sessions),
            &[
                ("0", &initialize(revision), BEGUN),
                ("0 as a", &call(7, "bakes"), STREAM),
                ("a", "", &progress(1.0)),
                ("0", &call(8, "release"), "200 …released…"),
                ("a", "", &format!("{}event: message\ndata: …waited, false…", progress(2.0))),
                ("a", "", "end"),
            ],
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_client_can_be_cancelled() {
    let cancelled =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
    check(
        &replicas::<2>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0 as a", &call(7, "waits"), STREAM),
            ("a", "", "…"),
            ("drop a", "", ""),
            ("0 as b", &after("{s1}.1"), STREAM),
            ("b", "", ":\n\n"),
            ("1", &in_session("{id1}", cancelled), "202"),
            ("b", "", "end"),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive() {
    let every = |seconds| {
        replicas_with::<1>(&Sessions::new(), move |endpoint| {
            endpoint.keep_alive(Duration::from_secs(seconds))
        })
    };
    check(
        &every(12),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0 as a", &call(7, "finished"), STREAM),
            ("a", "", &format!("{FIRST}:\n\n")),
            ("a", "", ":\n\n"),
            ("drop a", "", ""),
            ("0 as b", &after("{s1}.0"), STREAM),
            ("b", "", ":\n\n"),
            // The call says nothing for 30 seconds.
            ("b", "", "id: {s1}.1\nevent: message\ndata: …stopped…"),
            ("b", "", "end"),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_is_bounded() {
    let second = "200 text/event-stream\nid: {s2}.0\n…";
    let sessions = Sessions::new().events(LocalEvents::new().streams(1));
    check(
        &replicas::<1>(&sessions),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &call(7, "reports"), &format!("{STREAM}\n{FIRST}…")),
            ("0", &call(7, "reports"), second),
            ("0", &after("{s1}.0"), GONE),
            ("0", &after("{s2}.1"), "200 text/event-stream\nid: {s2}.2\n…"),
        ],
    )
    .await;
    let sessions = Sessions::new().event_lifetime(Duration::ZERO);
    check(
        &replicas::<1>(&sessions),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &call(7, "reports"), &format!("{STREAM}\n{FIRST}…")),
            ("0", &after("{s1}.0"), GONE),
        ],
    )
    .await;
}
