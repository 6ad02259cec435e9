//! How the work grows with what a client sends: texts that repeat what a careless reader would look at again and again.

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Collected};
use minimcp::http::Endpoint;
use minimcp::{Client, Error, MiniMcp, handlers, prompt, resource, tool};
use serde_json::Value;

use crate::server::handle;
use crate::{Case, finish};

/// Each case is there twice in a row, the second time with so many times the text.
pub const TIMES_LONGER: usize = 4;

/// Take anything
#[tool]
async fn take(value: Value, text: Option<String>) -> &'static str {
    drop((value, text));
    "taken"
}

/// Take numbers
#[tool]
async fn number(a: f64, b: Option<u8>) -> f64 {
    a + f64::from(b.unwrap_or_default())
}

/// Ask
#[tool]
async fn ask(client: Client) -> Result<String, Error> {
    client.elicit("Who?").await
}

/// Greet
#[prompt]
async fn greet(#[arg(complete = ["Ada"])] name: &str) -> String {
    name.to_owned()
}

/// A file
#[resource("files://{name}--{kind}/{+path}")]
async fn file(name: &str, kind: &str, path: &str) -> String {
    format!("{name}{kind}{path}").len().to_string()
}

/// What is found
#[resource("found://{word}.{kind}{?first,second}")]
async fn found(word: &str, kind: &str, first: Option<String>, second: Option<String>) -> String {
    format!("{word}{kind}{}{}", first.is_some(), second.is_some()).len().to_string()
}

fn server() -> MiniMcp {
    MiniMcp::new("growing").handlers(handlers![take, number, ask, greet, file, found])
}

/// All of them, in pairs.
#[must_use]
pub fn growing() -> Vec<Case> {
    let mut cases = Vec::new();
    messages(&mut cases);
    headers(&mut cases);
    cases
}

fn messages(cases: &mut Vec<Case>) {
    const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}"#;
    let call = |tool: &'static str| {
        move |arguments: &str| {
            format!(r#""method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}"#)
        }
    };
    let read = |uri: &str| format!(r#""method":"resources/read","params":{{"uri":"{uri}"}}"#);
    // What it is, what is repeated, and how the message is made of that.
    type Make = Box<dyn Fn(&str) -> String>;
    let texts: [(&str, &str, Make); 20] = [
        ("blanks", " ", Box::new(|all| format!(r#"{all}"method":"ping""#))),
        ("members", r#""a":1,"#, Box::new(|all| format!(r#"{all}"method":"ping""#))),
        (
            "names with escapes",
            r#""\u0061":1,"#,
            Box::new(|all| format!(r#"{all}"method":"ping""#)),
        ),
        (
            "members of the parameters",
            r#""\u0061":1,"#,
            Box::new(|all| format!(r#""method":"ping","params":{{{all}"b":1}}"#)),
        ),
        (
            "members of `_meta`",
            r#""\u0061":1,"#,
            Box::new(|all| format!(r#""method":"ping","params":{{"_meta":{{{all}"b":1}}}}"#)),
        ),
        ("a method", "a", Box::new(|all| format!(r#""method":"{all}""#))),
        (
            "escapes",
            r"\u0061",
            Box::new(move |all| call("take")(&format!(r#"{{"value":"{all}"}}"#))),
        ),
        (
            "quotes",
            r#"\""#,
            Box::new(move |all| call("take")(&format!(r#"{{"value":1,"text":"{all}"}}"#))),
        ),
        (
            "arrays in an unknown argument",
            "[",
            Box::new(move |all| {
                call("take")(&format!(r#"{{"value":1,"x":{all}{}}}"#, "]".repeat(all.len())))
            }),
        ),
        (
            "objects in an unknown argument",
            r#"{"a":"#,
            Box::new(move |all| {
                call("take")(&format!(r#"{{"value":1,"x":{all}1{}}}"#, "}".repeat(all.len() / 5)))
            }),
        ),
        (
            "arrays in an argument",
            "[",
            Box::new(move |all| {
                call("take")(&format!(r#"{{"value":{all}{}}}"#, "]".repeat(all.len())))
            }),
        ),
        (
            "an argument again",
            r#""a":"x","#,
            Box::new(move |all| call("number")(&format!(r#"{{{all}"b":1}}"#))),
        ),
        (
            "unknown arguments",
            r#""x":1,"#,
            Box::new(move |all| call("number")(&format!(r#"{{{all}"b":1}}"#))),
        ),
        ("digits", "1", Box::new(move |all| call("number")(&format!(r#"{{"a":"{all}"}}"#)))),
        (
            "digits of a number",
            "1",
            Box::new(move |all| call("number")(&format!(r#"{{"a":{all}}}"#))),
        ),
        ("parts of a URI", "--", Box::new(move |all| read(&format!("files://{all}")))),
        ("slashes of a URI", "a/", Box::new(move |all| read(&format!("files://a--b/{all}c")))),
        ("escapes of a URI", "%41.", Box::new(move |all| read(&format!("found://{all}c")))),
        ("a query", "&first", Box::new(move |all| read(&format!("found://a.b?{all}")))),
        (
            "answers",
            r#""x":{"action":"accept"},"#,
            Box::new(move |all| {
                format!(
                    r#""method":"tools/call","params":{{"name":"ask",{META},"inputResponses":{{{all}"y":{{}}}}}}"#
                )
            }),
        ),
    ];
    for (name, repeated, make) in texts {
        for length in lengths() {
            let rest = make(&repeated.repeat(length / repeated.len()));
            let message = Bytes::from(format!(r#"{{"jsonrpc":"2.0","id":1,{rest}}}"#));
            let server = server();
            cases.push(Case::new(name, r#""id":1"#, move || handle(&server, &message)));
        }
    }
}

fn headers(cases: &mut Vec<Case>) {
    for (name, header, repeated) in [
        ("media types", "accept", "a/b,"),
        ("weights", "accept", ";q=1"),
        ("commas", "accept", ","),
        ("quotes in a header", "content-type", "application/json;x=\"\\\""),
        ("a host", "host", "a."),
        ("an origin", "origin", "http://"),
        ("a name in base64", "mcp-name", "YWFh"),
        ("a session", "mcp-session-id", "AAAA"),
        ("a trace", "tracestate", "a=b,"),
    ] {
        for length in lengths() {
            let mut value = repeated.repeat(length / repeated.len());
            if header == "mcp-name" {
                value = format!("=?base64?{value}?=");
            }
            let endpoint = Endpoint::streamable(server());
            cases.push(Case::new(name, "", move || {
                let mut request = Request::post("/mcp").header(header, &value);
                for (name, value) in [("content-type", "application/json"), ("mcp-method", "tools/call")] {
                    if header != name {
                        request = request.header(name, value);
                    }
                }
                let content = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"take","arguments":{"value":1},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
                let Ok(request) = request.body(Body::from(content)) else { return Bytes::new() };
                let response = finish(endpoint.respond(request, ()));
                finish(response.into_body().collect()).map(Collected::to_bytes).unwrap_or_default()
            }));
        }
    }
}

fn lengths() -> [usize; 2] {
    [4096, TIMES_LONGER * 4096]
}
