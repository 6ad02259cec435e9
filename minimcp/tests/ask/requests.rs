//! Requests to clients of revisions up to 2025-11-25: what becomes of them when things go wrong.

use std::time::Duration;

use crate::wire::Over;
use crate::{ALL, check, check_requests, server};

#[tokio::test(start_paused = true)]
async fn ids_are_never_used_again_and_strange_answers_are_ignored() {
    check_requests(
        &server(),
        r#"
        → 1 answer "early"
        → 7 error {"code":1,"message":"x"}
        → 1 tools/call {"name":"confirm"}
        → 2 tools/call {"name":"confirm"}
        ← 1 elicitation/create Sure?
        ← 2 elicitation/create Sure?
        → "1" answer true
        → 3 answer true
        → 2 answer true
        ← 2 says yes
        → 2 answer false
        → 1 answer false
        ← 1 says no
        → 1 tools/call {"name":"confirm"}
        ← 3 elicitation/create Sure?
        → 1 answer true
        → 3 answer true
        ← 1 says yes
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_may_refuse_or_make_no_sense() {
    for (reply, said) in [
        (r#"error {"code":-32603,"message":"busy"}"#, "the client refused: busy"),
        ("error {}", "the client refused:"),
        ("error 5", "the client's answer makes no sense"),
    ] {
        let lines = format!(
            "→ 1 tools/call {{\"name\":\"book\"}}\n← 1 elicitation/create Who?\n→ 1 {reply}\n← 1 fails {said}"
        );
        check_requests(&server(), &lines).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_too_long_is_told() {
    let server = server().answer_timeout(Duration::from_secs(60));
    check_requests(
        &server,
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        * 59
        → 1 answer "Ann"
        ← 2 elicitation/create Row?
        ← - notifications/cancelled {"requestId":2}
        ← 1 fails the client did not answer in time
        → 2 answer 7
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_withdraws_its_question() {
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        → - notifications/cancelled {"requestId":1}
        ← - notifications/cancelled {"requestId":1}
        → 1 answer "Ann"
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_is_not_waited_for() {
    let lines = r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        * end
        ← - notifications/cancelled {"requestId":1}
        ← 1 fails the client went away without an answer
        "#;
    // Much less time than a call may take to end: none at all.
    let before = tokio::time::Instant::now();
    check(&[server()], Over::Stdio, "2025-11-25", ALL, lines).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_people_is_not_silent() {
    let server = server().idle_timeout(Duration::from_secs(5));
    check_requests(
        &server,
        r#"
        → 1 tools/call {"name":"silent"}
        ← 1 elicitation/create Who?
        * 100
        → 1 answer "Ann"
        ← 1 error -32603 the call was stopped: nothing was heard of it for 5000 ms
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_people_keeps_nobody_out() {
    let server = server().concurrency(1).queue(0);
    check_requests(
        &server,
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        → 2 tools/call {"name":"quick"}
        ← 2 says quick
        → 3 tools/call {"name":"book"}
        ← 2 elicitation/create Who?
        → 2 answer "Eve"
        ← 3 elicitation/create Row?
        → 1 answer "Ann"
        ← 4 elicitation/create Row?
        → 3 answer 3
        ← 3 says Eve in row 3
        → 4 answer 4
        ← 1 says Ann in row 4
        → 4 tools/call {"name":"quick"}
        ← 4 says quick
        "#,
    )
    .await;
    // Whoever gives up waiting has a place again, and gives it back at its end.
    check_requests(
        &server,
        r#"
        → 1 tools/call {"name":"impatient"}
        ← 1 elicitation/create Quick?
        ← - notifications/cancelled {"requestId":1}
        ← 1 says too late
        → 2 tools/call {"name":"quick"}
        ← 2 says quick
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn there_is_a_bound_on_open_questions() {
    let server = server().question_limit(1);
    check_requests(
        &server,
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        → 2 tools/call {"name":"book"}
        ← 2 error -32603 asking clients is busy and its queue is full; try again later
        → 1 answer "Ann"
        ← 2 elicitation/create Row?
        → 2 answer 1
        ← 1 says Ann in row 1
        "#,
    )
    .await;
}
