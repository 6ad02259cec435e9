//! What a client of any revision has to see.

use serde_json::json;

use super::connection::{Conversation, WATCHED};

pub(super) async fn model_is_asked(conversation: &mut Conversation) {
    let text = conversation.text("test_sampling", json!({ "prompt": "how are you?" })).await;
    assert_eq!(text, "LLM response: Well, how are you?");
}

pub(super) async fn roots_are_asked_for(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_list_roots", json!({})).await;
    assert_eq!(text, r#"["file:///home/ann"]"#);
}

pub(super) async fn form_is_accepted_declined_and_cancelled(conversation: &mut Conversation) {
    for (message, answer) in [
        (
            "Who are you?",
            r#"accept, content=Account { username: "ann", email: "ann@example.com" }"#,
        ),
        ("decline", "decline, content=none"),
        ("cancel", "cancel, content=none"),
    ] {
        let text = conversation.text("test_elicitation", json!({ "message": message })).await;
        assert_eq!(text, format!("User response: action={answer}"));
    }
}

pub(super) async fn one_question_follows_the_other(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_multi_round", json!({})).await;
    assert_eq!(text, "Ann likes blue.");
}

pub(super) async fn three_questions_are_asked_at_once(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_multiple_inputs", json!({})).await;
    assert_eq!(text, "Ann: Well, Generate a greeting. (1 roots)");
}

pub(super) async fn work_before_a_question_is_done_once(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_request_state", json!({})).await;
    assert_eq!(text, "state-ok: true");
}

pub(super) async fn log_is_heard_from_a_level_on(conversation: &mut Conversation) {
    conversation.log_from("info").await;
    assert_eq!(conversation.text("test_tool_with_logging", json!({})).await, "done");
    let expected = ["Tool execution started", "Tool processing data", "Tool execution completed"];
    for data in expected {
        let (method, params) = conversation.heard.recv().await.expect("a message for the log");
        assert_eq!(
            (method, &params["level"], &params["data"]),
            ("log", &json!("info"), &json!(data))
        );
    }
    conversation.log_from("error").await;
    assert_eq!(conversation.text("test_tool_with_logging", json!({})).await, "done");
    // Whatever was to be heard comes before this.
    assert_eq!(conversation.text("test_simple_text", json!({})).await.len(), 43);
    assert!(conversation.heard.try_recv().is_err(), "the log is not wanted any more");
}

pub(super) async fn lists_and_a_resource_are_followed_until_they_are_not(
    conversation: &mut Conversation,
) {
    conversation.follow().await;
    let params = conversation.until("updated", "change_watched_resource").await;
    assert_eq!(params["uri"], WATCHED);
    conversation.until("tools", "test_trigger_tool_change").await;
    // All comes in order: once this is heard, nothing of the above is under way.
    conversation.until("prompts", "test_trigger_prompt_change").await;
    conversation.unfollow().await;
    if conversation.modern() {
        return;
    }
    assert_eq!(conversation.text("change_watched_resource", json!({})).await, "told");
    assert_eq!(conversation.text("test_trigger_tool_change", json!({})).await, "told");
    loop {
        match conversation.heard.recv().await.expect("lists are told of").0 {
            "tools" => break,
            method => assert_eq!(method, "prompts"),
        }
    }
}

/// Where streams can be resumed, this one breaks after the first step.
pub(super) async fn progress_arrives_in_order(conversation: &mut Conversation) {
    assert_eq!(conversation.text("test_tool_with_progress", json!({})).await, "done");
    for step in [0.0, 50.0, 100.0] {
        let (method, params) = conversation.heard.recv().await.expect("progress");
        assert_eq!((method, &params["progress"]), ("progress", &json!(step)));
    }
}

pub(super) async fn answer_is_fetched_later(conversation: &mut Conversation) {
    let text = conversation.text("test_reconnection", json!({})).await;
    assert_eq!(text, "The client came back.");
}

pub(super) async fn cancelled_call_ends(conversation: &mut Conversation) {
    for _ in 0..2 {
        let call = conversation.start("wait_alone", json!({ "seconds": 3600 })).await;
        assert_eq!(conversation.heard.recv().await.expect("progress").0, "progress");
        call.cancel(Some("not needed".to_owned())).await.unwrap();
    }
    // It would wait for those before it.
    assert_eq!(conversation.text("wait_alone", json!({ "seconds": 0 })).await, "waited");
}
