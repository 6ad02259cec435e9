use minimcp::testing::Client;
use serde_json::json;

#[tokio::test]
async fn math_constants_phi_answers() {
    // `server()` gives your `MiniMcp`; `()` is its scope.
    let client = Client::new(&server(), ());
    let answer = client.read_resource("math://constants/phi").await;
    assert_eq!(answer.unwrap_err().code, -32602);
}
