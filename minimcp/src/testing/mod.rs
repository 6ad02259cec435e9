//! A client in the same process, for tests of servers.
//!
//! A handler is a plain function and can be called as one. What is tested here is what clients see: names, schemas,
//! arguments as JSON, errors, progress, in any revision of the protocol.

#[cfg(feature = "ask")]
mod answers;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::call::{About, Call};
use crate::connection::Connection;
use crate::outbox::{Inbox, Outbox};
use crate::protocol::reply::Reply;
use crate::protocol::types::completion::Completion;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::server::MiniMcp;

/// A client in the same process.
///
/// It speaks the newest revision unless another is chosen; in a legacy one it introduces itself before its first
/// request. It asks for progress with every request and keeps all notifications.
///
/// ```
/// use minimcp::{handlers, testing::Client, tool, MiniMcp, Progress, ProtocolVersion};
/// use serde_json::json;
///
/// /// Add two numbers
/// #[tool]
/// async fn add(a: f64, b: f64, progress: Progress) -> f64 {
///     progress.report(0.5).await;
///     a + b
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
/// let client = Client::new(&server, ());
/// let sum = client.call_tool("add", json!({ "a": 1, "b": 2 })).await?;
/// assert_eq!(sum.to_text(), "3.0");
/// assert_eq!(client.take_notifications()[0]["params"]["progress"], 0.5);
///
/// let client = Client::new(&server, ()).revision(ProtocolVersion::V2025_06_18);
/// let sum = client.call_tool("add", json!({ "a": 1, "b": 2 })).await?;
/// assert_eq!(sum.structured_json(), Some(r#"{"result":3.0}"#));
/// # Ok(()) }
/// ```
pub struct Client<S> {
    connection: Connection<S>,
    scope: S,
    revision: ProtocolVersion,
    capabilities: Value,
    next_id: AtomicU64,
    initialized: Mutex<bool>,
    notifications: Mutex<Vec<Value>>,
    #[cfg(feature = "ask")]
    answers: Option<answers::Answers>,
}

/// A call that came in no message, for handlers whose injected values a test has to make.
///
/// ```
/// use minimcp::{testing, tool, Progress};
///
/// /// Add two numbers
/// #[tool]
/// async fn add(a: f64, b: f64, progress: Progress) -> f64 {
///     progress.report(0.5).await;
///     a + b
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert_eq!(add(1.0, 2.0, testing::call().progress()).await, 3.0);
/// # }
/// ```
#[must_use]
pub fn call() -> Call {
    Call::new(About::default(), Outbox::none())
}

/// An error that the server answered with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RpcError {
    /// The JSON-RPC code.
    pub code: i64,
    /// What the server says.
    pub message: String,
    /// What else the server says; `null` for nothing.
    pub data: Value,
}

impl<S: Clone + Send + Sync + 'static> Client<S> {
    /// A client of this server; every call has this scope.
    pub fn new(server: &MiniMcp<S>, scope: S) -> Self {
        Self {
            connection: Connection::new(server.clone()),
            scope,
            revision: ProtocolVersion::LATEST,
            capabilities: json!({}),
            next_id: AtomicU64::new(1),
            initialized: Mutex::default(),
            notifications: Mutex::default(),
            #[cfg(feature = "ask")]
            answers: None,
        }
    }

    /// Chooses the revision to speak.
    #[must_use]
    pub fn revision(mut self, revision: ProtocolVersion) -> Self {
        self.revision = revision;
        self
    }

    /// Declares capabilities, such as `{"sampling": {}}`; none unless it is said.
    #[must_use]
    pub fn capabilities(mut self, capabilities: impl Serialize) -> Self {
        self.capabilities = serde_json::to_value(capabilities).unwrap_or_default();
        self
    }

    /// What the server says of itself: the result of `server/discover` or of `initialize`.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn introduce(&self) -> Result<Value, RpcError> {
        if self.revision.is_modern() {
            return self.request("server/discover", json!({})).await;
        }
        let params = json!({
            "protocolVersion": self.revision.as_str(),
            "capabilities": self.capabilities,
            "clientInfo": { "name": "minimcp-testing", "version": env!("CARGO_PKG_VERSION") },
        });
        let result = self.exchange("initialize", params).await?;
        self.notify("notifications/initialized", json!({})).await;
        *self.initialized.lock().unwrap_or_else(PoisonError::into_inner) = true;
        Ok(result)
    }

    /// Calls a tool; the arguments are an object.
    ///
    /// # Errors
    ///
    /// The server's answer, if it is an error of the protocol. A result with `isError` is a result.
    pub async fn call_tool(
        &self,
        name: &str,
        arguments: impl Serialize,
    ) -> Result<CallToolResult, RpcError> {
        self.typed("tools/call", json!({ "name": name, "arguments": to_value(&arguments) })).await
    }

    /// Gets a prompt; the arguments are an object.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn get_prompt(
        &self,
        name: &str,
        arguments: impl Serialize,
    ) -> Result<GetPromptResult, RpcError> {
        self.typed("prompts/get", json!({ "name": name, "arguments": to_value(&arguments) })).await
    }

    /// Reads a resource.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn read_resource(&self, uri: &str) -> Result<Vec<ResourceContents>, RpcError> {
        #[derive(serde::Deserialize)]
        struct Read {
            contents: Vec<ResourceContents>,
        }
        self.typed::<Read>("resources/read", json!({ "uri": uri })).await.map(|read| read.contents)
    }

    /// Completes an argument of a prompt: its name and what was typed, and the arguments that are chosen already.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn complete_prompt(
        &self,
        name: &str,
        argument: (&str, &str),
        chosen: impl Serialize,
    ) -> Result<Completion, RpcError> {
        self.complete(json!({ "type": "ref/prompt", "name": name }), argument, &chosen).await
    }

    /// Completes a variable of a template: its name and what was typed, and the variables that are chosen already.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn complete_resource(
        &self,
        template: &str,
        variable: (&str, &str),
        chosen: impl Serialize,
    ) -> Result<Completion, RpcError> {
        self.complete(json!({ "type": "ref/resource", "uri": template }), variable, &chosen).await
    }

    async fn complete(
        &self,
        reference: Value,
        (name, value): (&str, &str),
        chosen: &impl Serialize,
    ) -> Result<Completion, RpcError> {
        #[derive(serde::Deserialize)]
        struct Complete {
            completion: Completion,
        }
        let params = json!({
            "ref": reference,
            "argument": { "name": name, "value": value },
            "context": { "arguments": to_value(chosen) },
        });
        let result = self.typed::<Complete>("completion/complete", params).await?;
        Ok(result.completion)
    }

    /// The tools, as they are listed.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn list_tools(&self) -> Result<Vec<Value>, RpcError> {
        self.list("tools/list", "tools").await
    }

    /// The prompts, as they are listed.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn list_prompts(&self) -> Result<Vec<Value>, RpcError> {
        self.list("prompts/list", "prompts").await
    }

    /// The resources, as they are listed.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn list_resources(&self) -> Result<Vec<Value>, RpcError> {
        self.list("resources/list", "resources").await
    }

    /// The templates, as they are listed.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn list_resource_templates(&self) -> Result<Vec<Value>, RpcError> {
        self.list("resources/templates/list", "resourceTemplates").await
    }

    /// Sends any request; `params` is an object, to which the client adds `_meta`.
    ///
    /// # Errors
    ///
    /// The server's answer.
    pub async fn request(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let introduced = *self.initialized.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.revision.is_modern() && !introduced {
            Box::pin(self.introduce()).await?;
        }
        self.exchange(method, params).await
    }

    /// Sends any notification.
    pub async fn notify(&self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        drop(self.send(&message.to_string()).await);
    }

    /// Sends any text and gives the answer as it is; `None` for what is not answered.
    pub async fn send(&self, message: &str) -> Option<String> {
        let (outbox, inbox) = Outbox::channel(16);
        let message = message.as_bytes().to_vec();
        let answer = self.connection.handle(message, outbox, self.scope.clone());
        let (reply, ()) = tokio::join!(answer, self.keep(inbox));
        reply_text(reply)
    }

    /// All notifications since the last time, oldest first.
    pub fn take_notifications(&self) -> Vec<Value> {
        std::mem::take(&mut *self.notifications.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn keep(&self, mut inbox: Inbox) {
        while let Some(message) = inbox.recv().await {
            let message = crate::protocol::json::value_of(&message);
            #[cfg(feature = "ask")]
            if self.answers_request(&message).await {
                continue;
            }
            self.notifications.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        }
    }

    async fn exchange(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        #[cfg(feature = "ask")]
        if let Some(answers) = &self.answers {
            return self.exchange_in_rounds(method, params, answers).await;
        }
        self.exchange_once(method, params).await
    }

    async fn exchange_once(&self, method: &str, mut params: Value) -> Result<Value, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        if let Some(params) = params.as_object_mut() {
            let meta = params.entry("_meta").or_insert_with(|| json!({}));
            if let Some(meta) = meta.as_object_mut() {
                meta.entry("progressToken").or_insert_with(|| json!(id));
                if self.revision.is_modern() {
                    meta.insert(
                        "io.modelcontextprotocol/protocolVersion".into(),
                        json!(self.revision.as_str()),
                    );
                    meta.insert(
                        "io.modelcontextprotocol/clientCapabilities".into(),
                        self.capabilities.clone(),
                    );
                }
            }
        }
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let reply = self.send(&message.to_string()).await.unwrap_or_default();
        let mut reply: Value = serde_json::from_str(&reply).unwrap_or_default();
        match reply.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(RpcError {
                code: reply.pointer("/error/code").and_then(Value::as_i64).unwrap_or_default(),
                message: reply
                    .pointer("/error/message")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                data: reply.pointer_mut("/error/data").map(Value::take).unwrap_or_default(),
            }),
        }
    }

    async fn typed<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, RpcError> {
        let result = self.request(method, params).await?;
        // Through text, because a structured value is kept as the text that came.
        serde_json::from_str(&result.to_string()).map_err(|error| RpcError {
            code: 0,
            message: format!("the answer to {method} is not what it should be: {error}"),
            data: result,
        })
    }

    /// All pages of a list.
    async fn list(&self, method: &str, member: &str) -> Result<Vec<Value>, RpcError> {
        let mut list = Vec::new();
        let mut params = json!({});
        loop {
            let mut result = self.request(method, params).await?;
            if let Some(Value::Array(page)) = result.get_mut(member).map(Value::take) {
                list.extend(page);
            }
            match result.get("nextCursor") {
                Some(cursor) => params = json!({ "cursor": cursor }),
                None => return Ok(list),
            }
        }
    }
}

fn to_value(arguments: &impl Serialize) -> Value {
    serde_json::to_value(arguments).unwrap_or_default()
}

fn reply_text(reply: Reply) -> Option<String> {
    String::from_utf8(reply.into_bytes()?.into()).ok()
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}
