//! The client's side of a conversation.

use rmcp::model::{
    ClientConfig, CreateMessageRequestParams, CreateMessageResult, ElicitRequestParams,
    ElicitResult, ErrorData, ListRootsResult, LoggingMessageNotificationParam,
    ProgressNotificationParam, ResourceUpdatedNotificationParam,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ClientHandler, RoleClient};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{parsed, plain};

/// Answers what is asked, and passes on what is told.
pub(super) struct Listener {
    pub(super) config: ClientConfig,
    pub(super) says: mpsc::UnboundedSender<(&'static str, Value)>,
}

impl Listener {
    fn pass(&self, method: &'static str, params: &impl Serialize) {
        // Nobody listens any more when a connection closes.
        let _ = self.says.send((method, plain(params)));
    }
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        self.config.clone()
    }

    async fn create_elicitation(
        &self,
        params: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let message = plain(&params)["message"].clone();
        let content = match message.as_str().unwrap() {
            "Who are you?" => json!({ "username": "ann", "email": "ann@example.com" }),
            "Step 1: What is your name?" | "What is your name?" => json!({ "name": "Ann" }),
            "Step 2: What is your favorite color, Ann?" => json!({ "color": "blue" }),
            "Please confirm." => json!({ "ok": true }),
            action => return Ok(parsed(json!({ "action": action }))),
        };
        Ok(parsed(json!({ "action": "accept", "content": content })))
    }

    async fn create_message(
        &self,
        params: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<CreateMessageResult, ErrorData> {
        let content = plain(&params)["messages"][0]["content"].clone();
        let text = content["text"].as_str().unwrap_or_else(|| panic!("a text, not {content}"));
        let content = json!({ "type": "text", "text": format!("Well, {text}") });
        Ok(parsed(json!({ "role": "assistant", "model": "a-model", "content": content })))
    }

    async fn list_roots(
        &self,
        _: RequestContext<RoleClient>,
    ) -> Result<ListRootsResult, ErrorData> {
        Ok(parsed(json!({ "roots": [{ "uri": "file:///home/ann" }] })))
    }

    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.pass("progress", &params);
    }

    async fn on_logging_message(
        &self,
        params: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.pass("log", &params);
    }

    async fn on_resource_updated(
        &self,
        params: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.pass("updated", &params);
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.pass("tools", &());
    }

    async fn on_prompt_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.pass("prompts", &());
    }
}
