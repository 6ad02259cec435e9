//! A connection of rmcp to the conformance server.

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientConfig, ClientRequest, ProtocolVersion,
};
use rmcp::service::{
    ClientLifecycleMode, PeerRequestOptions, RequestHandle, RunningService, Subscription,
};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::mpsc;

use super::listener::Listener;
use super::{parsed, plain};
use crate::server::CONFORMANCE;

pub(super) const WATCHED: &str = "test://watched-resource";

/// A connection, and what is heard over it.
pub(super) struct Conversation {
    revision: ProtocolVersion,
    /// What the server said without being asked, by a short name.
    pub(super) heard: mpsc::UnboundedReceiver<(&'static str, Value)>,
    pub(super) client: RunningService<RoleClient, Listener>,
    /// The level that each request of the newest revision asks for.
    level: Option<&'static str>,
    subscription: Option<Subscription>,
}

impl Conversation {
    pub(super) async fn open(url: Option<&str>, revision: &ProtocolVersion) -> Self {
        let (says, heard) = mpsc::unbounded_channel();
        let mut config = ClientConfig::default();
        config.protocol_version = revision.clone();
        config.capabilities = parsed(json!({
            "elicitation": {},
            "sampling": {},
            "roots": {},
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        }));
        let listener = Listener { config, says };
        let lifecycle = match revision.has_initialize() {
            true => ClientLifecycleMode::Initialize,
            false => ClientLifecycleMode::Discover { preferred_versions: vec![revision.clone()] },
        };
        let client = match url {
            Some(url) => {
                let http = StreamableHttpClientTransport::from_uri(url);
                listener.serve_with_lifecycle(http, lifecycle).await
            }
            None => {
                let mut command = Command::new(&*CONFORMANCE);
                command.arg("--stdio");
                let process = TokioChildProcess::new(command).expect("conformance should start");
                listener.serve_with_lifecycle(process, lifecycle).await
            }
        };
        let client = client.unwrap_or_else(|error| panic!("{url:?} {revision}: {error}"));
        Self { revision: revision.clone(), heard, client, level: None, subscription: None }
    }

    pub(super) fn modern(&self) -> bool {
        self.revision == ProtocolVersion::V_2026_07_28
    }

    /// Calls a tool whose result is one text.
    pub(super) async fn text(&self, tool: &str, arguments: Value) -> String {
        let answer = self.client.call_tool(self.params(tool, arguments)).await;
        let answer = plain(&answer.unwrap_or_else(|error| panic!("{tool}: {error}")));
        assert_ne!(answer["isError"], true, "{answer}");
        assert_eq!(answer["content"].as_array().unwrap().len(), 1, "{answer}");
        answer["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Starts a call that can be cancelled.
    pub(super) async fn start(&self, tool: &str, arguments: Value) -> RequestHandle<RoleClient> {
        let call = CallToolRequest::new(self.params(tool, arguments));
        let (call, options) =
            (ClientRequest::CallToolRequest(call), PeerRequestOptions::no_options());
        self.client.send_cancellable_request(call, options).await.expect("the call should start")
    }

    pub(super) fn params(&self, tool: &str, arguments: Value) -> CallToolRequestParams {
        let mut params = json!({ "name": tool, "arguments": arguments });
        if let (true, Some(level)) = (self.modern(), self.level) {
            params["_meta"] = json!({ "io.modelcontextprotocol/logLevel": level });
        }
        parsed(params)
    }

    pub(super) async fn log_from(&mut self, level: &'static str) {
        self.level = Some(level);
        if !self.modern() {
            self.client.set_level(parsed(json!({ "level": level }))).await.unwrap();
        }
    }

    /// Follows a resource and all lists. Older revisions tell of the lists in any case.
    pub(super) async fn follow(&mut self) {
        if self.modern() {
            let filter = json!({
                "toolsListChanged": true,
                "promptsListChanged": true,
                "resourceSubscriptions": [WATCHED],
            });
            let subscription = self.client.listen(parsed(filter.clone())).await.unwrap();
            assert_eq!(plain(subscription.acknowledged()), filter);
            self.subscription = Some(subscription);
        } else {
            self.client.subscribe(parsed(json!({ "uri": WATCHED }))).await.unwrap();
        }
    }

    pub(super) async fn unfollow(&mut self) {
        match &mut self.subscription {
            Some(subscription) => subscription.cancel().await.unwrap(),
            None => self.client.unsubscribe(parsed(json!({ "uri": WATCHED }))).await.unwrap(),
        }
    }

    /// Calls a tool until the client hears of what it does: it is told of nothing before its stream is open.
    pub(super) async fn until(&mut self, method: &str, tool: &str) -> Value {
        loop {
            assert_eq!(self.text(tool, json!({})).await, "told");
            if let Some(subscription) = &mut self.subscription {
                let notification = subscription.next().await.unwrap().expect("it has not ended");
                let notification = plain(&notification);
                let name = match notification["method"].as_str().unwrap() {
                    "notifications/resources/updated" => "updated",
                    "notifications/tools/list_changed" => "tools",
                    "notifications/prompts/list_changed" => "prompts",
                    other => panic!("{other} was not asked for"),
                };
                assert_eq!(name, method);
                return notification["params"].clone();
            }
            while let Ok((heard, params)) = self.heard.try_recv() {
                if heard == method {
                    return params;
                }
            }
        }
    }

    /// Says goodbye, as a client does that is not killed.
    pub(super) async fn close(self) {
        self.client.cancel().await.expect("the connection should close");
    }
}
