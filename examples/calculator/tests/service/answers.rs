//! What the servers answer, plainly and step by step.

use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::asking::{ask, ask_json, call, list, message, plain_app, streamed_call};
use crate::events::Events;

#[tokio::test]
async fn a_bare_list_is_answered_without_a_handshake() {
    let answer = ask_json(&plain_app(), message("/mcp", &list())).await;
    assert_eq!(answer["id"], "2");
    let names: Vec<_> = names(&answer);
    assert_eq!(names, ["add_numbers", "multiply_numbers"]);
    let schema = &answer["result"]["tools"][0]["inputSchema"];
    assert_eq!(schema["required"], json!(["a", "b"]));
    // Who is told the steps is no business of the model.
    let properties: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, ["a", "b", "stream"]);
}

#[tokio::test]
async fn servers_side_by_side_have_their_own_tools() {
    let app = plain_app();
    let science = ask_json(&app, message("/science/mcp", &list())).await;
    assert_eq!(names(&science), ["power", "square_root", "logarithm"]);
    let power = call("power", json!({ "base": 2, "exponent": 10 }));
    assert_eq!(text(&ask_json(&app, message("/science/mcp", &power)).await), "1024.0");
    let elsewhere = ask_json(&app, message("/mcp", &power)).await;
    assert_eq!(elsewhere["error"]["code"], -32602, "{elsewhere}");
}

#[tokio::test]
async fn science_knows_its_limits() {
    for (tool, arguments, says) in [
        ("square_root", json!({ "number": -4 }), "-4 has no real square root"),
        ("logarithm", json!({ "number": 0 }), "above zero"),
        ("power", json!({ "base": 10, "exponent": 999 }), "inf"),
    ] {
        let answer = ask_json(&plain_app(), message("/science/mcp", &call(tool, arguments))).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert!(text(&answer).contains(says), "{answer}");
    }
    let logarithm = call("logarithm", json!({ "number": 1000 }));
    let answer = ask_json(&plain_app(), message("/science/mcp", &logarithm)).await;
    assert_eq!(text(&answer), "3.0");
}

#[tokio::test]
async fn a_call_is_answered_plainly_unless_it_asks_for_steps() {
    let mut sum = call("add_numbers", json!({ "a": 2, "b": 3 }));
    assert_eq!(text(&ask_json(&plain_app(), message("/mcp", &sum)).await), "5.0");
    // Being ready to hear of progress is not asking for steps.
    sum["params"]["_meta"] = json!({ "progressToken": "p" });
    assert_eq!(text(&ask_json(&plain_app(), message("/mcp", &sum)).await), "5.0");
    let product = call("multiply_numbers", json!({ "a": 6, "b": 7, "stream": false }));
    assert_eq!(text(&ask_json(&plain_app(), message("/mcp", &product)).await), "42.0");
}

#[tokio::test(start_paused = true)]
async fn a_streamed_call_tells_its_steps_and_answers_last() {
    for (tool, told) in [
        ("add_numbers", ["take 6", "add 7", "6 + 7 = 13"]),
        ("multiply_numbers", ["take 6", "times 7", "6 × 7 = 42"]),
    ] {
        let response = ask(&plain_app(), message("/mcp", &streamed_call(tool, 6, 7))).await;
        let mut events = Events::of(response);
        for (number, message) in (1..).zip(told) {
            let step = events.next_json().await;
            assert_eq!(step["method"], "notifications/progress");
            let params = json!({
                "progressToken": "p", "progress": f64::from(number), "total": 3.0, "message": message,
            });
            assert_eq!(step["params"], params);
        }
        let answer = events.next_json().await;
        assert_eq!(answer["id"], 1);
        assert!(told[2].ends_with(text(&answer).trim_end_matches(".0")), "{answer}");
        assert!(events.next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_only_json_gets_its_answer_as_json() {
    let mut request = message("/mcp", &streamed_call("add_numbers", 2, 3));
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    assert_eq!(text(&ask_json(&plain_app(), request).await), "5.0");
    // Nor can steps be told without a token that they would carry.
    let untold = call("add_numbers", json!({ "a": 2, "b": 3, "stream": true }));
    assert_eq!(text(&ask_json(&plain_app(), message("/mcp", &untold)).await), "5.0");
}

#[tokio::test]
async fn arguments_are_checked() {
    let wrong = call("add_numbers", json!({ "a": "two" }));
    let answer = ask_json(&plain_app(), message("/mcp", &wrong)).await.to_string();
    assert!(answer.contains('a') && answer.contains('b'), "{answer}");
}

#[tokio::test]
async fn health_is_told() {
    let request = crate::asking::to("GET", "/health").body(axum::body::Body::empty()).unwrap();
    let response = ask(&plain_app(), request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
}

fn names(answer: &Value) -> Vec<&str> {
    let tools = answer["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"))
}
