use minimcp::{ProtocolVersion, testing::Client};
use serde_json::json;

#[tokio::test]
async fn divide_answers() {
    // `server()` gives your `MiniMcp`; `()` is its scope.
    let client = Client::new(&server(), ())
        .revision(ProtocolVersion::V2025_06_18);
    let answer = client.call_tool("divide", json!({"a":1,"b":0})).await;
    let result = answer.unwrap();
    assert!(result.is_error());
    assert_eq!(result.to_text(), "cannot divide by zero");
}
