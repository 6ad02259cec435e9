//! rmcp and the conformance server: the server asks, tells and is interrupted.

#![allow(deprecated, reason = "what the newest revision has given up is used with the older ones")]

use std::time::Duration;

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientConfig, ClientRequest,
    CreateMessageRequestParams, CreateMessageResult, ElicitRequestParams, ElicitResult, ErrorData,
    ListRootsResult, LoggingMessageNotificationParam, ProgressNotificationParam, ProtocolVersion,
    ResourceUpdatedNotificationParam,
};
use rmcp::service::{
    ClientLifecycleMode, NotificationContext, PeerRequestOptions, RequestContext, RequestHandle,
    RunningService, Subscription,
};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ClientServiceExt as _, RoleClient};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::server::{CONFORMANCE, Server};

const WATCHED: &str = "test://watched-resource";

/// Long enough for any machine: a server that hangs has to fail a check, not to hang the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs all checks, each with a connection of its own. The last one that is named was the one that failed.
pub(crate) async fn all(url: Option<&str>, revision: ProtocolVersion) {
    macro_rules! run {
        ($($check:ident)*) => {$(
            let name = format!("{} {revision} {}", url.unwrap_or("stdio"), stringify!($check));
            println!("{name}");
            let check = async {
                let mut conversation = Conversation::open(url, &revision).await;
                $check(&mut conversation).await;
                conversation.close().await;
            };
            tokio::time::timeout(PATIENCE, check).await.expect(&name);
            println!("{name}: ok");
        )*};
    }
    run! {
        model_is_asked
        roots_are_asked_for
        log_is_heard_from_a_level_on
        lists_and_a_resource_are_followed_until_they_are_not
        answer_is_fetched_later
        cancelled_call_ends
    }
    // There were no forms before.
    if revision >= ProtocolVersion::V_2025_06_18 {
        run! {
            form_is_accepted_declined_and_cancelled
            one_question_follows_the_other
            three_questions_are_asked_at_once
            work_before_a_question_is_done_once
        }
    }
}

/// A session that the server has forgotten ends without a word to the user of the client.
pub(crate) async fn begins_a_new_session(server: Server) {
    let url = server.url().to_owned();
    let conversation = Conversation::open(Some(&url), &ProtocolVersion::V_2025_11_25).await;
    let (tool, text) = ("test_sampling", "LLM response: Well, again?");
    assert_eq!(conversation.text(tool, json!({ "prompt": "again?" })).await, text);
    let _server = server.conformance_again().await;
    assert_eq!(conversation.text(tool, json!({ "prompt": "again?" })).await, text);
    conversation.close().await;
}

async fn model_is_asked(conversation: &mut Conversation) {
    let text = conversation.text("test_sampling", json!({ "prompt": "how are you?" })).await;
    assert_eq!(text, "LLM response: Well, how are you?");
}

async fn roots_are_asked_for(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_list_roots", json!({})).await;
    assert_eq!(text, r#"["file:///home/ann"]"#);
}

async fn form_is_accepted_declined_and_cancelled(conversation: &mut Conversation) {
    for (message, answer) in [
        (
            "Who are you?",
            r#"accept, content=Account { username: "ann", email: "ann@example.com" }"#,
        ),
        ("decline", "decline, content=none"),
        ("cancel", "cancel, content=none"),
    ] {
        let text = conversation.text("test_elicitation", json!({ "message": message })).await;
        assert_eq!(text, format!("User response: action={answer}"));
    }
}

async fn one_question_follows_the_other(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_multi_round", json!({})).await;
    assert_eq!(text, "Ann likes blue.");
}

async fn three_questions_are_asked_at_once(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_multiple_inputs", json!({})).await;
    assert_eq!(text, "Ann: Well, Generate a greeting. (1 roots)");
}

async fn work_before_a_question_is_done_once(conversation: &mut Conversation) {
    let text = conversation.text("test_input_required_result_request_state", json!({})).await;
    assert_eq!(text, "state-ok: true");
}

async fn log_is_heard_from_a_level_on(conversation: &mut Conversation) {
    conversation.log_from("info").await;
    assert_eq!(conversation.text("test_tool_with_logging", json!({})).await, "done");
    let expected = ["Tool execution started", "Tool processing data", "Tool execution completed"];
    for data in expected {
        let (method, params) = conversation.heard.recv().await.expect("a message for the log");
        assert_eq!(
            (method, &params["level"], &params["data"]),
            ("log", &json!("info"), &json!(data))
        );
    }
    conversation.log_from("error").await;
    assert_eq!(conversation.text("test_tool_with_logging", json!({})).await, "done");
    // Whatever was to be heard comes before this.
    assert_eq!(conversation.text("test_simple_text", json!({})).await.len(), 43);
    assert!(conversation.heard.try_recv().is_err(), "the log is not wanted any more");
}

async fn lists_and_a_resource_are_followed_until_they_are_not(conversation: &mut Conversation) {
    conversation.follow().await;
    let params = conversation.until("updated", "change_watched_resource").await;
    assert_eq!(params["uri"], WATCHED);
    conversation.until("tools", "test_trigger_tool_change").await;
    // All comes in order: once this is heard, nothing of the above is under way.
    conversation.until("prompts", "test_trigger_prompt_change").await;
    conversation.unfollow().await;
    if conversation.modern() {
        return;
    }
    assert_eq!(conversation.text("change_watched_resource", json!({})).await, "told");
    assert_eq!(conversation.text("test_trigger_tool_change", json!({})).await, "told");
    loop {
        match conversation.heard.recv().await.expect("lists are told of").0 {
            "tools" => break,
            method => assert_eq!(method, "prompts"),
        }
    }
}

async fn answer_is_fetched_later(conversation: &mut Conversation) {
    let text = conversation.text("test_reconnection", json!({})).await;
    assert_eq!(text, "The client came back.");
}

async fn cancelled_call_ends(conversation: &mut Conversation) {
    for _ in 0..2 {
        let call = conversation.start("wait_alone", json!({ "seconds": 3600 })).await;
        assert_eq!(conversation.heard.recv().await.expect("progress").0, "progress");
        call.cancel(Some("not needed".to_owned())).await.unwrap();
    }
    // It would wait for those before it.
    assert_eq!(conversation.text("wait_alone", json!({ "seconds": 0 })).await, "waited");
}

/// A connection, and what is heard over it.
struct Conversation {
    revision: ProtocolVersion,
    /// What the server said without being asked, by a short name.
    heard: mpsc::UnboundedReceiver<(&'static str, Value)>,
    client: RunningService<RoleClient, Listener>,
    /// The level that each request of the newest revision asks for.
    level: Option<&'static str>,
    subscription: Option<Subscription>,
}

impl Conversation {
    async fn open(url: Option<&str>, revision: &ProtocolVersion) -> Self {
        let (says, heard) = mpsc::unbounded_channel();
        let mut config = ClientConfig::default();
        config.protocol_version = revision.clone();
        config.capabilities = parsed(json!({ "elicitation": {}, "sampling": {}, "roots": {} }));
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

    fn modern(&self) -> bool {
        self.revision == ProtocolVersion::V_2026_07_28
    }

    /// Calls a tool whose result is one text.
    async fn text(&self, tool: &str, arguments: Value) -> String {
        let answer = self.client.call_tool(self.params(tool, arguments)).await;
        let answer = json(&answer.unwrap_or_else(|error| panic!("{tool}: {error}")));
        assert_ne!(answer["isError"], true, "{answer}");
        assert_eq!(answer["content"].as_array().unwrap().len(), 1, "{answer}");
        answer["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Starts a call that can be cancelled.
    async fn start(&self, tool: &str, arguments: Value) -> RequestHandle<RoleClient> {
        let call = CallToolRequest::new(self.params(tool, arguments));
        let (call, options) =
            (ClientRequest::CallToolRequest(call), PeerRequestOptions::no_options());
        self.client.send_cancellable_request(call, options).await.expect("the call should start")
    }

    fn params(&self, tool: &str, arguments: Value) -> CallToolRequestParams {
        let mut params = json!({ "name": tool, "arguments": arguments });
        if let (true, Some(level)) = (self.modern(), self.level) {
            params["_meta"] = json!({ "io.modelcontextprotocol/logLevel": level });
        }
        parsed(params)
    }

    async fn log_from(&mut self, level: &'static str) {
        self.level = Some(level);
        if !self.modern() {
            self.client.set_level(parsed(json!({ "level": level }))).await.unwrap();
        }
    }

    /// Follows a resource and all lists. Older revisions tell of the lists in any case.
    async fn follow(&mut self) {
        if self.modern() {
            let filter = json!({
                "toolsListChanged": true,
                "promptsListChanged": true,
                "resourceSubscriptions": [WATCHED],
            });
            let subscription = self.client.listen(parsed(filter.clone())).await.unwrap();
            assert_eq!(json(subscription.acknowledged()), filter);
            self.subscription = Some(subscription);
        } else {
            self.client.subscribe(parsed(json!({ "uri": WATCHED }))).await.unwrap();
        }
    }

    async fn unfollow(&mut self) {
        match &mut self.subscription {
            Some(subscription) => subscription.cancel().await.unwrap(),
            None => self.client.unsubscribe(parsed(json!({ "uri": WATCHED }))).await.unwrap(),
        }
    }

    /// Calls a tool until the client hears of what it does: it is told of nothing before its stream is open.
    async fn until(&mut self, method: &str, tool: &str) -> Value {
        loop {
            assert_eq!(self.text(tool, json!({})).await, "told");
            if let Some(subscription) = &mut self.subscription {
                let notification = subscription.next().await.unwrap().expect("it has not ended");
                let notification = json(&notification);
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
    async fn close(self) {
        self.client.cancel().await.expect("the connection should close");
    }
}

/// Answers what is asked, and passes on what is told.
struct Listener {
    config: ClientConfig,
    says: mpsc::UnboundedSender<(&'static str, Value)>,
}

impl Listener {
    fn pass(&self, method: &'static str, params: &impl Serialize) {
        // Nobody listens any more when a connection closes.
        let _ = self.says.send((method, json(params)));
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
        let message = json(&params)["message"].clone();
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
        let content = json(&params)["messages"][0]["content"].clone();
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

fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("what was received can be sent")
}

/// What is written in a test as JSON, in the type that rmcp has for it.
#[track_caller]
fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
