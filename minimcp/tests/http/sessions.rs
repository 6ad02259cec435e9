//! Sessions: what their ids hold, who may use them, how they end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use minimcp::http::{Endpoint, Legacy, LocalSessions, Sessions, streamable};
use minimcp::{MiniMcp, SealKey};

use crate::dialog::{Step, call, call_in, in_session, initialize, replicas, replicas_with, talk};
use crate::{Answers, PING, PONG, call as modern_call, fits, parse, render};

const BEGUN: &str = "200 application/json {id1}\n…";
const GONE: &str = r#"404 application/json
{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"there is no such session…"}}"#;
const NONE: &str = "404 text/plain; charset=utf-8\n…";

async fn check(servers: &[impl Answers], steps: &[Step<'_>]) {
    talk(servers, steps).await;
}

fn ping(session: &str) -> String {
    in_session(session, PING)
}

#[tokio::test]
async fn any_server_with_the_keys_serves_a_session() {
    let begin = initialize("2025-06-18");
    let client = r#"200 application/json
{…tester speaks 2025-06-18, roots: true…}"#;
    let notified = in_session("{id1}", r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let mut servers = replicas::<3>(&Sessions::new()).to_vec();
    check(
        &servers,
        &[
            ("0", &begin, "200 application/json {id1}\n…\"capabilities\":{\"logging\":{},…"),
            ("1", &notified, "202"),
            ("2", &call(1, "client"), client),
            ("0", &format!("mcp-protocol-version: 2025-03-26\n{}", call(2, "client")), client),
            ("1", &format!("mcp-protocol-version: 2099-01-01\n{}", call(3, "client")), "400 …"),
        ],
    )
    .await;
    // One that did not see the beginning, while the one that did is gone.
    let after: [Step<'_>; 2] = [("0", &begin, BEGUN), ("1", &call(1, "client"), client)];
    let (first, second) = (servers.remove(0), servers.remove(0));
    check(&[first, second], &after).await;
}

#[tokio::test]
async fn a_server_without_the_keys_knows_nothing_of_a_session() {
    let [one] = replicas::<1>(&Sessions::new());
    let [other] = replicas::<1>(&Sessions::new());
    let steps: [Step<'_>; 2] =
        [("0", &initialize("2025-11-25"), BEGUN), ("1", &ping("{id1}"), GONE)];
    check(&[one, other], &steps).await;
}

#[tokio::test]
async fn a_server_of_another_name_knows_nothing_of_a_session() {
    let key = SealKey::generate();
    let named = |name: &str| {
        let server: MiniMcp<String> = MiniMcp::new(name).seal_keys([key.clone()]);
        Endpoint::streamable(server).legacy(Sessions::new()).with_scope("alice".to_owned())
    };
    let steps: [Step<'_>; 3] = [
        ("0", &initialize("2025-11-25"), BEGUN),
        ("0", &ping("{id1}"), &format!("200 application/json\n{PONG}")),
        ("1", &ping("{id1}"), GONE),
    ];
    check(&[named("one"), named("other")], &steps).await;
}

#[tokio::test]
async fn a_session_is_for_its_principal_alone() {
    let bob = |request: &str| format!("x-user: bob\n{request}");
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &bob(&ping("{id1}")), GONE),
            ("0", "GET\nx-user: bob\nmcp-session-id: {id1}", NONE),
            ("0", "DELETE\nx-user: bob\nmcp-session-id: {id1}", NONE),
            ("0", &ping("{id1}"), &format!("200 application/json\n{PONG}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_no_id_of_a_session_is_refused() {
    let id = |id: &str| ping(id);
    let answer = r#"{"jsonrpc":"2.0","id":5,"result":{}}"#;
    let notified = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &id("{id1}x"), GONE),
            ("0", &id("A{id1}"), GONE),
            ("0", &id("stale"), GONE),
            ("0", &id(""), GONE),
            ("0", &id("ä"), GONE),
            ("0", &format!("mcp-session-id: {{id1}}\n{}", id("stale")), GONE),
            ("0", &in_session("stale", answer), "404 application/json…-32600…"),
            ("0", &in_session("stale", notified), "404"),
            ("0", "GET\nmcp-session-id: stale", NONE),
            ("0", "DELETE\nmcp-session-id: stale", NONE),
            // It is not looked at where it means nothing, or where a new one begins.
            (
                "0",
                &format!("mcp-session-id: stale\n{}", modern_call("client")),
                "200 application/json\n…",
            ),
            (
                "0",
                &in_session("stale", initialize("2025-11-25").trim()),
                "200 application/json {id2}\n…",
            ),
            ("0", &ping("{id2}"), &format!("200 application/json\n{PONG}")),
            // Nor does anybody begin a session under an id that somebody else has already.
            (
                "0",
                &in_session("{id1}", initialize("2025-11-25").trim()),
                "200 application/json {id3}\n…",
            ),
            ("0", "DELETE\nmcp-session-id: {id3}", "204"),
            ("0", &id("{id3}"), GONE),
            ("0", &id("{id1}"), &format!("200 application/json\n{PONG}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn who_names_no_session_is_served_without() {
    let set_level =
        r#"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"debug"}}"#;
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &format!("\n\n{PING}"), &format!("200 application/json\n{PONG}")),
            ("0", &format!("\n\n{set_level}"), "200 application/json…-32601…"),
            ("0", "GET", "400 text/plain; charset=utf-8\n…Mcp-Session-Id…"),
            ("0", "DELETE", "400 text/plain; charset=utf-8\n…Mcp-Session-Id…"),
            ("0", "PUT", "405 text/plain; charset=utf-8 GET, POST, DELETE\n…"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_ends_when_the_client_says_so() {
    check(
        &replicas::<2>(&Sessions::new()),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &initialize("2025-11-25"), "200 application/json {id2}\n…"),
            ("0 as calling", &call(7, "waits"), "200 text/event-stream"),
            ("0 as listening", "GET\nmcp-session-id: {id1}", "200 text/event-stream"),
            ("calling", "", "…\"progress\":1.0…"),
            ("listening", "", ":\n\n"),
            ("1", "DELETE\nmcp-session-id: {id1}", "204"),
            ("calling", "", "end"),
            ("listening", "", "end"),
            ("0", &ping("{id1}"), GONE),
            ("0", "GET\nmcp-session-id: {id1}", NONE),
            ("0", "DELETE\nmcp-session-id: {id1}", NONE),
            ("0", &ping("{id2}"), &format!("200 application/json\n{PONG}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_expires() {
    let sessions = Sessions::new().lifetime(Duration::ZERO);
    let steps: [Step<'_>; 2] =
        [("0", &initialize("2025-11-25"), BEGUN), ("0", &ping("{id1}"), GONE)];
    check(&replicas::<1>(&sessions), &steps).await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_session_expires() {
    let sessions = Sessions::new().lifetime(Duration::from_secs(60));
    check(
        &replicas_with::<1>(&sessions, |endpoint| endpoint.keep_alive(Duration::from_secs(40))),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0 as a", "GET\nmcp-session-id: {id1}", "200 text/event-stream"),
            ("a", "", ":\n\n"),
            ("a", "", ":\n\n"),
            ("a", "", "end"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_chooses_what_it_sees_of_the_log() {
    let set_level = |session: &str, level: &str| {
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{{"level":"{level}"}}}}"#
        );
        in_session(session, &message)
    };
    let set = format!("200 application/json\n{PONG}");
    let loud =
        "200 text/event-stream\nevent: message\ndata: …loud…\n\nevent: message\ndata: …logged…";
    let quiet =
        "200 text/event-stream\nevent: message\ndata: …quiet…\n\nevent: message\ndata: …loud…";
    check(
        &replicas::<2>(&Sessions::new()),
        &[
            ("0", &initialize("2025-06-18"), BEGUN),
            ("0", &initialize("2025-06-18"), "200 application/json {id2}\n…"),
            ("0", &call(1, "logs"), loud),
            ("0", &set_level("{id1}", "debug"), &set),
            ("1", &call(2, "logs"), quiet),
            ("1", &call_in("{id2}", 2, "logs"), loud),
            ("1", &set_level("{id1}", "loud"), "200 application/json…-32602…"),
            ("1", &set_level("{id1}", "emergency"), &set),
            ("0", &call(3, "logs"), "200 application/json\n…logged…"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_remembered_is_an_error() {
    struct Broken;
    impl minimcp::http::SessionStore for Broken {
        fn load<'a>(
            &'a self,
            _: &'a str,
        ) -> minimcp::BoxFuture<'a, Result<minimcp::http::SessionState, minimcp::Error>> {
            Box::pin(async { Ok(minimcp::http::SessionState::default()) })
        }
        fn change<'a>(
            &'a self,
            _: &'a str,
            _: minimcp::http::SessionChange,
            _: Duration,
        ) -> minimcp::BoxFuture<'a, Result<(), minimcp::Error>> {
            Box::pin(async { Err(minimcp::Error::internal("secret")) })
        }
    }
    let set_level =
        r#"{"jsonrpc":"2.0","id":"a","method":"logging/setLevel","params":{"level":"debug"}}"#;
    check(
        &replicas::<1>(&Sessions::new().store(Broken)),
        &[
            ("0", &initialize("2025-06-18"), BEGUN),
            (
                "0",
                &in_session("{id1}", set_level),
                "200 application/json\n{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":-32603,\"message\":\"internal error\"}}",
            ),
            ("0", "DELETE\nmcp-session-id: {id1}", "503 text/plain; charset=utf-8\n…"),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_is_cancelled_from_its_own_session_alone() {
    let cancel = |session: &str, id: &str| {
        in_session(
            session,
            &format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#
            ),
        )
    };
    let (own, typed) = (cancel("{id1}", "7"), cancel("{id1}", "\"7\""));
    for revision in ["2025-06-18", "2025-11-25"] {
        let begin = initialize(revision);
        check(
            &replicas::<2>(&Sessions::new()),
            &[
                ("0", &begin, BEGUN),
                ("0", &begin, "200 application/json {id2}\n…"),
                ("0 as a", &call(7, "waits"), "200 text/event-stream"),
                ("0 as b", &call_in("{id2}", 7, "waits"), "200 text/event-stream"),
                ("a", "", "…\"progress\":1.0…"),
                ("b", "", "…\"progress\":1.0…"),
                ("1", &typed, "202"),
                ("1", &format!("\n\n{}", own.split_once("\n\n").unwrap().1), "202"),
                ("1", &own, "202"),
                ("a", "", "end"),
                ("b", "", ":\n\n"),
                ("0", &call(8, "release"), "200 …released…"),
                ("b", "", "…\"progress\":2.0…waited…"),
                ("b", "", "end"),
            ],
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_cancels_nothing() {
    for revision in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        check(
            &replicas::<1>(&Sessions::new()),
            &[
                ("0", &initialize(revision), BEGUN),
                ("0 as a", &call(7, "waits"), "200 text/event-stream"),
                ("a", "", "…\"progress\":1.0…"),
                ("drop a", "", ""),
                ("0", &call(8, "release"), "200 …released…"),
                ("0", &call(9, "finished"), "200 …\"text\":\"finished\"…"),
            ],
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_given_up_cancels_nothing() {
    let [server] = replicas::<1>(&Sessions::new());
    let begun = server.answer(parse(&initialize("2025-06-18"))).await;
    let id = begun.headers()["mcp-session-id"].to_str().unwrap();
    let request = |request: String| parse(&request.replace("{id1}", id));
    tokio::select! {
        biased;
        _ = server.respond(request(format!("accept: application/json\n{}", call(7, "waits")))) => {
            unreachable!("it waits")
        }
        () = std::future::ready(()) => (),
    }
    for tool in ["release", "finished"] {
        let response = server.respond(request(call(8, tool))).await;
        let response = render(response.map(axum::body::Body::new)).await;
        assert!(fits(&response, "200 application/json\n…\"text\":\"…ed\"…"), "{response}");
    }
}

#[tokio::test]
async fn a_client_hears_on_one_stream_at_a_time() {
    let get = |more: &str| format!("GET\nmcp-session-id: {{id1}}\n{more}");
    check(
        &replicas::<2>(&Sessions::new().open_streams(2)),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &get("accept: application/json"), "406 …text/event-stream…"),
            (
                "0",
                &get("mcp-protocol-version: 2026-07-28"),
                "405 text/plain; charset=utf-8 POST\n…",
            ),
            ("0", &get("mcp-protocol-version: 2099-01-01"), "400 …"),
            ("0 as a", &get("accept: text/event-stream"), "200 text/event-stream"),
            ("a", "", ":\n\n"),
            ("1 as b", &get("mcp-protocol-version: 2025-11-25"), "200 text/event-stream"),
            ("b", "", ":\n\n"),
            ("0", &get(""), "503 …"),
            ("a", "", "end"),
            ("drop b", "", ""),
            ("0 as c", &get(""), "200 text/event-stream"),
        ],
    )
    .await;
}

#[tokio::test]
async fn batches_are_of_the_revision_of_the_session() {
    let batch = format!(r#"[{PING},{{"jsonrpc":"2.0","method":"notifications/initialized"}}]"#);
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &initialize("2025-03-26"), BEGUN),
            ("0", &initialize("2025-06-18"), "200 application/json {id2}\n…"),
            ("0", &in_session("{id1}", &batch), &format!("200 application/json\n[{PONG}]")),
            ("0", &in_session("{id2}", &batch), "400 application/json…-32600…"),
            ("0", &in_session("stale", &batch), "404 application/json\n[…-32600…]"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_a_client_says_of_itself_fits_into_an_id() {
    let introduce = |capabilities: usize, name: usize| {
        format!(
            "\n\n{}",
            format_args!(
                r#"{{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"2025-06-18","capabilities":{{"roots":{{}},"x":"{}"}},"clientInfo":{{"name":"{}","version":"1"}}}}}}"#,
                "x".repeat(capabilities),
                "n".repeat(name)
            )
        )
    };
    let unknown = "200 application/json\n…\" speaks 2025-06-18, roots: true…";
    check(
        &replicas::<1>(&Sessions::new()),
        &[
            ("0", &introduce(10, 5000), BEGUN),
            ("0", &call(1, "client"), unknown),
            ("0", &introduce(5000, 1), "200 application/json\n…-32602…4096 bytes…"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_forgotten_session_is_as_new() {
    let sessions = Sessions::new().store(LocalSessions::new().capacity(1));
    check(
        &replicas::<1>(&sessions),
        &[
            ("0", &initialize("2025-11-25"), BEGUN),
            ("0", &initialize("2025-11-25"), "200 application/json {id2}\n…"),
            ("0", "DELETE\nmcp-session-id: {id1}", "204"),
            ("0", &ping("{id1}"), GONE),
            ("0", "DELETE\nmcp-session-id: {id2}", "204"),
            ("0", &ping("{id2}"), GONE),
            ("0", &ping("{id1}"), &format!("200 application/json\n{PONG}")),
        ],
    )
    .await;
}

#[tokio::test]
async fn routes_and_endpoints_have_sessions_unless_they_are_told() {
    let app: Router = Router::new().route("/mcp", streamable(crate::server()));
    let steps: [Step<'_>; 5] = [
        ("0", &initialize("2025-11-25"), BEGUN),
        ("0 as a", "GET\nmcp-session-id: {id1}", "200 text/event-stream"),
        ("a", "", ":\n\n"),
        ("0", "DELETE\nmcp-session-id: {id1}", "204"),
        ("0", &ping("{id1}"), GONE),
    ];
    check(&[app], &steps).await;
    check(&[crate::endpoint()], &steps).await;
    let no_stream = "405 text/plain; charset=utf-8 POST, DELETE\n…";
    let steps: [Step<'_>; 4] = [
        ("0", &initialize("2025-11-25"), BEGUN),
        ("0", &call(1, "reports"), "200 application/json\n{…}"),
        ("0", "GET\nmcp-session-id: {id1}", no_stream),
        ("0", "DELETE\nmcp-session-id: {id1}", "204"),
    ];
    check(&[Endpoint::json(crate::server()).legacy(Sessions::new())], &steps).await;
    for endpoint in [
        Endpoint::json(crate::server()),
        Endpoint::streamable(crate::server()).legacy(Legacy::Stateless),
    ] {
        let steps: [Step<'_>; 3] = [
            ("0", &initialize("2025-11-25"), "200 application/json\n{…}"),
            ("0", &ping("stale"), &format!("200 application/json\n{PONG}")),
            ("0", "GET\nmcp-session-id: stale", "405 text/plain; charset=utf-8 POST\n…"),
        ];
        check(&[endpoint], &steps).await;
    }
}

#[tokio::test]
async fn a_session_hears_of_changes() {
    let ask = |method: &str, uri: &str| {
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"resources/{method}","params":{{"uri":"{uri}"}}}}"#
        );
        in_session("{id1}", &message)
    };
    let done = format!("200 application/json\n{PONG}");
    let event = |message: &str| {
        format!(
            "event: message\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/{message}}}\n\n"
        )
    };
    let (tools, note) = (event(r#"tools/list_changed""#), |number: u8| {
        event(&format!(r#"resources/updated","params":{{"uri":"note://{number}"}}"#))
    });
    let (get, touch) = ("GET\nmcp-session-id: {id1}", call(2, "touch"));
    let (one, two) = (note(1), note(2));
    let store = Arc::new(LocalSessions::new());
    let announced = r#"200 application/json {id1}
…"tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true}…"#;
    check(
        // As two processes are, that share nothing but the store, the keys and the bus.
        &replicas_with::<2>(&Sessions::new(), |endpoint| {
            endpoint.legacy(Sessions::new().store(Arc::clone(&store)))
        }),
        &[
            ("0", &initialize("2025-06-18"), announced),
            ("0", &initialize("2025-06-18"), "200 application/json {id2}\n…"),
            // Before anybody listens nothing is kept.
            ("0", &touch, "200 …touched…"),
            ("0", &ask("subscribe", "note://1"), &done),
            ("0 as a", get, "200 text/event-stream"),
            ("1 as other", "GET\nmcp-session-id: {id2}", "200 text/event-stream"),
            ("a", "", ":\n\n"),
            ("1", &touch, "200 …touched…"),
            ("a", "", &tools),
            ("a", "", &one),
            // At another process, so that what changed before the stream hears of it is not lost.
            ("1", &ask("subscribe", "note://2"), &done),
            ("a", "", &two),
            // At the same process.
            ("0", &ask("unsubscribe", "note://1"), &done),
            ("0", &ask("subscribe", "note://1"), &done),
            ("0", &touch, "200 …touched…"),
            ("a", "", &tools),
            ("a", "", &one),
            ("1", &ask("unsubscribe", "note://1"), &done),
            ("0", &call_in("{id2}", 2, "touch"), "200 …touched…"),
            ("a", "", &tools),
            ("other", "", ":\n\n"),
            ("other", "", &tools),
            ("0", "DELETE\nmcp-session-id: {id1}", "204"),
            ("0", "DELETE\nmcp-session-id: {id2}", "204"),
            ("a", "", "end"),
            ("other", "", "end"),
            ("0", &ask("subscribe", "none"), "404 …"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_follows_so_many_resources() {
    let subscribe = |uri: &str| {
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{{"uri":"{uri}"}}}}"#
        );
        in_session("{id1}", &message)
    };
    let server = crate::server().followed_resources(1);
    let done = format!("200 application/json\n{PONG}");
    let steps: [Step<'_>; 5] = [
        ("0", &initialize("2025-11-25"), BEGUN),
        ("0", &subscribe("note://1"), &done),
        ("0", &subscribe("note://1"), &done),
        ("0", &subscribe("note://2"), "200 application/json…-32603…too many…"),
        ("0", &subscribe("other://2"), "200 application/json…-32002…"),
    ];
    check(&[Endpoint::streamable(server)], &steps).await;
}

#[cfg(feature = "ask")]
#[tokio::test]
async fn a_client_is_asked_and_answers_anywhere() {
    // Its answer has the id of the question, which the server made up.
    let answer = in_session(
        "{id1}",
        r#"{"jsonrpc":"2.0","id":"{q1}","result":{"action":"accept","content":{"answer":"cake"}}}"#,
    );
    let foreign = answer.replace("{id1}", "{id2}").replace("cake", "poison");
    for revision in ["2025-06-18", "2025-11-25"] {
        for server in ["0", "1"] {
            check(
                &replicas::<2>(&Sessions::new()),
                &[
                    ("0", &initialize(revision), BEGUN),
                    ("0", &initialize(revision), "200 application/json {id2}\n…"),
                    ("0 as a", &call(7, "asks"), "200 text/event-stream"),
                    ("a", "", r#"…"id":"{q1}","method":"elicitation/create"…Which word?…"#),
                    (server, &foreign, "202"),
                    (server, &answer, "202"),
                    ("a", "", r#"…"id":7,…the word is cake…"#),
                    ("a", "", "end"),
                ],
            )
            .await;
        }
    }
}
