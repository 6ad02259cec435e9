//! What is said to a client's model, and what it says (Sampling).

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::{Map, Value, json};

use crate::protocol::types::annotations::Role;
use crate::protocol::types::content::Content;
use crate::protocol::version::ProtocolVersion;

/// A message to a client's model, or of it.
///
/// ```
/// use minimcp::{Content, SamplingMessage};
///
/// let question = SamplingMessage::user([
///     Content::text("What is this?"),
///     Content::image(vec![0x89, 0x50], "image/png"),
/// ]);
/// # let _ = question;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SamplingMessage {
    pub(super) role: Role,
    pub(super) content: Vec<SamplingContent>,
}

/// A part of a message to a client's model, or of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SamplingContent {
    /// Text, an image or sound.
    Content(Content),
    /// The model calls a tool (2025-11-25 and later).
    ToolUse {
        /// What the result refers to.
        id: String,
        /// Which tool.
        name: String,
        /// Its arguments, an object.
        input: Value,
    },
    /// What a tool gave that the model called (2025-11-25 and later).
    ToolResult {
        /// The id of the use.
        tool_use_id: String,
        /// What it gave.
        content: Vec<Content>,
        /// Whether it failed.
        is_error: bool,
    },
}

/// A tool that a client's model may call while it answers: [`Sample::tools`](super::Sample::tools).
#[derive(Clone, Debug, PartialEq)]
pub struct SamplingTool {
    name: String,
    description: Option<String>,
    input_schema: Value,
}

/// Whether a client's model has to call a tool: [`Sample::tool_choice`](super::Sample::tool_choice).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// If it wants to.
    Auto,
    /// At least one.
    Required,
    /// None.
    None,
}

/// What of the conversation a client's model is told: [`Sample::include_context`](super::Sample::include_context).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IncludeContext {
    /// Nothing.
    None,
    /// What was said with this server.
    ThisServer,
    /// What was said with any server.
    AllServers,
}

/// What a client's model answered.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateMessageResult {
    role: Role,
    #[serde(deserialize_with = "one_or_many")]
    content: Vec<SamplingContent>,
    model: String,
    #[serde(default)]
    stop_reason: Option<String>,
}

impl SamplingMessage {
    /// The user says this.
    pub fn user<C: Into<SamplingContent>>(content: impl IntoIterator<Item = C>) -> Self {
        Self { role: Role::User, content: content.into_iter().map(Into::into).collect() }
    }

    /// The model said this.
    pub fn assistant<C: Into<SamplingContent>>(content: impl IntoIterator<Item = C>) -> Self {
        Self { role: Role::Assistant, content: content.into_iter().map(Into::into).collect() }
    }

    /// The messages as a revision knows them: before there were lists of content, each part is a message of its own.
    pub(super) fn to_json(&self, revision: ProtocolVersion) -> Vec<Value> {
        let role = json!(self.role);
        let mut parts: Vec<_> = self.content.iter().map(|part| part.to_json(revision)).collect();
        if revision.has_sampling_tools() && parts.len() != 1 {
            return vec![json!({ "role": role, "content": parts })];
        }
        parts.drain(..).map(|part| json!({ "role": role, "content": part })).collect()
    }
}

impl<T: Into<String>> From<T> for SamplingMessage {
    fn from(text: T) -> Self {
        Self::user([Content::text(text)])
    }
}

impl SamplingContent {
    fn to_json(&self, revision: ProtocolVersion) -> Value {
        match self {
            Self::Content(content) => content_json(content, revision),
            Self::ToolUse { id, name, input } => {
                json!({ "type": "tool_use", "id": id, "name": name, "input": input })
            }
            Self::ToolResult { tool_use_id, content, is_error } => {
                let content: Vec<_> =
                    content.iter().map(|one| content_json(one, revision)).collect();
                let mut result = Map::from_iter([
                    ("type".into(), "tool_result".into()),
                    ("toolUseId".into(), tool_use_id.as_str().into()),
                    ("content".into(), content.into()),
                ]);
                if *is_error {
                    result.insert("isError".into(), true.into());
                }
                Value::Object(result)
            }
        }
    }
}

fn content_json(content: &Content, revision: ProtocolVersion) -> Value {
    let mut out = Vec::new();
    content.encode(&mut out, revision);
    crate::protocol::json::value_of(&out)
}

impl<T: Into<Content>> From<T> for SamplingContent {
    fn from(content: T) -> Self {
        Self::Content(content.into())
    }
}

impl SamplingTool {
    /// A tool whose arguments have this schema, an object.
    pub fn new(name: impl Into<String>, input_schema: Value) -> Self {
        Self { name: name.into(), description: None, input_schema }
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    pub(super) fn to_json(&self) -> Value {
        let mut tool = json!({ "name": self.name, "inputSchema": self.input_schema });
        if let (Some(tool), Some(description)) = (tool.as_object_mut(), &self.description) {
            tool.insert("description".into(), description.as_str().into());
        }
        tool
    }
}

impl ToolChoice {
    pub(super) fn to_json(self) -> Value {
        json!({ "mode": match self {
            Self::Auto => "auto",
            Self::Required => "required",
            Self::None => "none",
        } })
    }
}

impl IncludeContext {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ThisServer => "thisServer",
            Self::AllServers => "allServers",
        }
    }
}

impl CreateMessageResult {
    /// What the model says, part by part.
    #[must_use]
    pub fn content(&self) -> &[SamplingContent] {
        &self.content
    }

    /// The text of the answer, its parts one per line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let texts = self.content.iter().filter_map(|part| match part {
            SamplingContent::Content(content) => content.as_text(),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The tools that the model calls: id, name and arguments of each.
    pub fn tool_uses(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.content.iter().filter_map(|part| match part {
            SamplingContent::ToolUse { id, name, input } => {
                Some((id.as_str(), name.as_str(), input))
            }
            _ => None,
        })
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Why the model stopped: `endTurn`, `stopSequence`, `maxTokens`, `toolUse`, or what its provider says.
    #[must_use]
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref()
    }

    /// The answer as a message, to go on with.
    #[must_use]
    pub fn into_message(self) -> SamplingMessage {
        SamplingMessage { role: self.role, content: self.content }
    }
}

impl<'de> Deserialize<'de> for SamplingContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Tools {
            ToolUse {
                id: String,
                name: String,
                input: Value,
            },
            #[serde(rename_all = "camelCase")]
            ToolResult {
                tool_use_id: String,
                #[serde(default)]
                content: Vec<Content>,
                #[serde(default)]
                is_error: bool,
            },
        }
        let part = Value::deserialize(deserializer)?;
        let wrong = <D::Error as serde::de::Error>::custom;
        match part.get("type").and_then(Value::as_str) {
            Some("tool_use" | "tool_result") => {
                Ok(match serde_json::from_value(part).map_err(wrong)? {
                    Tools::ToolUse { id, name, input } => Self::ToolUse { id, name, input },
                    Tools::ToolResult { tool_use_id, content, is_error } => {
                        Self::ToolResult { tool_use_id, content, is_error }
                    }
                })
            }
            _ => serde_json::from_value(part).map(Self::Content).map_err(wrong),
        }
    }
}

/// Before 2025-11-25 an answer had one part.
fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SamplingContent>, D::Error> {
    let parts = match Value::deserialize(deserializer)? {
        Value::Array(parts) => parts,
        part => vec![part],
    };
    let parts: Result<_, _> = parts.into_iter().map(serde_json::from_value).collect();
    parts.map_err(serde::de::Error::custom)
}
