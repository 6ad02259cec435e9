//! Asking a client's model.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::capability::Capability;
use super::question::Question;
use super::sampling::{
    CreateMessageResult, IncludeContext, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
use crate::call::Call;
use crate::error::Error;
use crate::protocol::types::annotations::Role;

/// A question to the client's model, asked when it is awaited: [`Client::sample`](super::Client::sample).
///
/// Sampling is deprecated from 2026-07-28 on: clients of that revision may still offer it, and later ones need not.
///
/// The user may see it, change it and refuse it. With [`tools`](Self::tools) the model may call tools, which the handler
/// runs, and asks again with the results:
///
/// ```
/// use minimcp::{tool, Client, Content, Error, SamplingContent, SamplingMessage, SamplingTool};
/// use serde_json::json;
///
/// /// Answer a question about the weather
/// #[tool]
/// async fn weather(question: &str, client: Client) -> Result<String, Error> {
///     let forecast = SamplingTool::new("forecast", json!({ "type": "object", "properties": {} }));
///     let mut messages = vec![SamplingMessage::from(question)];
///     // A model that never stops calling tools would go on for ever.
///     for _ in 0..5 {
///         let answer = client.sample("").messages(messages.clone()).tools([forecast.clone()]).await?;
///         let results: Vec<_> = answer
///             .tool_uses()
///             .map(|(id, _, _)| SamplingContent::ToolResult {
///                 tool_use_id: id.to_owned(),
///                 content: vec![Content::text("rain")],
///                 is_error: false,
///             })
///             .collect();
///         if results.is_empty() {
///             return Ok(answer.to_text());
///         }
///         messages.extend([answer.into_message(), SamplingMessage::user(results)]);
///     }
///     Err(Error::tool("the model did not come to an end"))
/// }
/// ```
#[must_use = "a question is asked when it is awaited"]
pub struct Sample {
    asked: Asked<Builder, CreateMessageResult>,
}

struct Builder {
    call: Call,
    key: Option<String>,
    messages: Vec<SamplingMessage>,
    max_tokens: u32,
    tools: Vec<SamplingTool>,
    context: Option<IncludeContext>,
    /// Everything that goes as it is.
    others: Map<String, Value>,
}

impl Sample {
    pub(super) fn new(call: Call, message: SamplingMessage) -> Self {
        let builder = Builder {
            call,
            key: None,
            messages: vec![message],
            max_tokens: 1000,
            tools: Vec::new(),
            context: None,
            others: Map::new(),
        };
        Self { asked: Asked::Building(Some(builder)) }
    }

    fn with(mut self, change: impl FnOnce(&mut Builder)) -> Self {
        self.asked.change(change);
        self
    }

    fn other(self, name: &str, value: Value) -> Self {
        self.with(|builder| drop(builder.others.insert(name.to_owned(), value)))
    }

    /// What the question is called from 2026-07-28 on, where clients see it; unique in its handler.
    pub fn key(self, key: impl Into<String>) -> Self {
        self.with(|builder| builder.key = Some(key.into()))
    }

    /// The whole conversation so far, instead of the one message.
    pub fn messages(self, messages: impl IntoIterator<Item = SamplingMessage>) -> Self {
        self.with(|builder| builder.messages = messages.into_iter().collect())
    }

    /// How long the answer may be, in tokens; 1000 unless it is said.
    pub fn max_tokens(self, tokens: u32) -> Self {
        self.with(|builder| builder.max_tokens = tokens)
    }

    /// What the model is told beforehand.
    pub fn system_prompt(self, prompt: impl Into<String>) -> Self {
        self.other("systemPrompt", prompt.into().into())
    }

    /// How much the model may vary its answer.
    pub fn temperature(self, temperature: f64) -> Self {
        self.other("temperature", temperature.into())
    }

    /// Texts at which the model stops.
    pub fn stop_sequences<T: Into<String>>(self, texts: impl IntoIterator<Item = T>) -> Self {
        self.other(
            "stopSequences",
            texts.into_iter().map(Into::into).collect::<Vec<String>>().into(),
        )
    }

    /// Names, or parts of names, of models that would do, the best first. The client chooses.
    pub fn prefer_models<T: Into<String>>(self, names: impl IntoIterator<Item = T>) -> Self {
        let hints: Vec<_> = names.into_iter().map(|name| json!({ "name": name.into() })).collect();
        self.other("modelPreferences", json!({ "hints": hints }))
    }

    /// Tools that the model may call; only for clients that declared `sampling.tools` (2025-11-25 and later).
    pub fn tools(self, tools: impl IntoIterator<Item = SamplingTool>) -> Self {
        self.with(|builder| builder.tools = tools.into_iter().collect())
    }

    /// Whether the model has to call a tool; it may unless it is said.
    pub fn tool_choice(self, choice: ToolChoice) -> Self {
        self.other("toolChoice", choice.to_json())
    }

    /// What of the conversation the model is told; only for clients that declared `sampling.context`, from 2025-11-25 on.
    pub fn include_context(self, context: IncludeContext) -> Self {
        self.with(|builder| builder.context = Some(context))
    }
}

impl Future for Sample {
    type Output = Result<CreateMessageResult, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.asked.poll(context, Builder::ask)
    }
}

impl Builder {
    async fn ask(self) -> Result<CreateMessageResult, Error> {
        Capability::Sampling.require(&self.call)?;
        if !self.tools.is_empty() || self.others.contains_key("toolChoice") {
            Capability::SamplingTools.require(&self.call)?;
        }
        if self.context.is_some_and(|context| context != IncludeContext::None) {
            Capability::SamplingContext.require(&self.call)?;
        }
        check_tool_results(&self.messages).map_err(Error::internal)?;
        let params = self.params();
        let question = Question::new(&self.call, self.key, "sampling/createMessage", &params)?;
        question.ask_for(&self.call, "the answer of the client's model").await
    }

    fn params(&self) -> Value {
        let revision = self.call.revision();
        let messages: Vec<_> =
            self.messages.iter().flat_map(|message| message.to_json(revision)).collect();
        let mut params = self.others.clone();
        params.insert("messages".into(), messages.into());
        params.insert("maxTokens".into(), self.max_tokens.into());
        if !self.tools.is_empty() {
            params.insert("tools".into(), self.tools.iter().map(SamplingTool::to_json).collect());
        }
        if let Some(context) = self.context {
            params.insert("includeContext".into(), context.as_str().into());
        }
        Value::Object(params)
    }
}

/// A message with results of tools has nothing else, and answers every use of the message before it.
fn check_tool_results(messages: &[SamplingMessage]) -> Result<(), String> {
    let mut open: HashSet<&str> = HashSet::new();
    for message in messages {
        let results = message.content.iter().filter_map(|part| match part {
            SamplingContent::ToolResult { tool_use_id, .. } => Some(tool_use_id.as_str()),
            _ => None,
        });
        let results: HashSet<_> = results.collect();
        if !results.is_empty()
            && (results.len() != message.content.len() || message.role != Role::User)
        {
            return Err(
                "a message with results of tools is the user's, and has nothing else".into()
            );
        }
        if results != open {
            return Err("every use of a tool has to be answered with its result in the next message, and nothing else".into());
        }
        open = message
            .content
            .iter()
            .filter_map(|part| match part {
                SamplingContent::ToolUse { id, .. } => Some(id.as_str()),
                _ => None,
            })
            .collect();
    }
    match open.is_empty() {
        true => Ok(()),
        false => Err("the last message uses tools, and nothing answers it".into()),
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sample").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(messages: &[SamplingMessage], fits: bool) {
        assert_eq!(check_tool_results(messages).is_ok(), fits, "{messages:?}");
    }

    fn tool_use(id: &str) -> SamplingContent {
        SamplingContent::ToolUse { id: id.into(), name: "t".into(), input: json!({}) }
    }

    fn result(id: &str) -> SamplingContent {
        SamplingContent::ToolResult { tool_use_id: id.into(), content: Vec::new(), is_error: false }
    }

    #[test]
    fn results_follow_their_uses() {
        let question = SamplingMessage::from("?");
        let uses = SamplingMessage::assistant([tool_use("1"), tool_use("2")]);
        let both = SamplingMessage::user([result("1"), result("2")]);
        check(std::slice::from_ref(&question), true);
        check(&[question.clone(), uses.clone(), both.clone()], true);
        check(&[question.clone(), uses.clone(), SamplingMessage::user([result("1")])], false);
        check(&[question.clone(), uses.clone(), question.clone()], false);
        check(&[question.clone(), uses.clone()], false);
        check(&[question.clone(), both], false);
        let mixed = SamplingMessage::user([result("1"), result("2"), SamplingContent::from("and")]);
        check(&[question, uses, mixed], false);
    }
}
