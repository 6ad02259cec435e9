//! What clients send, and what has to come of it.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::wire::{Failure, Response};

/// How a client speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Era<'s> {
    Modern,
    Stateless,
    Session(&'s str),
}

/// A request, and what has to come of it.
pub(crate) struct Request {
    id: u64,
    method: &'static str,
    params: Value,
    /// What stands in the answer.
    expected: String,
    /// How often progress is reported before it.
    pub(crate) reports: usize,
}

impl Request {
    pub(crate) fn call(
        id: u64,
        name: &str,
        arguments: &Value,
        expected: impl Into<String>,
    ) -> Self {
        let params =
            json!({ "name": name, "arguments": arguments, "_meta": { "progressToken": id } });
        Self { id, method: "tools/call", params, expected: expected.into(), reports: 0 }
    }

    pub(crate) fn steps(id: u64, steps: usize, pause: u64) -> Self {
        let arguments = json!({ "steps": steps, "pause": pause });
        Self { reports: steps, ..Self::call(id, "steps", &arguments, steps.to_string()) }
    }

    /// `params` is an object with a member `_meta`.
    fn plain(id: u64, method: &'static str, params: Value, expected: &str) -> Self {
        Self { id, method, params, expected: expected.into(), reports: 0 }
    }

    /// Something that a client would ask.
    pub(crate) fn any(id: u64, chance: &mut Chance) -> Self {
        match chance.below(16) {
            0..5 => Self::call(id, "add", &json!({ "a": id, "b": 1 }), format!("{}", id + 1)),
            5 => Self::call(id, "add", &json!({ "a": "nonsense" }), "b"),
            6 => {
                let text = "ä\"\n".repeat(chance.below(10_000));
                Self::call(id, "echo", &json!({ "text": text }), format!("{}", json!(text)))
            }
            7 => Self::call(id, "fail", &json!({ "how": "model" }), "on purpose"),
            8 => Self::call(id, "fail", &json!({ "how": "server" }), "internal error"),
            9..12 => {
                let pause = u64::try_from(chance.below(4)).unwrap_or_default();
                Self::steps(id, chance.below(12), pause)
            }
            12 => Self::plain(id, "tools/list", json!({ "_meta": {} }), "flood"),
            13 => Self::plain(
                id,
                "resources/read",
                json!({ "uri": "note://x", "_meta": {} }),
                "note x",
            ),
            14 => Self::call(id, "unknown", &json!({}), "unknown"),
            _ => {
                let params =
                    json!({ "name": "greet", "arguments": { "name": "Ada" }, "_meta": {} });
                Self::plain(id, "prompts/get", params, "Ada!")
            }
        }
    }

    /// The request on the wire.
    pub(crate) fn write(&self, era: Era<'_>) -> Vec<u8> {
        let mut params = self.params.clone();
        let mut head = String::from("mcp-protocol-version: 2025-11-25\r\n");
        match era {
            Era::Stateless => (),
            Era::Session(session) => head += &format!("mcp-session-id: {session}\r\n"),
            Era::Modern => {
                head =
                    format!("mcp-protocol-version: 2026-07-28\r\nmcp-method: {}\r\n", self.method);
                let name = params.get("name").or_else(|| params.get("uri")).and_then(Value::as_str);
                if let Some(name) = name {
                    head += &format!("mcp-name: {name}\r\n");
                }
                if let Some(meta) = params.get_mut("_meta").and_then(Value::as_object_mut) {
                    let own = |name: &str| format!("io.modelcontextprotocol/{name}");
                    meta.insert(own("protocolVersion"), "2026-07-28".into());
                    meta.insert(own("clientCapabilities"), json!({}));
                }
            }
        }
        let message =
            json!({ "jsonrpc": "2.0", "id": self.id, "method": self.method, "params": params });
        post(&head, &message.to_string())
    }

    /// Whether it was answered, exactly once, and not refused for want of room.
    ///
    /// # Errors
    ///
    /// If anything else came than has to come.
    pub(crate) fn check(&self, response: &Response) -> Result<bool, Failure> {
        let wrong = |what: &str| {
            let text: String = format!("{:?}", response.messages).chars().take(500).collect();
            Failure::from(format!(
                "{} {}: {what}: {} {text}",
                self.method, self.id, response.status
            ))
        };
        let (answer, before) = response.messages.split_last().ok_or_else(|| wrong("no answer"))?;
        if answer.get("id") != Some(&json!(self.id)) {
            return Err(wrong("no answer at the end"));
        }
        if response.status == 503 {
            let refused = answer.to_string().contains("queue is full");
            return if refused { Ok(false) } else { Err(wrong("another refusal")) };
        }
        let told = before.iter().enumerate().all(|(index, report)| {
            let progress = report.pointer("/params/progress").and_then(Value::as_u64);
            let progress = progress.or_else(|| {
                report.pointer("/params/progress").and_then(Value::as_f64).map(|value| value as u64)
            });
            report.pointer("/params/progressToken") == Some(&json!(self.id))
                && progress == u64::try_from(index + 1).ok()
        });
        if !told || before.len() != self.reports {
            return Err(wrong("other progress than was made"));
        }
        match answer.to_string().to_lowercase().contains(&self.expected.to_lowercase()) {
            true => Ok(true),
            false => Err(wrong(&format!("no `{}` in it", self.expected))),
        }
    }
}

/// A request of HTTP with these headers and this content.
pub(crate) fn post(headers: &str, content: &str) -> Vec<u8> {
    let length = content.len();
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json, \
         text/event-stream\r\n{headers}content-length: {length}\r\n\r\n{content}"
    )
    .into_bytes()
}

/// Begins a session.
pub(crate) fn initialize() -> Vec<u8> {
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "soak", "version": "1" },
    });
    post(
        "",
        &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }).to_string(),
    )
}

/// Something that is wrong in one way or another.
pub(crate) fn malformed(chance: &mut Chance) -> Vec<u8> {
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let close = "connection: close\r\n";
    match chance.below(12) {
        0 => post(close, "nonsense"),
        1 => post(close, &"[".repeat(50_000)),
        2 => post(close, r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#),
        3 => post(close, r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#),
        4 => post(&format!("{close}mcp-protocol-version: 2099-01-01\r\n"), ping),
        5 => post(&format!("{close}mcp-session-id: nonsense\r\n"), ping),
        6 => post(&format!("{close}x: {}\r\n", "y".repeat(1_000_000)), ping),
        7 => post(&format!("{close}content-length: 3\r\n"), ping),
        8 => post(&format!("{close}origin: http://evil.example\r\n"), ping),
        9 => (0..2000).map(|_| u8::try_from(chance.below(256)).unwrap_or_default()).chain(*b"\r\n\r\n").collect(),
        10 => format!("BREW /mcp HTTP/1.1\r\nhost: localhost\r\n{close}\r\n").into_bytes(),
        _ => format!("POST /mcp HTTP/1.1\r\nhost: localhost\r\n{close}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
    }
}
