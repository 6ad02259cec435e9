//! Requests with an id that changes, and whether an answer is the right one.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// A failure of a server, or of the measurement.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The revision that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revision {
    Legacy,
    Modern,
}

impl Revision {
    pub(crate) const ALL: [Self; 2] = [Self::Legacy, Self::Modern];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Add,
    List(usize),
    Echo(usize),
    Count(u32),
}

impl Work {
    pub(crate) fn tools(self) -> usize {
        match self {
            Self::List(tools) => tools,
            _ => 5,
        }
    }

    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::List(_) => "tools/list",
            _ => "tools/call",
        }
    }

    pub(crate) fn tool(self) -> Option<&'static str> {
        match self {
            Self::Add => Some("add"),
            Self::List(_) => None,
            Self::Echo(_) => Some("echo"),
            Self::Count(_) => Some("count"),
        }
    }

    fn arguments(self) -> Value {
        match self {
            Self::Add => json!({ "a": 2, "b": 3.5 }),
            Self::List(_) => json!({}),
            Self::Echo(length) => json!({ "text": text(length) }),
            Self::Count(steps) => json!({ "steps": steps }),
        }
    }
}

fn text(length: usize) -> String {
    "What is said comes back as it is. ".chars().cycle().take(length).collect()
}

/// A request: its bytes, and where the id is in them.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    work: Work,
    bytes: Vec<u8>,
    ids: Vec<usize>,
    /// Of the text that an echo has to give back.
    text: String,
    /// The bytes of an answer that was checked, around its id: most others are equal.
    known: Option<(Vec<u8>, Vec<u8>)>,
}

/// As many digits as each id has, so that all requests are of one length.
const DIGITS: usize = 10;
const MARK: u64 = 9_876_543_210;

impl Question {
    /// The first id; others count on.
    pub(crate) const FIRST: u64 = 1_000_000_000;

    pub(crate) fn new(work: Work, revision: Revision) -> Self {
        let mut meta = json!({});
        if revision == Revision::Modern {
            meta = json!({
                "io.modelcontextprotocol/protocolVersion": revision.name(),
                "io.modelcontextprotocol/clientInfo": { "name": "benchmark", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let mut params = match work.tool() {
            Some(name) => json!({ "name": name, "arguments": work.arguments() }),
            None => json!({}),
        };
        if let (Work::Count(_), Some(meta)) = (work, meta.as_object_mut()) {
            meta.insert("progressToken".into(), json!(MARK));
        }
        if meta != json!({})
            && let Some(params) = params.as_object_mut()
        {
            params.insert("_meta".into(), meta);
        }
        let message =
            json!({ "jsonrpc": "2.0", "id": MARK, "method": work.method(), "params": params })
                .to_string();
        let ids = message.match_indices(&MARK.to_string()).map(|(at, _)| at).collect();
        let text = if let Work::Echo(length) = work { text(length) } else { String::new() };
        Self { work, bytes: message.into_bytes(), ids, text, known: None }
    }

    /// The same with something before it, such as the head of a request of HTTP.
    pub(crate) fn after(mut self, head: &str) -> Self {
        self.bytes.splice(0..0, head.bytes());
        self.ids.iter_mut().for_each(|at| *at += head.len());
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The request under an id.
    pub(crate) fn ask(&mut self, id: u64) -> &[u8] {
        let digits = id.to_string();
        for at in &self.ids {
            if let Some(place) = self.bytes.get_mut(*at..*at + DIGITS) {
                place.copy_from_slice(digits.as_bytes());
            }
        }
        &self.bytes
    }

    /// The id of an answer whose bytes are known up to its id.
    pub(crate) fn recognise(&self, answer: &[u8]) -> Option<u64> {
        let (before, after) = self.known.as_ref()?;
        let (id, rest) = answer.strip_prefix(&**before)?.split_at_checked(DIGITS)?;
        let id = std::str::from_utf8(id).ok()?.parse().ok();
        id.filter(|_| rest == after)
    }

    /// Reads one message of a server: the id of an answer that is right, or of a request that goes on.
    pub(crate) fn read(&mut self, message: &[u8]) -> Result<Heard, Failure> {
        if let Some(id) = self.recognise(message) {
            return Ok(Heard::Answer(id));
        }
        let read: Message<'_> = serde_json::from_slice(message)?;
        if let (Some("notifications/progress"), Some(params)) =
            (read.method.as_deref(), &read.params)
        {
            return Ok(Heard::Progress(params.token));
        }
        match (read.id, &read.result) {
            (Some(id), Some(result)) if self.is_right(result) => {
                let digits = id.to_string();
                let shown = String::from_utf8_lossy(message);
                self.known =
                    shown.split_once(&digits).map(|(before, after)| (before.into(), after.into()));
                Ok(Heard::Answer(id))
            }
            _ => {
                let shown: String = String::from_utf8_lossy(message).chars().take(400).collect();
                Err(format!("a wrong answer to {:?}: {shown}", self.work).into())
            }
        }
    }

    fn is_right(&self, result: &Outcome<'_>) -> bool {
        let text = result.content.as_ref().and_then(|content| content.first());
        let text = text.map_or("", |content| &content.text);
        !result.is_error
            && match self.work {
                Work::Add => text.parse() == Ok(5.5),
                Work::List(tools) => result.tools.as_ref().is_some_and(|all| all.len() == tools),
                Work::Echo(_) => text == self.text,
                Work::Count(steps) => text.parse() == Ok(steps),
            }
    }

    /// How many notifications come before the answer.
    pub(crate) fn events(&self) -> u32 {
        if let Work::Count(steps) = self.work { steps } else { 0 }
    }
}

/// What a message of a server is.
pub(crate) enum Heard {
    /// The answer to the request of this id.
    Answer(u64),
    /// Progress of the request whose id is its token.
    Progress(u64),
}

#[derive(Deserialize)]
struct Message<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    params: Option<Params>,
    #[serde(borrow)]
    result: Option<Outcome<'a>>,
}

#[derive(Deserialize)]
struct Params {
    #[serde(rename = "progressToken")]
    token: u64,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    content: Option<Vec<Block<'a>>>,
    tools: Option<Vec<IgnoredAny>>,
    #[serde(rename = "isError", default)]
    is_error: bool,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// What a client of a revision before 2026-07-28 begins with.
pub(crate) fn handshake() -> [String; 2] {
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": Revision::Legacy.name(),
            "capabilities": {},
            "clientInfo": { "name": "benchmark", "version": "1" },
        },
    });
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    [initialize.to_string(), initialized.to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(work: Work, answer: &str, right: bool) {
        let mut question = Question::new(work, Revision::Legacy);
        let heard = question.read(answer.as_bytes());
        assert_eq!(matches!(heard, Ok(Heard::Answer(1_000_000_007))), right, "{answer}");
        assert_eq!(question.recognise(answer.as_bytes()).is_some(), right);
    }

    #[test]
    fn only_the_right_answer_is_right() {
        let answer = |content: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":1000000007,"result":{{"content":[{{"type":"text","text":"{content}"}}]}}}}"#
            )
        };
        check(Work::Add, &answer("5.5"), true);
        check(Work::Add, &answer("5.4"), false);
        check(
            Work::Add,
            r#"{"jsonrpc":"2.0","id":1000000007,"error":{"code":1,"message":"x"}}"#,
            false,
        );
        check(Work::Echo(4), &answer("What"), true);
        check(Work::Echo(5), &answer("What"), false);
        check(Work::List(1), r#"{"jsonrpc":"2.0","id":1000000007,"result":{"tools":[{}]}}"#, true);
        check(Work::List(2), r#"{"jsonrpc":"2.0","id":1000000007,"result":{"tools":[{}]}}"#, false);
    }
}
