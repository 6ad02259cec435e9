//! What a handler is given besides arguments: the call, the scope, progress, and time.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minimcp::{
    Call, Cancel, FromScope, MiniMcp, Outbox, Progress, Reported, Scope, handlers, tool,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::wire::{ALL, Client, LEGACY, V, ask, assert_matches, error, read, text};

/// Who calls, and what was kept of earlier calls.
#[derive(Clone)]
struct Session {
    user: &'static str,
    kept: Arc<Mutex<Option<(Progress, Cancel)>>>,
}

struct User(&'static str);

impl FromScope<Session> for User {
    fn from_scope(session: &Session) -> Self {
        Self(session.user)
    }
}

struct Guest(Option<&'static str>);

impl FromScope<Session> for Guest {
    fn from_scope(session: &Session) -> Self {
        Self(Some(session.user).filter(|user| !user.is_empty()))
    }
}

/// Say who is there
#[tool]
async fn whoami(user: Scope<User>, guest: Scope<Guest>, call: Call) -> String {
    format!("{} {:?} {}", user.0.0, guest.0.0, call.id())
}

/// Report these values, with a pause before each
#[tool]
async fn report(values: Vec<f64>, pause: Option<u64>, progress: Progress) -> Vec<String> {
    let mut reported = Vec::new();
    for value in values {
        sleep(Duration::from_secs(pause.unwrap_or(0))).await;
        reported.push(format!("{:?}", progress.report(value).await));
    }
    reported
}

/// Report with everything
#[tool]
async fn report_all(progress: Progress) -> Vec<String> {
    let only = progress.report(1.0).await;
    let total = progress.report(2.0).total(4.0).await;
    let message = progress.report(3.0).message("प्रगति\n✓").await;
    let both = progress.report(4.0).total(4.0).message("done").await;
    [only, total, message, both].iter().map(|reported| format!("{reported:?}")).collect()
}

/// Keep the handles of this call
#[tool]
async fn keep(
    session: Scope<Session>,
    progress: Progress,
    cancel: Cancel,
    fail: bool,
) -> Result<bool, &'static str> {
    *session.0.kept.lock().unwrap() = Some((progress, cancel.clone()));
    if fail { Err("failed") } else { Ok(cancel.is_cancelled()) }
}

/// Keep alive for some seconds
#[tool]
async fn work(seconds: u64, call: Call) -> &'static str {
    for _ in 0..seconds {
        sleep(Duration::from_secs(1)).await;
        call.keep_alive();
    }
    "done"
}

fn server() -> MiniMcp<Session> {
    MiniMcp::new("test")
        .idle_timeout(Duration::from_millis(1500))
        .handlers(handlers![whoami, report, report_all, keep, work])
}

fn session(user: &'static str) -> Session {
    Session { user, kept: Arc::default() }
}

async fn call(revision: V, name: &str, arguments: Value, meta: Value) -> (Value, Vec<Value>) {
    let params = json!({ "name": name, "arguments": arguments, "_meta": meta });
    ask(&server(), session("ada"), revision, "tools/call", params).await
}

fn progress(params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
}

#[tokio::test]
async fn x1_x4_a_handler_is_given_the_parts_of_the_scope_that_it_names() {
    for (user, said) in [("ada", r#"ada Some("ada") 7"#), ("", " None 7")] {
        let params = json!({ "name": "whoami" });
        let (answer, _) = ask(&server(), session(user), V::LATEST, "tools/call", params).await;
        assert_matches(&answer, &text(said), user);
    }
}

#[tokio::test]
async fn x3_handles_that_outlive_their_call_do_nothing() {
    for fail in [false, true] {
        let session = session("ada");
        let params = json!({ "name": "keep", "arguments": { "fail": fail }, "_meta": { "progressToken": 1 } });
        let (outbox, mut inbox) = Outbox::channel(4);
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        server().handle(message.to_string(), outbox, session.clone()).await;
        let (progress, cancel) = session.kept.lock().unwrap().take().unwrap();
        assert!(cancel.is_cancelled());
        assert_eq!(progress.report(9.0).await, Reported::Closed);
        assert_eq!(inbox.try_recv(), None);
    }
}

#[tokio::test]
async fn x5_a_call_inside_a_call_has_its_own_context() {
    /// Ask another tool who is there, in another name
    #[tool]
    async fn ask_whoami(
        server: Scope<MiniMcp<Session>>,
        call: Call,
    ) -> Result<String, minimcp::Error> {
        let inner = server.0.tools().call("whoami", json!({}), session("bob")).await?;
        Ok(format!("{} in {}", inner.to_text(), call.id()))
    }
    let outer = MiniMcp::<MiniMcp<Session>>::new("outer").handlers(handlers![ask_whoami]);
    let params = json!({ "name": "ask_whoami" });
    let (answer, _) = ask(&outer, server(), V::LATEST, "tools/call", params).await;
    assert_matches(&answer, &text(r#"bob Some("bob")  in 7"#), "a call inside a call");
}

#[tokio::test(start_paused = true)]
async fn x7_calls_at_once_have_their_own_context() {
    let mut calls = tokio::task::JoinSet::new();
    for user in ["ada", "bob", "eve"] {
        calls.spawn(async move {
            let client = Client::new(&server(), session(user), V::LATEST).await;
            let params = json!({ "name": "whoami" });
            let (answer, _) = client.ask(json!(user), "tools/call", params).await;
            assert_matches(&answer, &text(&format!("{user} Some({user:?}) {user:?}")), user);
        });
    }
    calls.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn l1_l2_l5_signs_of_life_move_the_deadline() {
    for (name, arguments) in [
        ("work", json!({ "seconds": 20 })),
        ("report", json!({ "values": [1, 2, 3, 4, 5], "pause": 1 })),
        ("report", json!({ "values": [] })),
    ] {
        let (answer, _) = call(V::LATEST, name, arguments, json!({ "progressToken": "t" })).await;
        assert_matches(&answer, &json!({ "result": { "isError": null } }), name);
    }
}

#[tokio::test(start_paused = true)]
async fn l4_g1_silence_is_cut_and_told() {
    for revision in ALL {
        let arguments = json!({ "values": [1], "pause": 2 });
        let (answer, _) = call(*revision, "report", arguments, json!({})).await;
        assert_matches(&answer, &error(-32603, "1500 ms"), "silence");
    }
}

#[tokio::test]
async fn n2_n4_without_a_token_nothing_is_sent_and_nothing_fails() {
    for meta in [
        json!({}),
        json!({ "progressToken": null }),
        json!({ "progressToken": { "a": 1 } }),
        json!({ "progressToken": 1.5 }),
        json!({ "progressToken": true }),
        json!({ "progress": { "progressToken": 1 } }),
    ] {
        let (answer, sent) = call(V::LATEST, "report", json!({ "values": [1, 2] }), meta).await;
        assert_matches(&answer, &text(r#"["NotAsked","NotAsked"]"#), "no token");
        assert_eq!(sent, Vec::<Value>::new());
    }
    let params =
        json!({ "name": "report", "arguments": { "values": [1] }, "meta": { "progressToken": 1 } });
    let (_, sent) = ask(&server(), session("ada"), V::LATEST, "tools/call", params).await;
    assert_eq!(sent, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn n4_a_report_that_nobody_asked_for_is_still_a_sign_of_life() {
    let arguments = json!({ "values": [1, 2, 3], "pause": 1 });
    let (answer, _) = call(V::LATEST, "report", arguments, json!({})).await;
    assert_matches(&answer, &json!({ "error": null }), "three seconds of work");
}

#[tokio::test]
async fn n3_n9_reports_carry_the_token_and_what_was_given() {
    for token in [json!("t"), json!(7), json!(0), json!("")] {
        let meta = json!({ "progressToken": token });
        let (answer, sent) = call(V::LATEST, "report_all", json!({}), meta).await;
        assert_matches(&answer, &text(r#"["Sent","Sent","Sent","Sent"]"#), "all are sent");
        assert_eq!(
            sent,
            [
                progress(json!({ "progressToken": token, "progress": 1.0 })),
                progress(json!({ "progressToken": token, "progress": 2.0, "total": 4.0 })),
                progress(json!({ "progressToken": token, "progress": 3.0, "message": "प्रगति\n✓" })),
                progress(
                    json!({ "progressToken": token, "progress": 4.0, "total": 4.0, "message": "done" })
                ),
            ]
        );
    }
    let (_, sent) =
        call(V::V2024_11_05, "report_all", json!({}), json!({ "progressToken": 1 })).await;
    assert!(sent.iter().all(|report| report["params"].get("message").is_none()), "{sent:?}");
}

#[tokio::test]
async fn n5_progress_increases_or_is_not_sent() {
    let arguments = json!({ "values": [0, 0, -1, 1e300, 5] });
    let meta = json!({ "progressToken": 1 });
    for revision in LEGACY {
        let (answer, sent) = call(*revision, "report", arguments.clone(), meta.clone()).await;
        let reported = r#"["Sent","NotIncreasing","NotIncreasing","Sent","NotIncreasing"]"#;
        assert_matches(&answer, &text(reported), "reports");
        let values: Vec<_> = sent.iter().map(|report| &report["params"]["progress"]).collect();
        assert_eq!(values, [&json!(0.0), &json!(1e300)]);
    }
}

#[tokio::test]
async fn n7_calls_at_once_report_under_their_own_tokens() {
    let mut calls = tokio::task::JoinSet::new();
    for token in 0..5 {
        calls.spawn(async move {
            let arguments = json!({ "values": [1, 2, 3] });
            let meta = json!({ "progressToken": token });
            let (_, sent) = call(V::LATEST, "report", arguments, meta).await;
            assert_eq!(sent.len(), 3);
            assert!(sent.iter().all(|report| report["params"]["progressToken"] == token));
        });
    }
    calls.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn n8_a_listener_that_goes_away_does_not_stop_the_call() {
    let params = json!({ "name": "report", "arguments": { "values": [1, 2, 3], "pause": 1 }, "_meta": { "progressToken": 1 } });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let (outbox, mut inbox) = Outbox::channel(1);
    let server = server();
    let mut answer = pin!(server.handle(message.to_string(), outbox, session("ada")));
    tokio::select! {
        reply = &mut answer => panic!("{reply:?}"),
        sent = inbox.recv() => assert!(sent.is_some()),
    }
    drop(inbox);
    let answer = answer.await;
    judge::sent(None, &message.to_string(), answer.as_str().unwrap());
    let expected = text(r#"["Sent","Closed","Closed"]"#);
    assert_matches(&read(answer.as_str().unwrap()), &expected, "nobody listens");
}

#[tokio::test(start_paused = true)]
async fn n1_n10_a_slow_reader_holds_the_reports_up_and_loses_none() {
    let (outbox, mut inbox) = Outbox::channel(1);
    let params = json!({ "name": "report", "arguments": { "values": [1, 2, 3] }, "_meta": { "progressToken": 1 } });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let server = server();
    let reading = async {
        let mut values = Vec::new();
        while let Some(sent) = inbox.recv().await {
            sleep(Duration::from_millis(300)).await;
            let sent = std::str::from_utf8(&sent).unwrap();
            judge::sent(None, &message.to_string(), sent);
            values.push(read(sent)["params"]["progress"].clone());
        }
        values
    };
    let handled = server.handle(message.to_string(), outbox, session("ada"));
    let (answer, values) = tokio::join!(handled, reading);
    assert_eq!(values, [json!(1.0), json!(2.0), json!(3.0)]);
    judge::sent(None, &message.to_string(), answer.as_str().unwrap());
    let expected = text(r#"["Sent","Sent","Sent"]"#);
    assert_matches(&read(answer.as_str().unwrap()), &expected, "a slow reader");
}
