//! Prompts: registered, listed, written, removed.

use std::collections::BTreeMap;

use minimcp::{Call, Content, GetPromptResult, Message, MiniMcp, Prompt, Role, handlers, prompt};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::wire::{ALL, LEGACY, V, ask, assert_matches, check, error};

/// Greet somebody
#[prompt]
async fn greet(
    /// Whom to greet
    name: &str,
    /// How often
    #[arg(default = 1)]
    times: u8,
) -> String {
    format!("Greet {name} {times} times.")
}

/// Greet somebody, from a thread of its own
#[prompt(blocking)]
fn greet_blocking(name: &str) -> String {
    format!("Greet {name}.")
}

/// Ask for advice
#[prompt(
    name = "advice",
    title = "सलाह",
    description = "Asks for advice: 助言",
    meta("com.example/topic" = "any")
)]
async fn ask_for_advice() -> &'static str {
    "What should I do? 🤔"
}

#[prompt]
async fn undocumented() -> [Message; 0] {
    []
}

#[derive(Deserialize, JsonSchema)]
struct Part {
    text: String,
}

/// Join parts
#[prompt]
async fn join(parts: Vec<Part>, last: Option<Part>) -> String {
    parts.into_iter().chain(last).map(|part| part.text).collect()
}

/// Talk
#[prompt]
async fn talk() -> Vec<Message> {
    vec![Message::user("Hello"), Message::assistant("Yes?"), Message::user("Bye")]
}

/// Give a mixture
#[prompt]
async fn mixture() -> (String, Message, Content) {
    ("a".into(), Message::assistant("b"), Content::image(vec![1, 2, 3], "image/png"))
}

/// Give a text list
#[prompt]
async fn texts() -> Vec<&'static str> {
    vec!["a", "b"]
}

/// Give a whole result
#[prompt]
async fn whole() -> GetPromptResult {
    GetPromptResult::new([Message::user("a")]).description("mine").meta("com.example/x", 1)
}

/// Fail
#[prompt]
async fn fail() -> Result<String, std::num::ParseIntError> {
    "x".parse::<i32>().map(|number| number.to_string())
}

/// Fail on a thread of its own
#[prompt(blocking)]
fn fail_blocking() -> Result<String, std::num::ParseIntError> {
    "x".parse::<i32>().map(|number| number.to_string())
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![
        greet,
        greet_blocking,
        ask_for_advice,
        undocumented,
        join,
        talk,
        mixture,
        texts,
        whole,
        fail,
        fail_blocking,
    ])
}

fn listed(name: &str) -> Value {
    let prompts = server().prompts().list();
    prompts.iter().find(|prompt| prompt.prompt_name() == name).unwrap().to_json()
}

async fn check_get(prompt: &str, arguments: Value, expected: Value) {
    let params = json!({ "name": prompt, "arguments": arguments });
    check(&server(), ALL, "prompts/get", params, expected).await;
}

/// The pattern of messages, each of one text.
fn messages(messages: &[(&str, &str)]) -> Value {
    let message = |(role, text): &(&str, &str)| json!({ "role": role, "content": { "type": "text", "text": text } });
    json!({ "result": { "messages": messages.iter().map(message).collect::<Vec<_>>() } })
}

#[test]
fn p2_p4_a_prompt_is_listed_with_what_was_said_of_it() {
    assert_eq!(
        listed("greet"),
        json!({
            "name": "greet", "description": "Greet somebody",
            "arguments": [
                { "name": "name", "description": "Whom to greet", "required": true },
                { "name": "times", "description": "How often", "required": false },
            ],
        })
    );
    assert_eq!(listed("undocumented"), json!({ "name": "undocumented" }));
    let at_run_time = Prompt::<()>::of::<greet>()
        .name("hi")
        .title("Hi")
        .description("Says hi")
        .meta("com.example/x", 1);
    assert_matches(
        &at_run_time.to_json(),
        &json!({ "name": "hi", "title": "Hi", "description": "Says hi", "_meta": { "com.example/x": 1 } }),
        "the options at run time",
    );
}

#[test]
fn p3_optional_and_complex_parameters_are_arguments() {
    let arguments = json!([
        { "name": "parts", "description": null, "required": true },
        { "name": "last", "description": null, "required": false },
    ]);
    assert_matches(&listed("join"), &json!({ "arguments": arguments }), "join");
}

#[test]
fn p5_a_name_is_registered_once() {
    let server = server();
    let again = server.prompts().add(Prompt::of::<greet>()).unwrap_err();
    assert_eq!(again.to_string(), "prompt greet already registered");
    assert!(server.prompts().add(Prompt::of::<talk>().name("greet")).is_err());
    assert!(server.prompts().add(Prompt::of::<greet>().name("Greet")).is_ok());
}

#[tokio::test]
async fn p7_p9_a_text_becomes_one_message_of_the_user() {
    let expected = messages(&[("user", "Greet Ada 2 times.")]);
    check_get("greet", json!({ "name": "Ada", "times": "2" }), expected).await;
    check_get("greet", json!({ "name": "Ada" }), messages(&[("user", "Greet Ada 1 times.")])).await;
    check_get("greet_blocking", json!({ "name": "Ada" }), messages(&[("user", "Greet Ada.")]))
        .await;
    let description = json!({ "result": { "description": "Greet somebody" } });
    check_get("greet", json!({ "name": "Ada" }), description).await;
    let closure = |names: BTreeMap<String, String>, _: Call| async move {
        Ok::<_, String>(names.into_values().collect::<String>())
    };
    let server = server();
    server.prompts().add(Prompt::from_fn("closure", closure)).unwrap();
    let params = json!({ "name": "closure", "arguments": { "a": "x" } });
    check(&server, ALL, "prompts/get", params, messages(&[("user", "x")])).await;
}

#[tokio::test]
async fn p8_p21_prompts_come_and_go() {
    let server: MiniMcp = MiniMcp::new("test");
    let prompts = server.prompts();
    assert!(prompts.list().is_empty());
    check(&server, LEGACY, "prompts/list", json!({}), json!({ "result": { "prompts": [] } })).await;
    prompts.add(Prompt::of::<greet>()).unwrap();
    prompts.add(Prompt::of::<talk>()).unwrap();
    let both = json!({ "result": { "prompts": [{ "name": "greet" }, { "name": "talk" }] } });
    check(&server, ALL, "prompts/list", json!({}), both).await;
    let params = json!({ "name": "greet", "arguments": { "name": "Ada" } });
    check(&server, ALL, "prompts/get", params.clone(), json!({ "result": {} })).await;
    assert_eq!(prompts.remove("greet").unwrap().prompt_name(), "greet");
    check(&server, ALL, "prompts/get", params, error(-32602, "Unknown prompt: greet")).await;
    assert_eq!(prompts.remove("greet").unwrap_err().to_string(), "Unknown prompt: greet");
    assert_eq!(prompts.list().len(), 1);
}

#[tokio::test]
async fn p10_an_unknown_prompt_is_invalid() {
    check_get("nonsense", json!({}), error(-32602, "Unknown prompt: nonsense")).await;
    check(&server(), ALL, "prompts/get", json!({}), error(-32602, "`params.name`")).await;
}

#[tokio::test]
async fn p11_missing_arguments_are_named() {
    let problem = "Missing required arguments: name.";
    check_get("greet", json!({}), error(-32602, problem)).await;
    check_get("greet", json!({ "times": "2" }), error(-32602, problem)).await;
}

#[tokio::test]
async fn p12_arguments_have_types() {
    for times in [json!(5), json!("5")] {
        let expected = messages(&[("user", "Greet Ada 5 times.")]);
        check_get("greet", json!({ "name": "Ada", "times": times }), expected).await;
    }
    for times in [json!("x"), json!("256"), json!(-1), json!([])] {
        let arguments = json!({ "name": "Ada", "times": times });
        check_get("greet", arguments, error(-32602, "`times`")).await;
    }
}

#[tokio::test]
async fn p13_a_prompt_without_parameters_takes_null_and_an_empty_object() {
    for arguments in [Value::Null, json!({})] {
        check_get("advice", arguments, messages(&[("user", "What should I do? 🤔")])).await;
    }
    check(&server(), ALL, "prompts/get", json!({ "name": "advice" }), json!({ "error": null }))
        .await;
    for arguments in [Value::Null, json!({})] {
        let written = server().prompts().get("advice", arguments, ()).await.unwrap();
        assert_eq!(written.messages()[0].role(), Role::User);
    }
}

#[tokio::test]
async fn p14_lists_and_structs_are_arguments() {
    let parts = json!([{ "text": "a" }, { "text": "b" }]);
    let last = json!({ "text": "c" });
    let expected = messages(&[("user", "abc")]);
    check_get("join", json!({ "parts": parts, "last": last }), expected.clone()).await;
    // Clients send texts.
    let texts = json!({ "parts": parts.to_string(), "last": last.to_string() });
    check_get("join", texts, expected).await;
}

#[tokio::test]
async fn p15_messages_texts_lists_and_tuples_are_results() {
    let talked = [("user", "Hello"), ("assistant", "Yes?"), ("user", "Bye")];
    check_get("talk", json!({}), messages(&talked)).await;
    check_get("texts", json!({}), messages(&[("user", "a"), ("user", "b")])).await;
    let image = json!({ "type": "image", "data": "AQID", "mimeType": "image/png" });
    let mut mixed = messages(&[("user", "a"), ("assistant", "b"), ("user", "")]);
    mixed["result"]["messages"][2]["content"] = image;
    check_get("mixture", json!({}), mixed).await;
    let mut whole = messages(&[("user", "a")]);
    whole["result"]["description"] = json!("mine");
    whole["result"]["_meta"] = json!({ "com.example/x": 1 });
    check_get("whole", json!({}), whole).await;
}

#[tokio::test]
async fn p16_no_messages_are_a_result() {
    check_get("undocumented", json!({}), messages(&[])).await;
}

#[tokio::test]
async fn p19_a_failure_says_which_prompt_failed() {
    for name in ["fail", "fail_blocking"] {
        let text = format!("Error getting prompt {name}: invalid digit");
        check_get(name, json!({}), error(-32603, &text)).await;
        let error = server().prompts().get(name, Value::Null, ()).await.unwrap_err();
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    }
}

#[tokio::test]
async fn p20_p22_titles_meta_and_any_script() {
    assert_eq!(
        listed("advice"),
        json!({
            "name": "advice", "title": "सलाह", "description": "Asks for advice: 助言",
            "_meta": { "com.example/topic": "any" },
        })
    );
    let description = json!({ "result": { "description": "Asks for advice: 助言" } });
    check_get("advice", json!({}), description).await;
    for revision in ALL {
        let untitled = matches!(revision, V::V2024_11_05 | V::V2025_03_26);
        let (answer, _) = ask(&server(), (), *revision, "prompts/list", json!({})).await;
        assert_eq!(answer["result"]["prompts"][2].get("title").is_none(), untitled, "{revision}");
    }
}
