use minimcp::testing::Client;
use serde_json::json;

#[tokio::test]
async fn problem_solving_answers() {
    // `server()` gives your `MiniMcp`; `()` is its scope.
    let client = Client::new(&server(), ());
    let answer = client.get_prompt("problem_solving", json!({"problem_description":"two\tand \"two\", \u{0007}"})).await;
    assert!(answer.is_ok());
}
