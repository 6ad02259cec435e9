//! The envelope: ids, versions, errors.

use minimcp::{MiniMcp, handlers, tool};
use serde_json::{Value, json};

use crate::wire::{ALL, Client, V, assert_matches, check, check_raw, error};

/// Repeat a text
#[tool]
async fn echo(text: &str) -> String {
    text.to_owned()
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![echo])
}

#[tokio::test]
async fn j1_an_error_has_code_and_text_and_nothing_else() {
    for (message, code, text) in [
        ("{", -32700, "…not JSON…"),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600, "…`method`…"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"nonsense"}"#, -32601, "…nonsense…"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#,
            -32602,
            "…`params.name`…",
        ),
    ] {
        let error = json!({ "code": code, "message": text, "data": null });
        check_raw(&server(), message, json!({ "jsonrpc": "2.0", "result": null, "error": error }))
            .await;
    }
}

#[tokio::test]
async fn j5_an_unknown_id_is_null_or_left_out() {
    for (revision, id) in [
        (V::V2024_11_05, Some(Value::Null)),
        (V::V2025_03_26, Some(Value::Null)),
        (V::V2025_06_18, Some(Value::Null)),
        (V::V2025_11_25, None),
    ] {
        let client = Client::new(&server(), (), revision).await;
        for message in ["nonsense", r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#] {
            assert_eq!(client.send(message).await.0.get("id").cloned(), id, "{revision}");
        }
    }
    // Nobody has said a revision: JSON-RPC has the word.
    check_raw(&server(), "nonsense", json!({ "id": null, "error": { "code": -32700 } })).await;
}

#[tokio::test]
async fn j6_g11_an_id_comes_back_as_it_is_and_what_is_none_is_refused() {
    for id in [
        json!(1),
        json!(0),
        json!(-1),
        json!("1"),
        json!(""),
        json!(9_007_199_254_740_993_u64),
        json!("स \" \\ \n"),
    ] {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        let expected = json!({ "id": id, "result": {} });
        check_raw(&server(), message.to_string(), expected).await;
    }
    for id in ["null", "1.5", "true", "{}", "[1]"] {
        let message = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        check_raw(&server(), message, json!({ "id": null, "error": { "code": -32600 } })).await;
    }
    // An error is told under the id where that could be read.
    let message = r#"{"jsonrpc":"1.0","id":"x","method":"ping"}"#;
    check_raw(&server(), message, json!({ "id": "x", "error": { "code": -32600 } })).await;
}

#[tokio::test]
async fn j7_only_the_method_initialize_shakes_hands() {
    let client = Client::new(&server(), (), V::V2024_11_05).await;
    let other = json!({ "protocolVersion": "2025-11-25", "capabilities": {} });
    for (method, mut params) in [
        ("notifications/initialized", other.clone()),
        ("tools/list", other.clone()),
        ("tools/call", json!({ "name": "echo", "arguments": { "text": "initialize" } })),
    ] {
        params["method"] = json!("initialize");
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        client.send(&message.to_string()).await;
    }
    client.send(r#"{"jsonrpc":"2.0","id":1,"method":["initialize"],"params":{}}"#).await;
    // The revision is still the old one: wrong arguments are an error of the protocol.
    let call = json!({ "name": "echo", "arguments": {} });
    let (answer, _) = client.ask(json!(2), "tools/call", call.clone()).await;
    assert_matches(&answer, &error(-32602, "text"), "before the second handshake");
    client.ask(json!(3), "initialize", other).await;
    let (answer, _) = client.ask(json!(4), "tools/call", call).await;
    assert_matches(&answer, &json!({ "result": { "isError": true } }), "after it");
}

#[tokio::test]
async fn j8_the_version_is_the_text_2_0() {
    for version in ["\"1.0\"", "2.0", "null", "\"2\"", "[\"2.0\"]", "\"2.0 \""] {
        let message = format!(r#"{{"jsonrpc":{version},"id":1,"method":"ping"}}"#);
        check_raw(&server(), message, json!({ "id": 1, "error": { "code": -32600 } })).await;
    }
}

#[tokio::test]
async fn j9_extra_members_and_absent_params_are_fine() {
    for message in [
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","extra":[1],"params":null}"#,
        r#"{"method":"ping","params":{"x":1},"id":1,"jsonrpc":"2.0"}"#,
        " \t\r\n{ \"jsonrpc\" : \"2.0\" , \"id\" : 1 , \"method\" : \"ping\" } \n",
    ] {
        check_raw(&server(), message, json!({ "id": 1, "result": {} })).await;
    }
}

#[tokio::test]
async fn j9_json_may_escape_any_character() {
    // PHP writes slashes so, unless it is told otherwise.
    for message in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools\/list"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"\u0074ools/list","params":{}}"#,
    ] {
        check_raw(&server(), message, json!({ "id": 1, "result": { "tools": [{}] } })).await;
    }
    let (message, expected) =
        (r#"{"jsonrpc":"2.0","id":1,"method":"no\/such"}"#, json!({ "code": -32601 }));
    check_raw(&server(), message, json!({ "id": 1, "error": expected })).await;
}

#[tokio::test]
async fn j10_results_errors_and_notifications_have_their_members() {
    check(&server(), ALL, "tools/list", json!({}), json!({ "error": null, "method": null })).await;
    check(&server(), ALL, "nonsense", json!({}), json!({ "result": null, "method": null })).await;
}
