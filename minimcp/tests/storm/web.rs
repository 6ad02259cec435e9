//! Clients over HTTP: of 2026-07-28, of an older revision without a session, and two in sessions.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, request};
use http_body_util::{BodyExt as _, Full};
use minimcp::http::{Endpoint, Sessions};
use serde_json::Value;
use std::time::Duration;
use tokio::task::JoinHandle;

use crate::House;
use crate::house::{Diary, Event, Line};
use crate::teller::{Caller, Wires};

pub(crate) struct Web {
    house: House,
    endpoint: Endpoint<()>,
    sessions: [String; 2],
    /// What reads the response to each request.
    reading: BTreeMap<Line, Reading>,
    next: Line,
}

impl Web {
    pub(crate) async fn open(house: &House) -> Self {
        let days = Duration::from_secs(100 * 24 * 3600);
        let endpoint = Endpoint::streamable(house.server.clone())
            .legacy(Sessions::new().lifetime(days))
            .keep_alive(House::DRAIN * 10);
        let sessions = [begin(&endpoint).await, begin(&endpoint).await];
        Self { house: house.clone(), endpoint, sessions, reading: BTreeMap::new(), next: 0 }
    }

    /// The head of a request by one of the clients.
    fn head(&self, caller: Caller, message: &str) -> request::Builder {
        let head = Request::post("/mcp").header("content-type", "application/json");
        match caller.client {
            0 => modern(head, message),
            1 => head.header("mcp-protocol-version", "2025-11-25"),
            client => head
                .header("mcp-protocol-version", "2025-11-25")
                .header("mcp-session-id", &self.sessions[client - 2]),
        }
    }
}

fn modern(head: request::Builder, message: &str) -> request::Builder {
    let message: Value = serde_json::from_str(message).unwrap_or_default();
    let mut head = head.header("mcp-protocol-version", "2026-07-28");
    if let Some(method) = message.get("method").and_then(Value::as_str) {
        head = head.header("mcp-method", method);
    }
    match message.pointer("/params/name").and_then(Value::as_str) {
        Some(name) => head.header("mcp-name", name),
        None => head,
    }
}

/// The id of a new session.
async fn begin(endpoint: &Endpoint<()>) -> String {
    let hello = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"storm","version":"1"}}}"#;
    let request = Request::post("/mcp").header("content-type", "application/json");
    let response = endpoint.respond(request.body(Full::<Bytes>::from(hello)).unwrap(), ()).await;
    response.headers()["mcp-session-id"].to_str().unwrap().to_owned()
}

/// A client that reads a response until it goes away.
struct Reading(JoinHandle<()>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Wires for Web {
    const HAS_LINES_FOR_MANY: bool = false;

    fn caller(&self, number: u8) -> Caller {
        let client = usize::from(number % 4);
        Caller { client, modern: client == 0, lasting: client > 1 }
    }

    fn may_cancel(&self, by: Caller, of: Caller, _: Line) -> bool {
        by.client == of.client && of.lasting
    }

    async fn send(&mut self, caller: Caller, message: &str) -> Line {
        let line = self.next;
        self.next += 1;
        let content = Full::from(message.to_owned());
        let request = self.head(caller, message).body(content).unwrap();
        let (endpoint, diary) = (self.endpoint.clone(), self.house.diary.clone());
        self.reading.insert(line, Reading(tokio::spawn(read(endpoint, request, diary, line))));
        line
    }

    fn vanish(&mut self, line: Line) {
        self.reading.remove(&line);
    }

    async fn hang_up(&mut self) -> Vec<Line> {
        self.house.server.close();
        Vec::new()
    }
}

/// Notes each message of a response as it comes.
async fn read(endpoint: Endpoint<()>, request: Request<Full<Bytes>>, diary: Diary, line: Line) {
    let mut body = endpoint.respond(request, ()).await.into_body();
    let mut text = String::new();
    while let Some(piece) = body.frame().await {
        text += std::str::from_utf8(&piece.unwrap().into_data().unwrap()).unwrap();
        while let Some((event, rest)) = text.split_once("\n\n") {
            if let Some(said) = event.lines().find_map(|line| line.strip_prefix("data: {")) {
                diary.note(Event::Said(line, format!("{{{said}")));
            }
            text = rest.to_owned();
        }
    }
    if !text.is_empty() {
        diary.note(Event::Said(line, text));
    }
    diary.note(Event::Closed(line));
}
