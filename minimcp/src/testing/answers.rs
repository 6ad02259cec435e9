//! Answering the questions of handlers.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Client, RpcError};
use crate::outbox::Outbox;

/// What answers a question: its method and its parameters in, the result out.
pub(super) type Answers = Arc<dyn Fn(&str, &Value) -> Value + Send + Sync>;

impl<S: Clone + Send + Sync + 'static> Client<S> {
    /// Answers the questions of handlers, in every revision: `answer` gets the method of a question, such as
    /// `elicitation/create`, and its parameters, and gives the result.
    ///
    /// Say in [`capabilities`](Self::capabilities) what can be asked.
    ///
    /// ```
    /// use minimcp::{handlers, testing, tool, Client, Error, MiniMcp, ProtocolVersion};
    /// use serde_json::json;
    ///
    /// /// Greet the user
    /// #[tool]
    /// async fn greet(client: Client) -> Result<String, Error> {
    ///     let name: String = client.elicit("Who are you?").await?;
    ///     Ok(format!("Hello, {name}!"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server: MiniMcp = MiniMcp::new("greeter").handlers(handlers![greet]);
    /// for revision in [ProtocolVersion::V2025_06_18, ProtocolVersion::V2026_07_28] {
    ///     let client = testing::Client::new(&server, ())
    ///         .revision(revision)
    ///         .capabilities(json!({ "elicitation": {} }))
    ///         .answers(|_, _| json!({ "action": "accept", "content": { "answer": "Ann" } }));
    ///     assert_eq!(client.call_tool("greet", json!({})).await?.to_text(), "Hello, Ann!");
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn answers(
        mut self,
        answer: impl Fn(&str, &Value) -> Value + Send + Sync + 'static,
    ) -> Self {
        self.answers = Some(Arc::new(answer));
        self
    }

    /// Answers a message, if it is a request of the server and there is somebody to answer it.
    pub(super) async fn answers_request(&self, message: &Value) -> bool {
        let (Some(answers), Some(id), Some(method)) =
            (&self.answers, message.get("id"), message.get("method").and_then(Value::as_str))
        else {
            return false;
        };
        let result = answers(method, message.get("params").unwrap_or(&Value::Null));
        let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string();
        // An answer has no answer.
        let _ = self.connection.handle(answer, Outbox::none(), self.scope.clone()).await;
        true
    }

    /// Sends a request, and sends it again with answers as long as it ends with questions.
    pub(super) async fn exchange_in_rounds(
        &self,
        method: &str,
        mut params: Value,
        answers: &Answers,
    ) -> Result<Value, RpcError> {
        loop {
            let mut result = self.exchange_once(method, params.clone()).await?;
            if result.get("resultType").and_then(Value::as_str) != Some("input_required") {
                return Ok(result);
            }
            let answer = |question: &Value| {
                let method = question.get("method").and_then(Value::as_str).unwrap_or_default();
                answers(method, question.get("params").unwrap_or(&Value::Null))
            };
            let questions = result.get("inputRequests").and_then(Value::as_object);
            let responses: Map<_, _> = questions
                .into_iter()
                .flatten()
                .map(|(key, question)| (key.clone(), answer(question)))
                .collect();
            if let Some(params) = params.as_object_mut() {
                params.insert("inputResponses".into(), Value::Object(responses));
                if let Some(state) = result.get_mut("requestState") {
                    params.insert("requestState".into(), state.take());
                }
            }
        }
    }
}
