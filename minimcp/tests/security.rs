//! What attackers try that no single part of the server is there for. `SECURITY.md` lists the others.
#![cfg(feature = "macros")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use minimcp::{Error, MiniMcp, Outbox, handlers, tool};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Fail with what was sent
#[tool]
async fn fail(text: &str, internal: bool) -> Result<String, Error> {
    Err(match internal {
        true => Error::internal(text.to_owned()),
        false => Error::tool(text.to_owned()),
    })
}

/// A log in lines, as most are: texts are quoted, and what displays itself is written as it is.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Visit for Lines {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
        self.0.lock().unwrap().push('\n');
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The log of one message has one line, and no character that a terminal would obey.
fn check_log(method: &str, params: &serde_json::Value) {
    let log = Lines::default();
    let server: MiniMcp = MiniMcp::new("logged").handlers(handlers![fail]);
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    tracing::subscriber::with_default(log.clone(), || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(server.handle(message.to_string(), Outbox::none(), ()));
    });
    let written = log.0.lock().unwrap().clone();
    assert_eq!(written.lines().count(), 1, "{written}");
    assert!(!written.trim_end().chars().any(char::is_control), "{written:?}");
    assert!(written.contains("forged"), "{written}");
}

#[test]
fn nobody_writes_lines_into_the_log() {
    let forged = "x\r\n2026-01-01 ERROR forged \u{1b}[2J\u{7}";
    check_log(forged, &json!({}));
    check_log("tools/call", &json!({ "name": forged }));
    check_log("prompts/get", &json!({ "name": forged }));
    check_log(
        "tools/call",
        &json!({ "name": "fail", "arguments": { "text": forged, "internal": true } }),
    );
}

/// The sources in which one of these words is, by their paths.
fn sources_with(words: &[&str]) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if words.iter().any(|word| text.contains(word)) {
                found.push(path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn check_sources(words: &[&str], expected: &[&str]) {
    assert_eq!(sources_with(words), expected, "{words:?}");
}

/// Maps whose keys come from clients have std's hash, whose key nobody knows. The simple one is for names of handlers.
#[test]
fn only_the_names_of_handlers_have_a_simple_hash() {
    check_sources(
        &["BuildHasher", "NameHash", "with_hasher"],
        &["registry/catalog.rs", "registry/hash.rs", "registry/routes.rs"],
    );
}

/// No address that is in a message, a schema or a token is ever called: one file opens connections, to the issuer that the
/// program names.
#[test]
fn nothing_is_fetched_but_the_keys_of_an_issuer() {
    let clients = ["legacy::Client", "HttpConnector", "HttpsConnector", "TcpStream::connect"];
    check_sources(&clients, &["auth/fetch.rs"]);
}
