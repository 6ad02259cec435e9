//! What went over a connection, in its order.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Ruling, UNSAID, message, ruled, types};

const MODERN: &str = "2026-07-28";
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// What a client and a server sent to each other; each message of the server is judged under the revision of what it
/// belongs to.
///
/// ```
/// let mut transcript = judge::Transcript::new(None);
/// transcript.received(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#);
/// transcript.sent(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
/// ```
#[derive(Debug, Clone)]
pub struct Transcript {
    /// What was agreed on; before, an error whose id is unknown may say so with `null`.
    agreed: Option<String>,
    /// The revision of what came last.
    last: String,
    /// Requests by their ids.
    asked: BTreeMap<String, Asked>,
    /// Revisions of requests by the tokens of their progress.
    tokens: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct Asked {
    method: String,
    revision: String,
}

/// What counts in a message of a client; the rest may be nested as deeply as it likes.
#[derive(Deserialize)]
struct Received<'a> {
    method: String,
    id: Option<Value>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    #[serde(rename = "_meta")]
    meta: Option<Value>,
    #[serde(rename = "protocolVersion")]
    version: Option<Value>,
}

impl Transcript {
    /// A connection that agreed on a revision, or on none so far.
    #[must_use]
    pub fn new(revision: Option<&str>) -> Self {
        Self {
            agreed: revision.map(str::to_owned),
            last: revision.unwrap_or(UNSAID).to_owned(),
            asked: BTreeMap::new(),
            tokens: BTreeMap::new(),
        }
    }

    /// A request over HTTP with this header `mcp-protocol-version`.
    #[must_use]
    pub fn over_http(version: Option<&str>) -> Self {
        let known = version.filter(|version| types::of(version).is_some());
        let mut transcript = Self::new(known);
        if version.is_none() {
            transcript.last = "2025-03-26".to_owned();
        }
        transcript
    }

    /// Notes what a client sent; what is no message is passed over, as its sender may have meant it so.
    pub fn received(&mut self, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        let lines = match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => vec![text],
            Err(_) => text.lines().collect(),
        };
        for line in lines {
            if let Ok(batch) = serde_json::from_str::<Vec<&RawValue>>(line) {
                // No handshake is a part of a batch.
                batch.iter().for_each(|message| self.note(message.get(), false));
            } else {
                self.note(line, true);
            }
        }
    }

    fn note(&mut self, message: &str, may_agree: bool) {
        let Ok(Received { method, id: Some(id), params }) = serde_json::from_str(message) else {
            return;
        };
        let params = params.and_then(|params| serde_json::from_str(params.get()).ok());
        let Params { meta, version } = params.unwrap_or_default();
        let is_modern = meta.as_ref().is_some_and(|meta| meta.get(VERSION).is_some());
        if method == "initialize" && !is_modern && may_agree {
            let wanted = version.as_ref().and_then(Value::as_str);
            let wanted = wanted.filter(|wanted| *wanted != MODERN && types::of(wanted).is_some());
            self.agreed = Some(wanted.unwrap_or(UNSAID).to_owned());
        }
        self.last = match (is_modern, &self.agreed) {
            (true, _) => MODERN.to_owned(),
            (false, Some(agreed)) => agreed.clone(),
            (false, None) if self.last == MODERN => UNSAID.to_owned(),
            (false, None) => self.last.clone(),
        };
        if let Some(token) = meta.as_ref().and_then(|meta| meta.get("progressToken")) {
            self.tokens.insert(token.to_string(), self.last.clone());
        }
        self.asked.insert(id.to_string(), Asked { method, revision: self.last.clone() });
    }

    /// Judges what the server sent.
    ///
    /// # Panics
    ///
    /// If a message is not of its revision, or answers nothing that was asked.
    #[track_caller]
    pub fn sent(&mut self, text: &str) {
        for message in messages(text) {
            match message {
                Ok(message) => ruled(&message.to_string(), self.judge(&message)),
                Err(problem) => ruled(text, Err(problem)),
            }
        }
    }

    fn judge(&self, message: &Value) -> Ruling {
        let method = message.get("method").and_then(Value::as_str);
        match (method, message.get("id")) {
            (Some(_), None) => message::notification(self.revision_of(message), message),
            (Some(_), Some(_)) => message::request(&self.last, message),
            (None, id) => self.judge_answer(id, message),
        }
    }

    fn judge_answer(&self, id: Option<&Value>, message: &Value) -> Ruling {
        let asked = id.and_then(|id| self.asked.get(&id.to_string()));
        match (asked, id) {
            // An id is repeated as it came, whatever it was.
            (Some(asked), Some(_)) if message.get("error").is_some() => {
                message::error(&asked.revision, &message::with_any_id(message))
            }
            (Some(asked), _) => message::reply(&asked.revision, &asked.method, message),
            // JSON-RPC says `null` for an id that could not be read, and MCP leaves it out from 2025-11-25 on.
            (None, Some(Value::Null)) if self.may_say_null() => {
                message::error(&self.last, &message::with_any_id(message))
            }
            (None, _) if message.get("error").is_some() => message::error(&self.last, message),
            (None, _) => Err("it answers nothing that was asked".into()),
        }
    }

    fn may_say_null(&self) -> bool {
        self.agreed.as_deref().is_none_or(|agreed| !matches!(agreed, "2025-11-25" | MODERN))
    }

    /// The revision of the request that a notification belongs to.
    fn revision_of(&self, notification: &Value) -> &str {
        let params = notification.get("params");
        let token = params.and_then(|params| params.get("progressToken"));
        let subscription = params.and_then(|params| params.get("_meta")?.get(SUBSCRIPTION));
        let of_token = token.and_then(|token| self.tokens.get(&token.to_string()));
        let of_subscription = subscription.and_then(|id| self.asked.get(&id.to_string()));
        of_token.or(of_subscription.map(|asked| &asked.revision)).unwrap_or(&self.last)
    }
}

/// The messages in a text: one, an array, one per line, or one per event of a stream.
fn messages(text: &str) -> Vec<Result<Value, String>> {
    let is_stream = |line: &str| {
        ["data:", "event:", "id:", "retry:", ":"].iter().any(|field| line.starts_with(field))
    };
    if text.lines().any(is_stream) {
        let data = text.replace("\r\n", "\n");
        return data.split("\n\n").map(data_of).flat_map(|data| lines(&data)).collect();
    }
    match serde_json::from_str(text) {
        Ok(message) => each(message),
        Err(_) => lines(text),
    }
}

fn data_of(event: &str) -> String {
    let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn lines(text: &str) -> Vec<Result<Value, String>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .flat_map(|line| match serde_json::from_str(line.trim()) {
            Ok(message) => each(message),
            Err(error) => vec![Err(format!("not JSON: {error}"))],
        })
        .collect()
}

fn each(message: Value) -> Vec<Result<Value, String>> {
    match message {
        Value::Array(batch) if !batch.is_empty() => batch.into_iter().map(Ok).collect(),
        message => vec![Ok(message)],
    }
}
