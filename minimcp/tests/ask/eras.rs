//! One handler, asked in either way.

use crate::{check_requests, check_rounds, server};

#[tokio::test(start_paused = true)]
async fn questions_one_after_the_other() {
    check_rounds(
        &server(),
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 asks elicitation-1=Who?
        → 2 again {"elicitation-1":"Ann"}
        ← 2 asks elicitation-2=Row?
        → 3 again {"elicitation-2":7}
        ← 3 says Ann in row 7
        "#,
    )
    .await;
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"book"}
        ← 1 elicitation/create Who?
        → 1 answer "Ann"
        ← 2 elicitation/create Row?
        → 2 answer 7
        ← 1 says Ann in row 7
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn questions_at_once_are_one_round() {
    check_rounds(
        &server(),
        r#"
        → 1 tools/call {"name":"both"}
        ← 1 asks b=B?, elicitation-1=A?
        → 2 again {"elicitation-1":"x","b":"y"}
        ← 2 says x y
        "#,
    )
    .await;
    // What is not answered is asked again, and what was answered is not.
    check_rounds(
        &server(),
        r#"
        → 1 tools/call {"name":"both"}
        ← 1 asks b=B?, elicitation-1=A?
        → 2 again {"b":"y"}
        ← 2 asks elicitation-1=A?
        → 3 again {"elicitation-1":"x"}
        ← 3 says x y
        "#,
    )
    .await;
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"both"}
        ← 1 elicitation/create A?
        ← 2 elicitation/create B?
        → 2 answer "y"
        → 1 answer "x"
        ← 1 says x y
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn prompts_and_resources_ask_as_tools_do() {
    check_rounds(
        &server(),
        r#"
        → 1 prompts/get {"name":"greet"}
        ← 1 asks elicitation-1=Who?
        → 2 again {"elicitation-1":"Ann"}
        ← 2 says Hello Ann
        → 3 resources/read {"uri":"book://emma"}
        ← 3 asks elicitation-1=Page?
        → 4 again {"elicitation-1":7}
        ← 4 says emma 7
        "#,
    )
    .await;
    check_requests(
        &server(),
        r#"
        → 1 prompts/get {"name":"greet"}
        ← 1 elicitation/create Who?
        → 1 answer "Ann"
        ← 1 says Hello Ann
        → 2 resources/read {"uri":"book://emma"}
        ← 2 elicitation/create Page?
        → 2 answer 7
        ← 2 says emma 7
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn users_may_refuse() {
    for (answer, said) in [
        (r#"{"action":"accept","content":{"answer":true}}"#, "yes"),
        (r#"{"action":"accept","content":{"answer":false}}"#, "no"),
        (r#"{"action":"decline"}"#, "declined"),
        (r#"{"action":"cancel","content":null}"#, "cancelled"),
    ] {
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"confirm"}}
                ← 1 asks elicitation-1=Sure?
                → 2 again {{"elicitation-1":{answer}}}
                ← 2 says {said}
                "#
            ),
        )
        .await;
        check_requests(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"confirm"}}
                ← 1 elicitation/create Sure?
                → 1 answer {answer}
                ← 1 says {said}
                "#
            ),
        )
        .await;
    }
    for (action, said) in [
        ("decline", "the user declined to answer"),
        ("cancel", "the user closed the question without an answer"),
    ] {
        check_requests(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"book"}}
                ← 1 elicitation/create Who?
                → 1 answer {{"action":"{action}"}}
                ← 1 fails {said}
                "#
            ),
        )
        .await;
    }
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"agree"}
        ← 1 elicitation/create Agreed?
        → 1 answer {"action":"accept"}
        ← 1 says agreed
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_fit_is_asked_for_again() {
    check_rounds(
        &server(),
        r#"
        → 1 tools/call {"name":"confirm"}
        ← 1 asks elicitation-1=Sure?
        → 2 again {"elicitation-1":"perhaps"}
        ← 2 asks elicitation-1=Sure?  The last answer did not fit: `answer` has to be of type boolean
        → 3 again {"elicitation-1":{"action":"accept"}}
        ← 3 asks elicitation-1=Sure?  The last answer did not fit: `answer` is missing
        → 4 again {"elicitation-1":true}
        ← 4 says yes
        "#,
    )
    .await;
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"confirm"}
        ← 1 elicitation/create Sure?
        → 1 answer "perhaps"
        ← 2 elicitation/create Sure?  The last answer did not fit: `answer` has to be of type boolean
        → 2 answer {"action":"accept","content":{}}
        ← 3 elicitation/create Sure?  The last answer did not fit: `answer` is missing
        → 3 answer null
        ← 1 fails the user's answers did not fit: `answer` is missing
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn models_and_folders_are_asked_in_either_way() {
    let said = r#"{"role":"assistant","model":"m","content":{"type":"text","text":"Hm"}}"#;
    let folders = r#"{"roots":[{"uri":"file:///a","name":"A"},{"uri":"file:///b"}]}"#;
    let strange = r#"{"roots":[{"uri":"https://a.example"}]}"#;
    for (tool, asked, method, answer, end) in [
        ("sample", "Think", "sampling/createMessage", said, "says Hm"),
        ("sample_context", "Recall", "sampling/createMessage", said, "says Hm"),
        ("roots", "", "roots/list", folders, "says A:file:///a-:file:///b"),
        (
            "roots",
            "",
            "roots/list",
            strange,
            "fails `https://a.example` cannot be a root: it is no file",
        ),
    ] {
        let key = format!("{}-1", method.split('/').next().unwrap());
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"{tool}"}}
                ← 1 asks {key}={asked}
                → 2 again {{"{key}":{answer}}}
                ← 2 {end}
                "#
            ),
        )
        .await;
        let question = format!("1 {method} {asked}");
        check_requests(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"{tool}"}}
                ← {}
                → 1 answer {answer}
                ← 1 {end}
                "#,
                question.trim_end()
            ),
        )
        .await;
    }
    let uses = r#"{"role":"assistant","model":"m","content":[{"type":"tool_use","id":"u","name":"t","input":{}}]}"#;
    check_requests(
        &server(),
        &format!(
            r#"
            → 1 tools/call {{"name":"sample_tools"}}
            ← 1 sampling/createMessage Use
            → 1 answer {uses}
            ← 1 says uses t
            "#
        ),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_sense_is_no_answer() {
    // From 2026-07-28 on the client has to come back anyway, and is asked again.
    for (tool, key, asked, good, end) in [
        (
            r#"{"name":"sample"}"#,
            "sampling-1",
            "Think",
            r#"{"role":"assistant","model":"m","content":{"type":"text","text":"Hm"}}"#,
            "says Hm",
        ),
        (r#"{"name":"roots"}"#, "roots-1", "", r#"{"roots":[]}"#, "says"),
        (
            r#"{"name":"page","arguments":{"url":"https://a.example/x"}}"#,
            "elicitation-1",
            "Log in",
            r#"{"action":"accept"}"#,
            "says Accepted(())",
        ),
    ] {
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {tool}
                ← 1 asks {key}={asked}
                → 2 again {{"{key}":{{"roles":5}}}}
                ← 2 asks {key}={asked}
                → 3 again {{"{key}":{good}}}
                ← 3 {end}
                "#
            ),
        )
        .await;
    }
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"roots"}
        ← 1 roots/list
        → 1 answer {"roots":5}
        ← 1 fails the client's list of roots makes no sense: invalid type: integer `5`, expected a sequence at line 1 column 10
        "#,
    )
    .await;
}

#[tokio::test]
async fn tasks_and_threads_of_a_handler_ask_as_well() {
    for (tool, asked) in [("spawned", "There?"), ("blocked", "Thread?")] {
        check_rounds(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"{tool}"}}
                ← 1 asks elicitation-1={asked}
                → 2 again {{"elicitation-1":"here"}}
                ← 2 says here
                "#
            ),
        )
        .await;
        check_requests(
            &server(),
            &format!(
                r#"
                → 1 tools/call {{"name":"{tool}"}}
                ← 1 elicitation/create {asked}
                → 1 answer "here"
                ← 1 says here
                "#
            ),
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_dropped_is_withdrawn() {
    check_rounds(
        &server(),
        r#"
        → 1 tools/call {"name":"fickle"}
        ← 1 says never mind
        → 2 tools/call {"name":"impatient"}
        ← 2 asks elicitation-1=Quick?
        "#,
    )
    .await;
    check_requests(
        &server(),
        r#"
        → 1 tools/call {"name":"fickle"}
        ← 1 elicitation/create Or?
        ← - notifications/cancelled {"requestId":1}
        ← 1 says never mind
        → 2 tools/call {"name":"impatient"}
        ← 2 elicitation/create Quick?
        ← - notifications/cancelled {"requestId":2}
        ← 2 says too late
        → 2 answer "at last"
        "#,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn completions_ask_nobody() {
    let complete = r#"
        → 1 completion/complete {"ref":{"type":"ref/prompt","name":"completed"},"argument":{"name":"word","value":""},"inputResponses":{"elicitation-1":{"action":"accept","content":{"answer":"x"}}}}
        ← 1 error -32603 Error completing word: the client cannot be asked here: its connection carries no requests of the server
        "#;
    check_rounds(&server(), complete).await;
    check_requests(&server(), complete).await;
}
