//! The client of the tests: short lines in, messages out, and back.

use judge::Transcript;
use minimcp::stdio::Stdio;
use minimcp::{Connection, Inbox, MiniMcp, Outbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, WriteHalf};

use crate::handlers::World;

/// What carries the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Handle,
    Connection,
    Stdio,
}

pub(crate) struct Wire {
    to: Vec<To>,
    outbox: Outbox,
    inbox: Inbox,
    revision: String,
    capabilities: Value,
    judge: Transcript,
    /// The last request that may be sent again.
    last: (String, Value),
    states: Vec<String>,
}

enum To {
    Handle(MiniMcp<World>),
    Connection(Connection<World>),
    Stdio(Option<WriteHalf<DuplexStream>>),
}

impl Wire {
    pub(crate) async fn open(
        servers: &[MiniMcp<World>],
        over: Over,
        revision: &str,
        capabilities: &str,
    ) -> Self {
        let (outbox, inbox) = Outbox::channel(64);
        let to = servers.iter().map(|server| match over {
            Over::Handle => To::Handle(server.clone()),
            Over::Connection => To::Connection(Connection::new(server.clone())),
            Over::Stdio => To::Stdio(Some(serve(server.clone(), outbox.clone()))),
        });
        let mut wire = Self {
            to: to.collect(),
            outbox,
            inbox,
            revision: revision.to_owned(),
            capabilities: serde_json::from_str(capabilities).unwrap(),
            judge: Transcript::new(None),
            last: Default::default(),
            states: Vec::new(),
        };
        if !wire.is_modern() && over != Over::Handle {
            let params = json!({ "protocolVersion": revision, "capabilities": wire.capabilities });
            wire.send("", &format!("0 initialize {params}")).await;
            assert_eq!(wire.receive().await, "0 says nothing");
            wire.send("", "- notifications/initialized").await;
        }
        wire
    }

    fn is_modern(&self) -> bool {
        self.revision == "2026-07-28"
    }

    pub(crate) async fn send(&mut self, sender: &str, message: &str) {
        let (user, to) = sender.split_once('@').unwrap_or((sender, "0"));
        let mut parts = message.splitn(3, ' ');
        let (id, kind) = (parts.next().unwrap(), parts.next().unwrap());
        let content: Value =
            parts.next().map_or(json!({}), |json| serde_json::from_str(json).unwrap());
        let id: Value = serde_json::from_str(id).unwrap_or_default();
        let message = match kind {
            "answer" => json!({ "jsonrpc": "2.0", "id": id, "result": answer(content) }),
            "error" => json!({ "jsonrpc": "2.0", "id": id, "error": content }),
            kind => self.request(id, kind, content),
        };
        self.judge.received(&message.to_string());
        let scope = World::of(user);
        let message = message.to_string();
        match &mut self.to[to.parse::<usize>().unwrap()] {
            To::Handle(server) => {
                let (server, outbox) = (server.clone(), self.outbox.clone());
                tokio::spawn(async move {
                    let reply = server.handle(message, Outbox::none(), scope).await;
                    if let Some(reply) = reply.into_bytes() {
                        outbox.send(reply).await.unwrap();
                    }
                });
            }
            To::Connection(connection) => {
                let (connection, outbox) = (connection.clone(), self.outbox.clone());
                tokio::spawn(async move {
                    let reply = connection.handle(message, outbox.clone(), scope).await;
                    if let Some(reply) = reply.into_bytes() {
                        outbox.send(reply).await.unwrap();
                    }
                });
            }
            To::Stdio(pipe) => {
                let line = format!("{message}\n");
                pipe.as_mut().unwrap().write_all(line.as_bytes()).await.unwrap();
            }
        }
    }

    fn request(&mut self, id: Value, kind: &str, mut content: Value) -> Value {
        let (method, mut params) = match kind {
            "again" => {
                let (method, mut params) = self.last.clone();
                let answers = content.as_object_mut().unwrap().iter_mut();
                params["inputResponses"] =
                    answers.map(|(key, value)| (key.clone(), answer(value.take()))).collect();
                params["requestState"] = json!(self.states.last().unwrap());
                (method, params)
            }
            method => {
                self.last = (method.to_owned(), content.clone());
                (method.to_owned(), content)
            }
        };
        if let Some(Value::String(state)) = params.get_mut("requestState")
            && let Some(place) = state.strip_prefix('$')
        {
            let place = place.parse::<usize>().unwrap_or(self.states.len());
            state.clone_from(&self.states[place - 1]);
        }
        if self.is_modern() {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            });
        }
        let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        if !id.is_null() {
            message["id"] = id;
        }
        message
    }

    pub(crate) async fn receive(&mut self) -> String {
        // The clock is paused in most tests, and then this is no time at all.
        let message = tokio::time::timeout(std::time::Duration::from_secs(7200), self.inbox.recv());
        let message = message.await.ok().flatten().expect("the server has something to say");
        self.read(&message)
    }

    fn read(&mut self, message: &[u8]) -> String {
        let text = std::str::from_utf8(message).unwrap();
        self.judge.sent(text);
        let message: Value = serde_json::from_str(text).unwrap();
        if let Some(state) = message.pointer("/result/requestState") {
            self.states.push(state.as_str().unwrap().to_owned());
        }
        let id = message.get("id").map_or_else(|| "-".to_owned(), Value::to_string);
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
        if let Some(method) = message["method"].as_str() {
            return format!("{id} {method} {}", words(&message["params"])).trim_end().to_owned();
        }
        if let Some(error) = message.get("error") {
            let data = error.get("data").map(|data| format!(" {data}")).unwrap_or_default();
            return format!(
                "{id} error {} {}{data}",
                error["code"],
                error["message"].as_str().unwrap()
            );
        }
        if let Some(questions) = message["result"]["inputRequests"].as_object() {
            let asked =
                |(key, asked): (&String, &Value)| format!("{key}={}", words(&asked["params"]));
            let mut questions: Vec<_> = questions.iter().map(asked).collect();
            questions.sort();
            return format!("{id} asks {}", questions.join(", "));
        }
        let said = [
            "/result/content/0/text",
            "/result/messages/0/content/text",
            "/result/contents/0/text",
        ]
        .into_iter()
        .find_map(text)
        .unwrap_or("nothing");
        let how = if message["result"]["isError"] == true { "fails" } else { "says" };
        format!("{id} {how} {said}").trim_end().to_owned()
    }

    pub(crate) async fn direct(&mut self, what: &str) {
        match what.parse() {
            // The clock is paused, so this lets the time pass.
            Ok(seconds) => tokio::time::sleep(std::time::Duration::from_secs(seconds)).await,
            Err(_) => {
                if let To::Stdio(pipe) = &mut self.to[0] {
                    pipe.take().unwrap().shutdown().await.unwrap();
                }
            }
        }
    }

    /// What the server said that nobody asked about.
    pub(crate) async fn rest(mut self) -> Vec<String> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let mut rest = Vec::new();
        while let Some(message) = self.inbox.try_recv() {
            rest.push(self.read(&message));
        }
        rest
    }
}

/// What a question says to people.
fn words(params: &Value) -> String {
    let said = params.get("message").or_else(|| params.pointer("/messages/0/content/text"));
    match said.and_then(Value::as_str) {
        Some(said) => said.replace('\n', " "),
        None if *params == json!({}) => String::new(),
        None => params.to_string(),
    }
}

/// An answer as a client sends it.
fn answer(short: Value) -> Value {
    match short {
        Value::Object(_) => short,
        value => json!({ "action": "accept", "content": { "answer": value } }),
    }
}

/// A server on a pipe, and what it writes in the outbox.
fn serve(server: MiniMcp<World>, outbox: Outbox) -> WriteHalf<DuplexStream> {
    let (client, end) = tokio::io::duplex(64 * 1024);
    let (reader, writer) = tokio::io::split(end);
    // Calls that wait for their client have given back their places, also this one.
    let stdio = Stdio::new(server, World::of("")).in_flight(1);
    tokio::spawn(stdio.run_on(reader, writer));
    let (output, input) = tokio::io::split(client);
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if outbox.send(line).await.is_err() {
                return;
            }
        }
    });
    input
}
