//! The arguments of a call: a handler gets what serde would have read, or the call fails.

use minimcp::Outbox;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::server::{Nested, Shape, server};
use crate::wire::{block_on, parsed};

/// What the parameters of `kinds` are to serde.
#[derive(Deserialize)]
struct Kinds {
    flag: bool,
    count: i64,
    #[serde(default = "seven")]
    small: u8,
    ratio: Option<f64>,
    text: String,
    word: Option<String>,
    list: Option<Vec<i32>>,
    shape: Option<Shape>,
    nested: Option<Nested>,
}

fn seven() -> u8 {
    7
}

pub(crate) fn run(bytes: &[u8]) {
    let Ok(arguments) = str::from_utf8(bytes) else { return };
    // Only what is one value: anything else would be another message.
    if serde_json::from_str::<&RawValue>(arguments).is_err() {
        return;
    }
    if let Some(answer) = call("echo", &format!("{{\"value\":{arguments}}}")) {
        match serde_json::from_str::<Value>(arguments) {
            Ok(value) if !value.is_null() => {
                assert_eq!(answer, Ok(value.to_string()), "{arguments}")
            }
            Ok(_) => (),
            Err(_) => assert!(answer.is_err(), "{arguments}"),
        }
    }
    let Some(answer) = call("kinds", arguments) else { return };
    let Ok(k) = serde_json::from_str::<Kinds>(arguments) else { return };
    let fits = |word: &String| {
        (1..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let expected = serde_json::to_string(&(
        k.flag, k.count, k.small, k.ratio, &k.text, &k.word, &k.list, &k.shape, &k.nested,
    ));
    match k.word.as_ref().is_none_or(fits) {
        true => assert_eq!(answer, Ok(expected.unwrap()), "{arguments}"),
        false => assert!(answer.is_err(), "{arguments}"),
    }
}

/// The text of a result, or of an error. `None` if the call did not come to the tool.
fn call(tool: &str, arguments: &str) -> Option<Result<String, String>> {
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    let reply = block_on(server().handle(message, Outbox::none(), ()));
    let mut answer = parsed(reply.as_str().expect("a request is answered"));
    let result = answer["result"].take();
    let text = result["content"][0]["text"].as_str()?.to_owned();
    Some(match result["isError"].as_bool() {
        Some(true) => Err(text),
        _ => Ok(text),
    })
}
