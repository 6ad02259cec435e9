//! `docs/asking.md` shows what is really said.
//!
//! Under each marker, `<!-- 2025-11-25 -->`, stands what a client and the server say in that revision, over a pipe unless the
//! marker says otherwise. With `UPDATE_SAMPLES=1` that is written anew.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod session;

use std::fs;

use judge::Transcript;
use minimcp::stdio::Stdio;
use minimcp::{Client, Error, MiniMcp, handlers, tool};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

include!("handler.rs");

async fn hold_a_room(_: &str) -> Result<u64, Error> {
    Ok(7)
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/asking.md");
const HANDLER: &str = include_str!("handler.rs");

#[tokio::test]
async fn the_page_shows_what_is_said() {
    let mut document = fs::read_to_string(DOCUMENT).unwrap();
    assert!(document.contains(HANDLER), "the handler of the page is that of the test");
    for (marker, said) in [
        ("2025-11-25", said("2025-11-25").await),
        ("2025-11-25 over HTTP", session::said().await),
        ("2026-07-28", said("2026-07-28").await),
    ] {
        let marker = format!("<!-- {marker} -->\n```text\n");
        let (before, after) = document.split_once(&marker).unwrap();
        let (shown, after) = after.split_once("```").unwrap();
        if std::env::var_os("UPDATE_SAMPLES").is_none() {
            assert_eq!(shown, said);
        }
        document = format!("{before}{marker}{said}```{after}");
    }
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        fs::write(DOCUMENT, document).unwrap();
    }
}

/// What a client of this revision answers to a question.
fn answer(question: &Value) -> Value {
    let words = question.pointer("/params/message").and_then(Value::as_str).unwrap_or_default();
    let value = match words {
        "How many days?" => json!(2),
        "" => {
            let said = json!({ "type": "text", "text": "The old harbour." });
            return json!({ "role": "assistant", "content": said, "model": "a-model" });
        }
        _ => json!(true),
    };
    json!({ "action": "accept", "content": { "answer": value } })
}

fn server() -> MiniMcp {
    MiniMcp::new("trips").handlers(handlers![plan])
}

fn capabilities() -> Value {
    json!({ "elicitation": {}, "sampling": {} })
}

/// What a client of an older revision says first.
fn hello(revision: &str) -> [Value; 2] {
    let about = json!({ "name": "client", "version": "1" });
    let hello =
        json!({ "protocolVersion": revision, "capabilities": capabilities(), "clientInfo": about });
    [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

fn call(id: u8, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

fn params() -> Value {
    json!({ "name": "plan", "arguments": { "town": "Lisbon" } })
}

/// All that is said over a pipe until the tool has answered, `→` by the client, `←` by the server.
async fn said(revision: &str) -> String {
    let (client, end) = tokio::io::duplex(64 * 1024);
    let (reader, writer) = tokio::io::split(end);
    tokio::spawn(Stdio::new(server(), ()).run_on(reader, writer));
    let (output, mut input) = tokio::io::split(client);
    let mut output = BufReader::new(output).lines();
    let mut judge = Transcript::new(None);
    let mut said = String::new();

    let mut params = params();
    let mut to_send = vec![];
    if revision == "2026-07-28" {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": revision,
            "io.modelcontextprotocol/clientCapabilities": capabilities(),
        });
    } else {
        to_send.extend(hello(revision));
    }
    to_send.push(call(1, &params));
    let mut id = 1;
    loop {
        for message in std::mem::take(&mut to_send) {
            let text = message.to_string();
            judge.received(&text);
            said += &format!("→ {}\n", shown(&message, &text));
            input.write_all(format!("{text}\n").as_bytes()).await.unwrap();
        }
        let text = output.next_line().await.unwrap().unwrap();
        judge.sent(&text);
        let mut message: Value = serde_json::from_str(&text).unwrap();
        said += &format!("← {}\n", shown(&message, &text));
        if message.get("method").is_some() {
            let result = answer(&message);
            to_send.push(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        } else if let Some(questions) = message.pointer("/result/inputRequests") {
            let answers = questions.as_object().unwrap().iter();
            params["inputResponses"] =
                answers.map(|(key, asked)| (key.clone(), answer(asked))).collect();
            params["requestState"] = message["result"]["requestState"].take();
            id += 1;
            to_send.push(call(id, &params));
        } else if message.pointer("/result/content").is_some() {
            return said;
        }
    }
}

/// A message without what is different each time.
fn shown(message: &Value, text: &str) -> String {
    let place = ["/result/requestState", "/params/requestState"];
    let state = place.iter().find_map(|place| message.pointer(place)).and_then(Value::as_str);
    state.map_or_else(|| text.to_owned(), |state| text.replace(state, "…"))
}
