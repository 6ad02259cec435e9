//! rmcp and the conformance server: the server asks, tells and is interrupted.
#![allow(deprecated, reason = "what the newest revision has given up is used with the older ones")]

mod checks;
mod connection;
mod listener;
mod tasks;

use std::time::Duration;

use rmcp::model::ProtocolVersion;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::connection::Conversation;
use crate::relay::Relay;
use crate::server::Server;

/// Long enough for any machine: a server that hangs has to fail a check, not to hang the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the server is.
pub(crate) enum Place {
    Stdio,
    Http(Relay),
}

/// Runs all checks, each with a connection of its own. The last one that is named was the one that failed.
pub(crate) async fn all(place: Place, revision: ProtocolVersion) {
    let (url, relay) = match &place {
        Place::Stdio => (None, None),
        Place::Http(relay) => (Some(relay.url()), Some(relay)),
    };
    let mut conversations = 0;
    macro_rules! run {
        ($($module:ident :: $check:ident)*) => {$(
            let name = format!("{} {revision} {}", url.unwrap_or("stdio"), stringify!($check));
            println!("{name}");
            let check = async {
                let mut conversation = Conversation::open(url, &revision).await;
                $module::$check(&mut conversation).await;
                conversation.close().await;
            };
            tokio::time::timeout(PATIENCE, check).await.expect(&name);
            conversations += 1;
            println!("{name}: ok");
        )*};
    }
    run! {
        checks::model_is_asked
        checks::roots_are_asked_for
        checks::log_is_heard_from_a_level_on
        checks::lists_and_a_resource_are_followed_until_they_are_not
        checks::progress_arrives_in_order
        checks::answer_is_fetched_later
        checks::cancelled_call_ends
    }
    if revision == ProtocolVersion::V_2026_07_28 {
        run! {
            tasks::call_becomes_a_task
            tasks::questions_of_a_task_are_answered
            tasks::cancelled_task_ends
        }
    }
    // There were no forms before.
    if revision >= ProtocolVersion::V_2025_06_18 {
        run! {
            checks::form_is_accepted_declined_and_cancelled
            checks::one_question_follows_the_other
            checks::three_questions_are_asked_at_once
            checks::work_before_a_question_is_done_once
        }
    }
    if let Some(relay) = relay {
        let ends = if revision.has_initialize() { conversations } else { 0 };
        assert_eq!(relay.count("delete /mcp "), ends, "{revision}: sessions that the client ended");
        // The stream that the relay broke, and the one that the server ended before its answer was there.
        let resumed = if revision == ProtocolVersion::V_2025_11_25 { 2 } else { 0 };
        assert_eq!(relay.count("last-event-id:"), resumed, "{revision}: streams that went on");
    }
}

/// A session that the server has forgotten ends without a word to the user of the client.
pub(crate) async fn begins_a_new_session(server: Server) {
    let url = server.url().to_owned();
    let conversation = Conversation::open(Some(&url), &ProtocolVersion::V_2025_11_25).await;
    let (tool, text) = ("test_sampling", "LLM response: Well, again?");
    assert_eq!(conversation.text(tool, json!({ "prompt": "again?" })).await, text);
    let _server = server.conformance_again().await;
    assert_eq!(conversation.text(tool, json!({ "prompt": "again?" })).await, text);
    conversation.close().await;
}

fn plain<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("what was received can be sent")
}

/// What is written in a test as JSON, in the type that rmcp has for it.
#[track_caller]
fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
