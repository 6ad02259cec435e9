//! The rounds of 2026-07-28: what is remembered between them, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minimcp::{Client, Error, MiniMcp, Tool};
use serde::Deserialize;

use crate::handlers::{World, count};
use crate::wire::Over;
use crate::{ALL, check, check_requests, check_rounds, server};

#[derive(Deserialize, minimcp::schemars::JsonSchema)]
struct Nothing {}

/// A server with a tool that does something before it asks, and says how often it did.
fn effects() -> MiniMcp<World> {
    let server = MiniMcp::new("effects");
    let counter = Arc::<AtomicUsize>::default();
    let buy = Tool::from_fn("buy", move |_: Nothing, client: Client| {
        let counter = Arc::clone(&counter);
        async move {
            let first = client.once("a", || async { Ok::<_, Error>(count(&counter)) }).await?;
            let failed = client.once("b", || async { Err::<(), _>(count(&counter)) }).await;
            let name: String = client.elicit("Who?").await?;
            let second = client.once("c", || async { Ok::<_, Error>(count(&counter)) }).await?;
            let sure: bool = client.elicit("Sure?").await?;
            Ok::<_, Error>(format!("{name} {sure}: {first} {failed:?} {second}"))
        }
    });
    server.tools().add(buy).unwrap();
    server
}

#[tokio::test(start_paused = true)]
async fn a_step_runs_once_and_one_that_fails_again() {
    let server = effects();
    let lines = |said: &str| {
        format!(
            r#"
            → 1 tools/call {{"name":"buy"}}
            ← 1 asks elicitation-1=Who?
            → 2 again {{"elicitation-1":"Ann"}}
            ← 2 asks elicitation-2=Sure?
            → 3 again {{"elicitation-2":true}}
            ← 3 says Ann true: {said}
            "#
        )
    };
    for (over, said) in [(Over::Handle, "1 Err(5) 4"), (Over::Stdio, "6 Err(10) 9")] {
        let servers = std::slice::from_ref(&server);
        check(servers, over, "2026-07-28", ALL, &lines(said)).await;
    }
    let lines = r#"
        → 1 tools/call {"name":"buy"}
        ← 1 elicitation/create Who?
        → 1 answer "Ann"
        ← 2 elicitation/create Sure?
        → 2 answer true
        ← 1 says Ann true: 1 Err(2) 3
        "#;
    for over in [Over::Connection, Over::Stdio] {
        check(&[effects()], over, "2025-11-25", ALL, lines).await;
    }
}

/// A server whose handlers ask something else each time they run.
fn changing() -> MiniMcp<World> {
    let server = MiniMcp::new("changing").round_limit(3);
    let counter = Arc::<AtomicUsize>::default();
    let restless = Tool::from_fn("restless", {
        let counter = Arc::clone(&counter);
        move |_: Nothing, client: Client| {
            let question = format!("Take {}?", count(&counter) % 100);
            async move { client.elicit::<String>(question).await }
        }
    });
    // What is asked first changes with every run.
    let turning = Tool::from_fn("turning", move |_: Nothing, client: Client| {
        let run = count(&counter);
        async move {
            let mut words = Vec::new();
            for step in 0..2 {
                let key = ["a", "b"][(run + step) % 2];
                words.push(client.elicit::<String>(key).key(key).await?);
            }
            words.sort();
            Ok::<_, Error>(words.concat())
        }
    });
    server.tools().add(restless).unwrap();
    server.tools().add(turning).unwrap();
    server
}

#[tokio::test(start_paused = true)]
async fn a_question_that_changed_is_asked_again_and_not_for_ever() {
    let server = changing();
    for (over, [first, second, third, fourth]) in
        [(Over::Handle, [1, 2, 3, 4]), (Over::Stdio, [5, 6, 7, 8])]
    {
        let lines = format!(
            r#"
            → 1 tools/call {{"name":"restless"}}
            ← 1 asks elicitation-1=Take {first}?
            → 2 again {{"elicitation-1":"x"}}
            ← 2 asks elicitation-1=Take {second}?
            → 3 again {{"elicitation-1":"x"}}
            ← 3 asks elicitation-1=Take {third}?
            → 4 again {{"elicitation-1":"x"}}
            ← 4 error -32603 internal error
            "#
        );
        assert!(fourth > third);
        let servers = std::slice::from_ref(&server);
        check(servers, over, "2026-07-28", ALL, &lines).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_a_handler_that_sees_it_later() {
    let servers = [changing()];
    check(
        &servers,
        Over::Handle,
        "2026-07-28",
        ALL,
        r#"
        → 1 tools/call {"name":"turning"}
        ← 1 asks b=b
        → 2 again {"b":"B"}
        ← 2 asks a=a
        → 3 again {"a":"A"}
        ← 3 says AB
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_key_is_of_one_question() {
    let server = MiniMcp::new("keys");
    for (name, second, reply) in
        [("same", "A?", "asks it=A?"), ("other", "B?", "error -32603 internal error")]
    {
        let twice = move |_: Nothing, client: Client| async move {
            let asked = (client.elicit::<String>("A?"), client.elicit::<String>(second));
            let (a, b) = tokio::try_join!(asked.0.key("it"), asked.1.key("it"))?;
            Ok::<_, Error>(a + &b)
        };
        server.tools().add(Tool::from_fn(name, twice)).unwrap();
        let lines = format!("→ 1 tools/call {{\"name\":\"{name}\"}}\n← 1 {reply}");
        check_rounds(&server, &lines).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_client_answers_is_read_with_care() {
    for (answers, reply) in [
        // Nobody asked for this.
        (r#"{"other":"x","elicitation-2":"y"}"#, "asks elicitation-1=Who?"),
        (r#"{"elicitation-1":"Ann","other":5}"#, "asks elicitation-2=Row?"),
        (
            r#"{"elicitation-1":{"role":"assistant"}}"#,
            "asks elicitation-1=Who?  The last answer did not fit: missing field `action` at line 1 column 20",
        ),
        ("{}", "asks elicitation-1=Who?"),
    ] {
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"book"}}
                ← 1 asks elicitation-1=Who?
                → 2 again {answers}
                ← 2 {reply}
                "#
            ),
        )
        .await;
    }
    let wrong = "error -32602 `params.inputResponses` has to be an object";
    for (responses, reply) in [
        ("null", "asks elicitation-1=Who?"),
        ("5", wrong),
        ("[]", wrong),
        (r#""x""#, wrong),
        (
            r#"{"elicitation-1":null}"#,
            "asks elicitation-1=Who?  The last answer did not fit: invalid type: null, expected struct Response at line 1 column 4",
        ),
        // Without a state: then nothing was asked, and the answer is to what is asked now.
        (
            r#"{"elicitation-1":{"action":"accept","content":{"answer":"Ann"}}}"#,
            "asks elicitation-2=Row?",
        ),
    ] {
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"book","inputResponses":{responses}}}
                ← 1 {reply}
                "#
            ),
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn older_revisions_and_other_methods_have_no_rounds() {
    let answers = r#""inputResponses":{"elicitation-1":{"action":"accept","content":{"answer":"x"}}},"requestState":"x""#;
    check_requests(
        &server(),
        &format!(
            r#"
            → 1 tools/call {{"name":"book",{answers}}}
            ← 1 elicitation/create Who?
            → 1 error {{"code":-1,"message":"no"}}
            ← 1 fails the client refused: no
            "#
        ),
    )
    .await;
    for method in [
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "server/discover",
    ] {
        let lines = format!("→ 1 {method} {{{answers}}}\n← 1 says nothing");
        check_rounds(&server(), &lines).await;
    }
}

#[tokio::test]
async fn a_task_of_a_handler_ends_with_its_call() {
    struct Ended(Arc<AtomicUsize>);
    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let ended = Arc::<AtomicUsize>::default();
    let server = MiniMcp::new("tasks");
    let leave = Tool::from_fn("leave", {
        let ended = Arc::clone(&ended);
        move |_: Nothing, client: Client| {
            let (other, ended) = (client.clone(), Ended(Arc::clone(&ended)));
            async move {
                tokio::spawn(async move {
                    let _ended = ended;
                    other.elicit::<String>("Still there?").key("task").await
                });
                client.elicit::<String>("Well?").key("handler").await
            }
        }
    });
    server.tools().add(leave).unwrap();
    let lines = r#"
        → 1 tools/call {"name":"leave"}
        ← 1 asks handler=Well?
        → 2 again {"handler":"x"}
        ← 2 says x
        "#;
    let servers = std::slice::from_ref(&server);
    check(servers, Over::Handle, "2026-07-28", ALL, lines).await;
    assert_eq!(ended.load(Ordering::SeqCst), 2);
    let lines = r#"
        → 1 tools/call {"name":"leave"}
        ← 1 elicitation/create Well?
        ← 2 elicitation/create Still there?
        → 1 answer "x"
        ← 1 says x
        ← - notifications/cancelled {"requestId":2}
        "#;
    check(servers, Over::Connection, "2025-11-25", ALL, lines).await;
    assert_eq!(ended.load(Ordering::SeqCst), 3);

    // A handler that is done in the very moment in which its task begins to wait.
    let hurry = Tool::from_fn("hurry", {
        let ended = Arc::clone(&ended);
        move |_: Nothing, client: Client| {
            let (asks, asked) = tokio::sync::oneshot::channel();
            let ended = Ended(Arc::clone(&ended));
            async move {
                tokio::spawn(async move {
                    let _ended = ended;
                    asks.send("done").unwrap();
                    client.elicit::<String>("Still there?").await
                });
                asked.await
            }
        }
    });
    server.tools().add(hurry).unwrap();
    let lines = r#"
        → 1 tools/call {"name":"hurry"}
        ← 1 says done
        "#;
    check(&[server], Over::Handle, "2026-07-28", ALL, lines).await;
    assert_eq!(ended.load(Ordering::SeqCst), 4);
}
