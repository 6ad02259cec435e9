//! `docs/sample-messages.md` shows what the math server really says.
//!
//! Under the heading of a revision, each message of the client (→) is sent in its order over one connection, and what the
//! server says (←) is compared. What a revision with a handshake does not show is taken from the one before it, and has
//! to be the same there. With `UPDATE_SAMPLES=1` the server's messages are written into the document instead.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::mem::take;

use judge::Transcript;
use minimcp::{Connection, Outbox, ProtocolVersion};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sample-messages.md");

/// A part of the document.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// A line that is no message.
    Line(String),
    /// `## 2024-11-05`
    Revision(ProtocolVersion),
    /// `### ping`
    Topic(String),
    /// A message of the client.
    Sent { language: String, content: String, goes_on: bool },
    /// A message of the server.
    Said(String),
}

#[tokio::test(start_paused = true)]
async fn the_document_shows_what_the_server_says() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let parts = parse(&document);
    assert_eq!(write(&parts), document, "the document is read and written without loss");
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        fs::write(DOCUMENT, write(&update(parts).await)).unwrap();
        return;
    }
    let revisions = revisions(&parts);
    let shown: Vec<_> = revisions.iter().map(|(revision, _)| *revision).collect();
    assert_eq!(shown, ProtocolVersion::ALL, "every revision is shown");
    for (revision, topics) in revisions {
        let mut client = Client::new();
        for (topic, parts) in topics {
            for (sent, said) in exchanges(&parts) {
                let actual = client.exchange(&sent).await;
                let read = |text: &String| serde_json::from_str::<Value>(text).unwrap();
                let expected: Vec<_> = said.iter().map(read).collect();
                let actual: Vec<_> = actual.iter().map(read).collect();
                assert_eq!(actual, expected, "{revision}, {topic}: {sent:?}");
            }
        }
    }
}

/// One connection, as long as a revision is shown; all that comes over it is judged.
struct Client {
    transcript: Transcript,
    connection: Connection<()>,
    running: Option<tokio::task::JoinHandle<Option<String>>>,
}

impl Client {
    fn new() -> Self {
        let connection = Connection::new(math::server());
        Self { transcript: Transcript::new(None), connection, running: None }
    }

    /// Sends a message, and gives all that the server says of it.
    async fn exchange(&mut self, sent: &Part) -> Vec<String> {
        let Part::Sent { language, content, goes_on } = sent else { return Vec::new() };
        let message = if language == "json" { one_line(content) } else { content.clone() };
        let before = self.running.take();
        self.transcript.received(&message);
        let (outbox, mut inbox) = Outbox::channel(64);
        let connection = self.connection.clone();
        let handled = tokio::spawn(async move {
            connection.handle(message, outbox, ()).await.as_str().map(str::to_owned)
        });
        let mut said = Vec::new();
        while let Some(notification) = inbox.recv().await {
            said.push(String::from_utf8(notification.to_vec()).unwrap());
            self.transcript.sent(said.last().unwrap());
            if *goes_on {
                self.running = Some(handled);
                return said;
            }
        }
        if let Some(answer) = handled.await.unwrap() {
            self.transcript.sent(&answer);
            said.push(answer);
        }
        if let Some(before) = before {
            assert_eq!(before.await.unwrap(), None, "a call that was cancelled is not answered");
        }
        for message in &said {
            assert!(!message.contains(['\n', '\r']), "a message is one line: {message}");
        }
        said
    }
}

type Topics = Vec<(String, Vec<Part>)>;

/// The topics of each revision, with those that it takes from the one before.
fn revisions(parts: &[Part]) -> Vec<(ProtocolVersion, Topics)> {
    let mut revisions: Vec<(ProtocolVersion, Topics)> = Vec::new();
    for part in parts {
        match (part, revisions.last_mut()) {
            (Part::Revision(revision), _) => revisions.push((*revision, Vec::new())),
            (Part::Topic(topic), Some((_, topics))) => topics.push((topic.clone(), Vec::new())),
            (Part::Sent { .. } | Part::Said(_), Some((_, topics))) => {
                topics.last_mut().expect("a message has a topic").1.push(part.clone());
            }
            (Part::Sent { .. } | Part::Said(_), None) => panic!("a message has a revision"),
            _ => (),
        }
    }
    for index in 1..revisions.len() {
        let (earlier, later) = revisions.split_at_mut(index);
        let (Some((_, before)), Some((revision, topics))) = (earlier.last(), later.first_mut())
        else {
            continue;
        };
        if !revision.is_modern() {
            let own = take(topics);
            let of_own = |topic: &String| own.iter().find(|(name, _)| name == topic).cloned();
            *topics =
                before.iter().map(|old| of_own(&old.0).unwrap_or_else(|| old.clone())).collect();
            let known = |(topic, _): &&(String, _)| before.iter().any(|(name, _)| name == topic);
            assert_eq!(
                own.iter().filter(known).count(),
                own.len(),
                "{revision} has a topic of its own"
            );
        }
    }
    revisions
}

/// Each message of the client, with what the server says of it.
fn exchanges(parts: &[Part]) -> Vec<(Part, Vec<String>)> {
    let mut exchanges: Vec<(Part, Vec<String>)> = Vec::new();
    for part in parts {
        match part {
            Part::Said(message) => {
                exchanges.last_mut().expect("the client begins").1.push(message.clone());
            }
            part => exchanges.push((part.clone(), Vec::new())),
        }
    }
    exchanges
}

/// Puts what the server says in the place of what it is said to say.
async fn update(parts: Vec<Part>) -> Vec<Part> {
    let mut client = Client::new();
    let mut updated = Vec::new();
    for part in parts {
        match part {
            Part::Said(_) => {
                // The blank line after it goes as well.
                if updated.last() == Some(&Part::Line(String::new())) {
                    updated.pop();
                }
            }
            Part::Revision(_) => {
                client = Client::new();
                updated.push(part);
            }
            Part::Sent { .. } => {
                let said = client.exchange(&part).await;
                updated.push(part);
                for message in said {
                    updated.push(Part::Line(String::new()));
                    updated.push(Part::Said(layout(&message, 0)));
                }
            }
            part => updated.push(part),
        }
    }
    updated
}

fn parse(document: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        let fence = lines.peek().and_then(|next| next.strip_prefix("```")).map(str::to_owned);
        let speaker = line.chars().next().filter(|first| "→←".contains(*first));
        if let (Some(speaker), Some(language)) = (speaker, fence) {
            lines.next();
            let content: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            let content = content.join("\n");
            parts.push(match speaker {
                '→' => Part::Sent { language, content, goes_on: line == GOES_ON },
                _ => Part::Said(content),
            });
        } else if let Some(topic) = line.strip_prefix("### ") {
            parts.push(Part::Topic(topic.to_owned()));
        } else if let Some(revision) = line.strip_prefix("## ").and_then(ProtocolVersion::parse) {
            parts.push(Part::Revision(revision));
        } else {
            parts.push(Part::Line(line.to_owned()));
        }
    }
    parts
}

const GOES_ON: &str = "→ and while this is running:";

fn write(parts: &[Part]) -> String {
    let mut document = String::new();
    for part in parts {
        let written = match part {
            Part::Line(line) => writeln!(document, "{line}"),
            Part::Revision(revision) => writeln!(document, "## {revision}"),
            Part::Topic(topic) => writeln!(document, "### {topic}"),
            Part::Sent { language, content, goes_on } => {
                let line = if *goes_on { GOES_ON } else { "→" };
                writeln!(document, "{line}\n```{language}\n{content}\n```")
            }
            Part::Said(content) => writeln!(document, "←\n```json\n{content}\n```"),
        };
        written.expect("a text can be written to");
    }
    document
}

/// JSON without the line breaks between its values.
fn one_line(json: &str) -> String {
    serde_json::from_str::<Value>(json)
        .unwrap_or_else(|error| panic!("{error} in {json}"))
        .to_string()
}

/// JSON for readers: its members in their order, on one line where they have room.
fn layout(json: &str, indent: usize) -> String {
    const WIDTH: usize = 100;
    let (open, close, members) = members(json);
    let line = match members.as_slice() {
        [] => return json.to_owned(),
        members => {
            let line: Vec<_> =
                members.iter().map(|(key, value)| format!("{key}{}", layout_line(value))).collect();
            format!("{open} {} {close}", line.join(", "))
        }
    };
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    let inner = indent + 2;
    let lines: Vec<_> = members
        .iter()
        .map(|(key, value)| format!("{:inner$}{key}{}", "", layout(value, inner)))
        .collect();
    format!("{open}\n{}\n{:indent$}{close}", lines.join(",\n"), "")
}

fn layout_line(json: &str) -> String {
    let (open, close, members) = members(json);
    let line: Vec<_> =
        members.iter().map(|(key, value)| format!("{key}{}", layout_line(value))).collect();
    match line.is_empty() {
        true => json.to_owned(),
        false => format!("{open} {} {close}", line.join(", ")),
    }
}

/// The members of an object with their keys, or the elements of an array.
fn members(json: &str) -> (char, char, Vec<(String, String)>) {
    if let Ok(Members(members)) = serde_json::from_str(json) {
        return ('{', '}', members);
    }
    let elements: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap_or_default();
    let elements = elements.iter().map(|value| (String::new(), value.get().to_owned()));
    ('[', ']', elements.collect())
}

/// The members of an object in their order.
struct Members(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    let key = Value::String(key);
                    members.push((format!("{key}: "), value.get().to_owned()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
