//! One message: what the server takes for JSON is what serde_json takes for JSON, and it means the same.

use minimcp::Outbox;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::server::server;
use crate::wire::{block_on, check_length, parsed};

pub(crate) fn run(bytes: &[u8]) {
    let reply = block_on(server().handle(bytes.to_vec(), Outbox::none(), ()));
    let refused = reply.error_code() == Some(-32700);
    let text = str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}'));
    let is_json = text.is_some_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    // The one difference that is meant: a name that is no text because of a half of a pair, where names are read.
    let half = text.is_some_and(|text| text.to_ascii_lowercase().contains("\\ud"));
    assert!(is_json != refused || (is_json && half), "JSON: {is_json}, refused: {refused}");

    let answer = reply.as_str().map(parsed);
    check_length(bytes.len(), reply.as_str().map_or(0, str::len));
    let Some(Ok(message)) = text.map(serde_json::from_str::<Value>) else { return };
    let method = message["method"].as_str();
    match answer {
        Some(answer) if answer["id"] != Value::Null => assert_eq!(answer["id"], message["id"]),
        Some(answer) => assert!(answer["error"].is_object(), "{answer}"),
        None if method.is_some() && message.get("id").is_some() => {
            panic!("a request was not answered")
        }
        None => (),
    }
}
