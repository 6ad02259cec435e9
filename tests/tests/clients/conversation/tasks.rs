//! Calls that become tasks, which the newest revision alone has.

use rmcp::model::CallToolResponse;
use serde_json::{Value, json};

use super::connection::Conversation;
use super::{parsed, plain};

pub(super) async fn call_becomes_a_task(conversation: &mut Conversation) {
    let arguments = json!({ "seconds": 0.01, "label": "pi" });
    let task = begin(conversation, "slow_compute", arguments).await;
    let ended = state(conversation, &task, "completed").await;
    assert_eq!(ended["result"]["content"][0]["text"], "Computed pi for 0.01 s.", "{ended}");
}

pub(super) async fn questions_of_a_task_are_answered(conversation: &mut Conversation) {
    let task = begin(conversation, "multi_input", json!({})).await;
    let asks = state(conversation, &task, "input_required").await;
    let questions = asks["inputRequests"].as_object().unwrap();
    assert_eq!(questions.len(), 2, "{asks}");
    let answers: serde_json::Map<_, _> = questions
        .iter()
        .map(|(key, question)| {
            let name = match question["params"]["message"].as_str().unwrap() {
                "Who is the first?" => "Ann",
                "Who is the second?" => "Bob",
                other => panic!("{other} is not a question"),
            };
            (key.clone(), json!({ "action": "accept", "content": { "name": name } }))
        })
        .collect();
    let params = json!({ "taskId": task, "inputResponses": answers });
    conversation.client.update_task(parsed(params)).await.unwrap();
    let ended = state(conversation, &task, "completed").await;
    assert_eq!(ended["result"]["content"][0]["text"], "Ann and Bob", "{ended}");
}

pub(super) async fn cancelled_task_ends(conversation: &mut Conversation) {
    let task = begin(conversation, "slow_compute", json!({ "seconds": 3600 })).await;
    conversation.client.cancel_task(parsed(json!({ "taskId": task }))).await.unwrap();
    state(conversation, &task, "cancelled").await;
}

/// Calls a tool that becomes a task, and gives its id.
async fn begin(conversation: &Conversation, tool: &str, arguments: Value) -> String {
    let params = conversation.params(tool, arguments);
    match conversation.client.call_tool_once(params).await.unwrap() {
        CallToolResponse::Task(task) => plain(&task)["taskId"].as_str().unwrap().to_owned(),
        other => panic!("a task is expected, not {other:?}"),
    }
}

/// The task once it is in a state; the client asks again and again.
async fn state(conversation: &Conversation, task: &str, status: &str) -> Value {
    loop {
        let params = parsed(json!({ "taskId": task }));
        let task = plain(&conversation.client.get_task(params).await.unwrap());
        if task["status"] == status {
            return task;
        }
        assert!(
            ["working", "input_required"].contains(&task["status"].as_str().unwrap()),
            "{task}"
        );
    }
}
