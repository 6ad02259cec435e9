use minimcp::testing::Client;
use serde_json::json;

#[tokio::test]
async fn add_answers() {
    // `server()` gives your `MiniMcp`; `()` is its scope.
    let client = Client::new(&server(), ());
    let answer = client.call_tool("add", json!({"a":2,"b":3})).await;
    let result = answer.unwrap();
    assert!(!result.is_error());
    assert_eq!(result.to_text(), "5.0");
}
