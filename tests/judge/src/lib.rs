//! An independent judge of every message that leaves a server.
//!
//! A message is read into the type that the official schema of its revision has for it, and written back. Nothing may be
//! lost on the way, since what the type does not know is foreign to the revision; and nothing may be added. The judge
//! knows nothing of minimcp, and takes text.
//!
//! ```
//! let asked = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
//! judge::sent(Some("2025-11-25"), asked, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
//!
//! let foreign = r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete"}}"#;
//! let judged = std::panic::catch_unwind(|| judge::sent(Some("2025-11-25"), asked, foreign));
//! assert!(judged.is_err());
//! ```
#![allow(clippy::panic, reason = "a judge that refuses a message ends the test")]

mod difference;
mod message;
mod shape;
mod transcript;
mod types;
mod unjudged;

use serde_json::{Value, json};

pub use transcript::Transcript;

/// The revision of whoever has not said one.
const UNSAID: &str = "2025-11-25";

/// Judges what a server sent, of a client that sent this: messages, lines of them, batches, events of a stream.
///
/// `revision` is what the transport knows: what was agreed on, or `None` before anything was. A request that describes
/// itself, and `initialize`, say their own.
///
/// # Panics
///
/// If a message is not of its revision, or answers nothing that was asked.
#[track_caller]
pub fn sent(revision: Option<&str>, received: &str, sent: &str) {
    let mut transcript = Transcript::new(revision);
    transcript.received(received);
    transcript.sent(sent);
}

/// As [`sent`], over HTTP: `version` is the header `mcp-protocol-version` of the request.
///
/// # Panics
///
/// As [`sent`].
#[track_caller]
pub fn over_http(version: Option<&str>, received: &str, sent: &str) {
    let mut transcript = Transcript::over_http(version);
    transcript.received(received);
    transcript.sent(sent);
}

/// Judges the answer to a request of this method, a result or an error.
///
/// # Panics
///
/// If it is not of its revision.
#[track_caller]
pub fn reply(revision: &str, method: &str, message: &str) {
    ruled(message, parsed(message).and_then(|read| message::reply(revision, method, &read)));
}

/// Judges the result of a request of this method, without the message around it.
///
/// # Panics
///
/// If it is not of its revision.
#[track_caller]
pub fn result(revision: &str, method: &str, result: &Value) {
    ruled(&result.to_string(), message::result(revision, method, result));
}

/// Judges an error, without the message around it; `data` is `null` for none.
///
/// # Panics
///
/// If it is not of its revision.
#[track_caller]
pub fn error(revision: &str, code: i64, message: &str, data: &Value) {
    let error = json!({ "code": code, "message": message, "data": data });
    reply(revision, "", &json!({ "jsonrpc": "2.0", "id": 0, "error": error }).to_string());
}

/// Judges a notification of the server.
///
/// # Panics
///
/// If it is not of its revision.
#[track_caller]
pub fn notification(revision: &str, message: &str) {
    ruled(message, parsed(message).and_then(|read| message::notification(revision, &read)));
}

/// Judges a request of the server.
///
/// # Panics
///
/// If it is not of its revision.
#[track_caller]
pub fn request(revision: &str, message: &str) {
    ruled(message, parsed(message).and_then(|read| message::request(revision, &read)));
}

/// What is wrong with a message, if anything.
type Ruling = Result<(), String>;

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}

#[track_caller]
fn ruled(message: &str, ruling: Ruling) {
    if let Err(problem) = ruling {
        panic!("{problem}\n  in {message}");
    }
}
