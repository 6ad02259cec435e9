//! One message in, one answer out: what the tests of behaviour are made of.

use std::sync::Mutex;

use judge::Transcript;
pub(crate) use minimcp::ProtocolVersion as V;
use minimcp::{Connection, MiniMcp, Outbox};
use serde_json::{Value, json};

pub(crate) const ALL: &[V] = &V::ALL;
pub(crate) const LEGACY: &[V] = &[V::V2024_11_05, V::V2025_03_26, V::V2025_06_18, V::V2025_11_25];
pub(crate) const MODERN: &[V] = &[V::V2026_07_28];
/// Arguments that do not fit are an error of the protocol here, and for the model in `TOLD`.
pub(crate) const NOT_TOLD: &[V] = &[V::V2024_11_05, V::V2025_03_26, V::V2025_06_18];
pub(crate) const TOLD: &[V] = &[V::V2025_11_25, V::V2026_07_28];
/// Structured values are sent, and have to be objects.
pub(crate) const WRAPPED: &[V] = &[V::V2025_06_18, V::V2025_11_25];

/// Asks the server once per revision, each time as a new client, and compares the answers with the pattern; see
/// [`matches`].
pub(crate) async fn check(
    server: &MiniMcp,
    revisions: &[V],
    method: &str,
    params: Value,
    expected: Value,
) {
    for revision in revisions {
        let (answer, _) = ask(server, (), *revision, method, params.clone()).await;
        assert_matches(&answer, &expected, &format!("{revision} {method} {params}"));
    }
}

/// As [`check`], of a tool.
pub(crate) async fn check_call(
    server: &MiniMcp,
    revisions: &[V],
    tool: &str,
    arguments: Value,
    expected: Value,
) {
    let params = json!({ "name": tool, "arguments": arguments });
    check(server, revisions, "tools/call", params, expected).await;
}

/// Hands one text to the server as it is; `null` stands for no answer.
pub(crate) async fn check_raw(server: &MiniMcp, message: impl AsRef<[u8]>, expected: Value) {
    let message = message.as_ref().to_vec();
    let context = String::from_utf8_lossy(&message).into_owned();
    let reply = server.handle(message, Outbox::none(), ()).await;
    judge::sent(None, &context, reply.as_str().unwrap_or_default());
    let answer = reply.as_str().map_or(Value::Null, read);
    assert_eq!(reply.is_none(), expected.is_null(), "{context}: {answer}");
    assert_matches(&answer, &expected, &context);
}

/// Sends one request as a new client of this revision; gives the answer and the notifications before it.
pub(crate) async fn ask<S: Clone + Send + Sync + 'static>(
    server: &MiniMcp<S>,
    scope: S,
    revision: V,
    method: &str,
    params: Value,
) -> (Value, Vec<Value>) {
    let client = Client::new(server, scope, revision).await;
    client.ask(json!(7), method, params).await
}

/// One client on a connection of its own; all that comes over it is judged.
pub(crate) struct Client<S> {
    connection: Connection<S>,
    transcript: Mutex<Transcript>,
    scope: S,
    revision: V,
}

impl<S: Clone + Send + Sync + 'static> Client<S> {
    /// A client that has shaken hands, where its revision has a handshake.
    pub(crate) async fn new(server: &MiniMcp<S>, scope: S, revision: V) -> Self {
        let connection = Connection::new(server.clone());
        let transcript = Mutex::new(Transcript::new(None));
        let client = Self { connection, transcript, scope, revision };
        if !revision.is_modern() {
            let params = json!({
                "protocolVersion": revision.as_str(), "capabilities": {},
                "clientInfo": { "name": "parity", "version": "1" },
            });
            client.ask(json!(0), "initialize", params).await;
        }
        client
    }

    /// Sends a request and checks what is true of every answer.
    pub(crate) async fn ask(
        &self,
        id: Value,
        method: &str,
        mut params: Value,
    ) -> (Value, Vec<Value>) {
        if self.revision.is_modern()
            && let Some(params) = params.as_object_mut()
            && let Some(meta) = params.entry("_meta").or_insert(json!({})).as_object_mut()
        {
            meta.insert(
                "io.modelcontextprotocol/protocolVersion".into(),
                json!(self.revision.as_str()),
            );
            meta.insert("io.modelcontextprotocol/clientCapabilities".into(), json!({}));
        }
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let (answer, notifications) = self.send(&message.to_string()).await;
        assert_eq!(answer["jsonrpc"], "2.0", "{message}: {answer}");
        assert_eq!(answer["id"], id, "{message}: {answer}");
        assert!(
            answer.get("result").is_some() != answer.get("error").is_some(),
            "{message}: {answer}"
        );
        (answer, notifications)
    }

    /// Sends any text; `null` stands for no answer.
    pub(crate) async fn send(&self, message: &str) -> (Value, Vec<Value>) {
        let (outbox, mut inbox) = Outbox::channel(1000);
        self.transcript.lock().unwrap().received(message);
        let message = message.as_bytes().to_vec();
        let reply = self.connection.handle(message, outbox, self.scope.clone()).await;
        let mut notifications = Vec::new();
        while let Some(notification) = inbox.try_recv() {
            let notification = std::str::from_utf8(&notification).unwrap();
            self.transcript.lock().unwrap().sent(notification);
            notifications.push(read(notification));
        }
        self.transcript.lock().unwrap().sent(reply.as_str().unwrap_or_default());
        (reply.as_str().map_or(Value::Null, read), notifications)
    }
}

/// Reads a message of the server; each is one line.
pub(crate) fn read(text: &str) -> Value {
    assert!(!text.contains(['\n', '\r']), "a message is one line: {text}");
    serde_json::from_str(text).unwrap()
}

pub(crate) fn assert_matches(actual: &Value, pattern: &Value, context: &str) {
    if let Err(difference) = matches(actual, pattern) {
        panic!("{context}\n{difference}\nin {actual}");
    }
}

/// Whether a value is what a pattern says.
///
/// An object has to have the members of the pattern, and may have more; the pattern `null` is for what has to be
/// absent. The text `…a…` is for any text with `a` in it. All else is equal or not.
fn matches(actual: &Value, pattern: &Value) -> Result<(), String> {
    match (actual, pattern) {
        (Value::Object(actual), Value::Object(pattern)) => {
            pattern.iter().try_for_each(|(key, pattern)| {
                matches(actual.get(key).unwrap_or(&Value::Null), pattern)
                    .map_err(|difference| format!("{key}: {difference}"))
            })
        }
        (Value::Array(actual), Value::Array(pattern)) if actual.len() == pattern.len() => {
            actual.iter().zip(pattern).enumerate().try_for_each(|(index, (actual, pattern))| {
                matches(actual, pattern).map_err(|difference| format!("[{index}] {difference}"))
            })
        }
        (Value::String(actual), Value::String(pattern))
            if pattern.starts_with('…') && actual.contains(pattern.trim_matches('…')) =>
        {
            Ok(())
        }
        (actual, pattern) if actual == pattern => Ok(()),
        (actual, pattern) => Err(format!("{actual} is not {pattern}")),
    }
}

/// The pattern of an error with this code and a text that contains this.
pub(crate) fn error(code: i32, message: &str) -> Value {
    json!({ "result": null, "error": { "code": code, "message": format!("…{message}…") } })
}

/// The pattern of a tool's result that is one block of just this text.
pub(crate) fn text(text: &str) -> Value {
    json!({ "result": { "content": [{ "type": "text", "text": text }], "isError": null } })
}

/// The pattern of a tool's result that tells the model of an error.
pub(crate) fn told(message: &str) -> Value {
    let content = json!([{ "type": "text", "text": format!("…{message}…") }]);
    json!({ "result": { "content": content, "isError": true, "structuredContent": null } })
}

#[test]
fn a_pattern_that_does_not_fit_is_noticed() {
    let actual = json!({ "a": [1, { "b": "xyz" }], "c": null });
    for pattern in
        [json!({ "a": [1, { "b": "…y…" }], "d": null }), json!({ "a": [1, {}] }), json!({})]
    {
        assert_eq!(matches(&actual, &pattern), Ok(()), "{pattern}");
    }
    for pattern in [
        json!({ "a": null }),
        json!({ "a": [1] }),
        json!({ "a": [2, {}] }),
        json!({ "a": [1, { "b": "…q…" }] }),
        json!({ "a": [1, { "b": "y" }] }),
        json!({ "d": {} }),
        json!([]),
    ] {
        assert!(matches(&actual, &pattern).is_err(), "{pattern}");
    }
}
