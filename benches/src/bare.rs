//! A server without a framework: each message is read into typed structs and answered by a `match`.
//!
//! It is what a programmer would write who knows in advance what is asked, and writes the bytes that minimcp writes. It
//! checks nothing that serde does not, and has no limits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The lists of the server, ready to be sent: the text of `result`, by revision.
#[derive(Debug, Default)]
pub struct Lists {
    /// The result of `tools/list` before 2026-07-28.
    pub legacy: Box<str>,
    /// The same from 2026-07-28 on.
    pub modern: Box<str>,
}

impl Lists {
    /// Lists from a JSON object with the members `legacy` and `modern`.
    ///
    /// # Errors
    ///
    /// When the text is something else.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        let mut members: BTreeMap<&str, &RawValue> = serde_json::from_str(text)?;
        let mut take = |name| members.remove(name).map(|raw| raw.get().into()).unwrap_or_default();
        Ok(Self { legacy: take("legacy"), modern: take("modern") })
    }
}

/// An answer: bytes, or events and then bytes.
#[derive(Debug)]
pub enum Answer {
    /// All of it.
    Whole(Vec<u8>),
    /// Progress, and the answer after it.
    Events(Events),
}

/// A call that reports progress.
#[derive(Debug)]
pub struct Events {
    token: Box<RawValue>,
    step: u32,
    steps: u32,
    last: Option<Vec<u8>>,
}

impl Iterator for Events {
    type Item = Vec<u8>;

    /// The next message of the call.
    fn next(&mut self) -> Option<Vec<u8>> {
        if self.step == self.steps {
            return self.last.take();
        }
        self.step += 1;
        let params = Progress {
            token: &self.token,
            progress: f64::from(self.step),
            total: f64::from(self.steps),
        };
        let notification =
            Notification { jsonrpc: "2.0", method: "notifications/progress", params };
        serde_json::to_vec(&notification).ok()
    }
}

/// Answers a message; nothing where none is due.
///
/// # Errors
///
/// When the message is none that the server knows.
pub fn answer(message: &[u8], lists: &Lists) -> serde_json::Result<Option<Answer>> {
    let call: Call<'_> = serde_json::from_slice(message)?;
    let Some(id) = call.id else { return Ok(None) };
    let modern = call.params.meta.as_ref().is_some_and(|meta| meta.version.is_some());
    let arguments = call.params.arguments.unwrap_or_default();
    let answer = match (call.method, call.params.name) {
        ("tools/list", _) => {
            let list = if modern { &lists.modern } else { &lists.legacy };
            let mut out = Vec::with_capacity(list.len() + 64);
            out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
            out.extend_from_slice(id.get().as_bytes());
            out.extend_from_slice(br#","result":"#);
            out.extend_from_slice(list.as_bytes());
            out.push(b'}');
            Answer::Whole(out)
        }
        ("tools/call", Some("add")) => {
            let (Some(a), Some(b)) = (arguments.a, arguments.b) else { return missing("a, b") };
            let sum = a + b;
            let text = serde_json::to_string(&sum)?;
            Answer::Whole(called(id, modern, Cow::Owned(text), Some(sum))?)
        }
        ("tools/call", Some("echo")) => {
            let Some(text) = arguments.text else { return missing("text") };
            Answer::Whole(called(id, modern, Cow::Owned(text), None::<()>)?)
        }
        ("tools/call", Some("count")) => {
            let Some(steps) = arguments.steps else { return missing("steps") };
            let last = called(id, modern, Cow::Owned(steps.to_string()), Some(steps))?;
            match call.params.meta.and_then(|meta| meta.token) {
                Some(token) => Answer::Events(Events {
                    token: token.to_owned(),
                    step: 0,
                    steps,
                    last: Some(last),
                }),
                None => Answer::Whole(last),
            }
        }
        ("initialize", _) => Answer::Whole(serde_json::to_vec(&Reply {
            jsonrpc: "2.0",
            id,
            result: serde_json::json!({
                "protocolVersion": "2025-11-25",
                "capabilities": { "tools": {} },
                "serverInfo": { "name": "benchmark", "version": "0.1.0" }
            }),
        })?),
        _ => return missing("method"),
    };
    Ok(Some(answer))
}

fn missing<T>(what: &str) -> serde_json::Result<T> {
    Err(serde::de::Error::custom(what))
}

fn called<T: Serialize>(
    id: &RawValue,
    modern: bool,
    text: Cow<'_, str>,
    value: Option<T>,
) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() + 256);
    let structured = value.map(|result| match modern {
        true => Structured::Plain(result),
        false => Structured::Wrapped { result },
    });
    let content = [Content { kind: "text", text }];
    let meta =
        modern.then_some(ResultMeta { server: Server { name: "benchmark", version: "0.1.0" } });
    let result_type = modern.then_some("complete");
    let result = Called { result_type, content, structured, meta };
    serde_json::to_writer(&mut out, &Reply { jsonrpc: "2.0", id, result })?;
    Ok(out)
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: &'a str,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Deserialize, Default)]
struct Params<'a> {
    name: Option<&'a str>,
    arguments: Option<Arguments>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

/// The arguments of all tools, in one type: so each message is walked once.
#[derive(Deserialize, Default)]
struct Arguments {
    a: Option<f64>,
    b: Option<f64>,
    text: Option<String>,
    steps: Option<u32>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<&'a str>,
    #[serde(borrow, rename = "progressToken")]
    token: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Reply<'a, T> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    result: T,
}

#[derive(Serialize)]
struct Called<'a, T> {
    #[serde(rename = "resultType", skip_serializing_if = "Option::is_none")]
    result_type: Option<&'static str>,
    content: [Content<'a>; 1],
    #[serde(rename = "structuredContent", skip_serializing_if = "Option::is_none")]
    structured: Option<Structured<T>>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<ResultMeta>,
}

/// How the server names itself in each answer from 2026-07-28 on.
#[derive(Serialize)]
struct ResultMeta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server: Server,
}

#[derive(Serialize)]
struct Server {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Structured<T> {
    Wrapped { result: T },
    Plain(T),
}

#[derive(Serialize)]
struct Notification<P> {
    jsonrpc: &'static str,
    method: &'static str,
    params: P,
}

#[derive(Serialize)]
struct Progress<'a> {
    #[serde(rename = "progressToken")]
    token: &'a RawValue,
    progress: f64,
    total: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str =
        r#"{"io.modelcontextprotocol/serverInfo":{"name":"benchmark","version":"0.1.0"}}"#;
    const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

    fn check(method: &str, params: &str, expected: &[&str]) {
        let message =
            format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#);
        let lists = Lists::parse(r#"{"legacy":{"tools":[]},"modern":{"tools":[1]}}"#);
        let lists = lists.unwrap_or_default();
        let answers: Vec<_> = match answer(message.as_bytes(), &lists) {
            Ok(Some(Answer::Whole(answer))) => vec![answer],
            Ok(Some(Answer::Events(events))) => events.collect(),
            Ok(None) => vec![],
            Err(error) => vec![error.to_string().into_bytes()],
        };
        let answers: Vec<_> =
            answers.iter().map(|answer| String::from_utf8_lossy(answer)).collect();
        assert_eq!(answers, expected);
    }

    #[test]
    fn answers_are_those_of_each_revision() {
        check(
            "tools/call",
            r#"{"name":"add","arguments":{"a":2,"b":3}}"#,
            &[
                r#"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"5.0"}],"structuredContent":{"result":5.0}}}"#,
            ],
        );
        let meta = format!(r#"{{"{VERSION}":"2026-07-28"}}"#);
        check(
            "tools/call",
            &format!(r#"{{"name":"add","arguments":{{"a":2,"b":3}},"_meta":{meta}}}"#),
            &[&format!(
                r#"{{"jsonrpc":"2.0","id":7,"result":{{"resultType":"complete","content":[{{"type":"text","text":"5.0"}}],"structuredContent":5.0,"_meta":{SERVER}}}}}"#
            )],
        );
        check(
            "tools/list",
            &format!(r#"{{"_meta":{meta}}}"#),
            &[r#"{"jsonrpc":"2.0","id":7,"result":{"tools":[1]}}"#],
        );
    }

    #[test]
    fn progress_comes_before_the_answer() {
        check(
            "tools/call",
            r#"{"name":"count","arguments":{"steps":1},"_meta":{"progressToken":"p"}}"#,
            &[
                r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1.0,"total":1.0}}"#,
                r#"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"1"}],"structuredContent":{"result":1}}}"#,
            ],
        );
    }
}
