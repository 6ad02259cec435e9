//! A connection of rmcp to the math server.

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientConfig, ClientRequest, ErrorData,
    GetPromptRequestParams, ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams,
};
use rmcp::service::{
    ClientLifecycleMode, NotificationContext, PeerRequestOptions, RequestHandle, RunningService,
    ServiceError,
};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ClientServiceExt as _, RoleClient};
use serde::Serialize;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::server::MATH;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Stdio,
    /// HTTP that may stream.
    Http,
    /// HTTP that never streams.
    Json,
}

/// An initialised connection. What is asked comes back as JSON under the protocol's own names.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) transport: Transport,
    pub(crate) revision: ProtocolVersion,
    /// The progress that was reported, of all calls.
    pub(crate) reports: mpsc::UnboundedReceiver<ProgressNotificationParam>,
    client: RunningService<RoleClient, Listener>,
}

impl Connection {
    pub(crate) async fn open(transport: Transport, url: &str, revision: ProtocolVersion) -> Self {
        let (heard, reports) = mpsc::unbounded_channel();
        let mut config = ClientConfig::default();
        config.protocol_version = revision.clone();
        let listener = Listener { config, heard };
        let lifecycle = if revision.has_initialize() {
            ClientLifecycleMode::Initialize
        } else {
            // Nothing is named to fall back to, so that a server which cannot be discovered is noticed.
            ClientLifecycleMode::Discover { preferred_versions: vec![revision.clone()] }
        };
        let client = if transport == Transport::Stdio {
            let process = TokioChildProcess::new(Command::new(&*MATH)).expect("math should start");
            listener.serve_with_lifecycle(process, lifecycle).await
        } else {
            let http = StreamableHttpClientTransport::from_uri(url);
            listener.serve_with_lifecycle(http, lifecycle).await
        };
        let client = client.unwrap_or_else(|error| panic!("{transport:?} {revision}: {error}"));
        Self { transport, revision, reports, client }
    }

    /// What the server said of itself.
    pub(crate) fn server(&self) -> Value {
        json(&*self.client.peer_info().expect("the server should have introduced itself"))
    }

    pub(crate) async fn tools(&self) -> Value {
        json(&self.client.list_all_tools().await.expect("tools/list"))
    }

    pub(crate) async fn prompts(&self) -> Value {
        json(&self.client.list_all_prompts().await.expect("prompts/list"))
    }

    pub(crate) async fn resources(&self) -> Value {
        json(&self.client.list_all_resources().await.expect("resources/list"))
    }

    pub(crate) async fn templates(&self) -> Value {
        json(&self.client.list_all_resource_templates().await.expect("resources/templates/list"))
    }

    pub(crate) async fn call(&self, name: &str, arguments: Value) -> Result<Value, ErrorData> {
        answered(self.client.call_tool(call(name, arguments)).await)
    }

    /// Starts a call that can be cancelled.
    pub(crate) async fn start(&self, name: &str, arguments: Value) -> RequestHandle<RoleClient> {
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call(name, arguments)));
        let options = PeerRequestOptions::no_options();
        self.client.send_cancellable_request(request, options).await.expect("the call should start")
    }

    pub(crate) async fn prompt(&self, name: &str, arguments: Value) -> Result<Value, ErrorData> {
        let mut params = GetPromptRequestParams::new(name);
        params.arguments = arguments.as_object().cloned();
        answered(self.client.get_prompt(params).await)
    }

    pub(crate) async fn read(&self, uri: &str) -> Result<Value, ErrorData> {
        answered(self.client.read_resource(ReadResourceRequestParams::new(uri)).await)
    }

    /// Says goodbye, as a client does that is not killed.
    pub(crate) async fn close(self) {
        self.client.cancel().await.expect("the connection should close");
    }
}

/// Passes on what is reported of calls that run.
#[derive(Debug)]
struct Listener {
    config: ClientConfig,
    heard: mpsc::UnboundedSender<ProgressNotificationParam>,
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        self.config.clone()
    }

    async fn on_progress(
        &self,
        report: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        // Nobody listens any more when a connection closes.
        let _ = self.heard.send(report);
    }
}

/// A call with these arguments; `null` for none at all.
fn call(name: &str, arguments: Value) -> CallToolRequestParams {
    let mut params = CallToolRequestParams::new(name.to_owned());
    if let Value::Object(arguments) = arguments {
        params.arguments = Some(arguments);
    }
    params
}

fn answered<T: Serialize>(answer: Result<T, ServiceError>) -> Result<Value, ErrorData> {
    match answer {
        Ok(answer) => Ok(json(&answer)),
        Err(ServiceError::McpError(error)) => Err(error),
        Err(error) => panic!("neither a result nor a protocol error: {error}"),
    }
}

fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("what was received can be sent")
}
