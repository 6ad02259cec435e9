//! Requests of known methods with parameters that nobody should send, in both eras.

use crate::web::post;
use crate::{Case, case, pipe, web};

const MODERN: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

/// Name, method, the members of its parameters, and what that is worth before 2026-07-28 and from then on.
fn all() -> Vec<(&'static str, &'static str, String, &'static str, &'static str)> {
    let long = "x".repeat(1_000_000);
    vec![
        ("no tool", "tools/call", "".into(), "200 -32602", "-32602"),
        ("a tool without a name", "tools/call", r#""arguments":{}"#.into(), "200 -32602", "-32602"),
        ("a tool whose name is a number", "tools/call", r#""name":1"#.into(), "200 -32602", "-32602"),
        ("a tool whose name is null", "tools/call", r#""name":null"#.into(), "200 -32602", "-32602"),
        ("an unknown tool", "tools/call", r#""name":"unknown","arguments":{}"#.into(), "200 -32602", "-32602"),
        ("a tool on a path", "tools/call", r#""name":"../../etc/passwd""#.into(), "200 -32602", "-32602"),
        ("a tool of objects in JavaScript", "tools/call", r#""name":"__proto__""#.into(), "200 -32602", "-32602"),
        ("a tool with markup", "tools/call", r#""name":"<script>alert(1)</script>""#.into(), "200 -32602", "-32602"),
        ("a tool that breaks lines", "tools/call", r#""name":"add\r\nx: y","arguments":{}"#.into(), "200 -32602", "-32602"),
        ("a tool with a name of 1,000,000 characters", "tools/call", format!(r#""name":"{long}""#), "200 -32602", "-32602"),
        ("two names", "tools/call", r#""name":"add","name":"echo","arguments":{}"#.into(), "200 -32602", "-32602"),
        ("no arguments", "tools/call", r#""name":"add""#.into(), "200 error for the model", "error for the model"),
        ("arguments that are null", "tools/call", r#""name":"add","arguments":null"#.into(), "200 error for the model", "error for the model"),
        ("arguments that are an array", "tools/call", r#""name":"add","arguments":[1,2]"#.into(), "200 -32602", "-32602"),
        ("arguments that are a text", "tools/call", r#""name":"add","arguments":"{}""#.into(), "200 -32602", "-32602"),
        ("an argument of another type", "tools/call", r#""name":"add","arguments":{"a":[],"b":{}}"#.into(), "200 error for the model", "error for the model"),
        ("an argument that is there twice", "tools/call", r#""name":"add","arguments":{"a":1,"a":2,"b":1}"#.into(), "200 error for the model", "error for the model"),
        ("an argument that is there twice, once with an escape", "tools/call", r#""name":"add","arguments":{"a":1,"\u0061":2,"b":1}"#.into(), "200 error for the model", "error for the model"),
        ("an argument that is there 100,000 times", "tools/call", format!(r#""name":"add","arguments":{{{}"b":1}}"#, r#""a":"","#.repeat(100_000)), "200 error for the model", "error for the model"),
        ("an argument of a prompt that is there twice", "prompts/get", r#""name":"greet","arguments":{"name":"a","name":"b"}"#.into(), "200 -32602", "-32602"),
        ("an argument nobody knows", "tools/call", r#""name":"add","arguments":{"a":1,"b":1,"c":1}"#.into(), "200 answered", "answered"),
        ("a text for a number", "tools/call", r#""name":"add","arguments":{"a":"one","b":1}"#.into(), "200 error for the model", "error for the model"),
        ("an argument of 1,000,000 zero characters", "tools/call", format!(r#""name":"echo","arguments":{{"text":"{}"}}"#, r"\u0000".repeat(100_000)), "200 answered", "answered"),
        ("a state that nobody sealed", "tools/call", r#""name":"ask","arguments":{},"requestState":"AAAA""#.into(), "200 error for the model", "-32602"),
        ("a state that is an object", "tools/call", r#""name":"ask","arguments":{},"requestState":{}"#.into(), "200 error for the model", "-32602"),
        ("a state of 1,000,000 characters", "tools/call", format!(r#""name":"ask","arguments":{{}},"requestState":"{long}""#), "200 error for the model", "-32602"),
        ("answers to nothing", "tools/call", r#""name":"ask","arguments":{},"inputResponses":{"x":{"action":"accept"}}"#.into(), "200 error for the model", "-32021"),
        ("answers that are an array", "tools/call", r#""name":"ask","arguments":{},"inputResponses":[]"#.into(), "200 error for the model", "-32602"),
        ("a question to who cannot answer", "tools/call", r#""name":"ask","arguments":{}"#.into(), "200 error for the model", "-32021"),
        ("no resource", "resources/read", "".into(), "200 -32602", "-32602"),
        ("a URI that is a number", "resources/read", r#""uri":1"#.into(), "200 -32602", "-32602"),
        ("a URI that is none", "resources/read", r#""uri":"no uri""#.into(), "200 -32002", "-32602"),
        ("an empty URI", "resources/read", r#""uri":"""#.into(), "200 -32002", "-32602"),
        ("a file of the machine", "resources/read", r#""uri":"file:///etc/passwd""#.into(), "200 -32002", "-32602"),
        ("a URI that goes up", "resources/read", r#""uri":"files://a/../../etc/passwd""#.into(), "200 -32002", "-32602"),
        ("a URI that goes up behind escapes", "resources/read", r#""uri":"files://a/%2e%2E%2f%2e./etc/passwd""#.into(), "200 -32002", "-32602"),
        ("a URI that goes up with backslashes", "resources/read", r#""uri":"files://a/..\\..\\etc\\passwd""#.into(), "200 -32002", "-32602"),
        ("a URI that goes to the root", "resources/read", r#""uri":"files://a//etc/passwd""#.into(), "200 -32002", "-32602"),
        ("a URI that goes nowhere", "resources/read", r#""uri":"files://a/./b""#.into(), "200 -32002", "-32602"),
        ("dots that are none", "resources/read", r#""uri":"files://a/%252e%252e/b""#.into(), "200 answered", "answered"),
        ("a variable that goes up", "resources/read", r#""uri":"files://..%2f..%2fetc/passwd""#.into(), "200 -32002", "-32602"),
        ("a variable with a zero byte", "resources/read", r#""uri":"files://a%00/b""#.into(), "200 -32002", "-32602"),
        ("a variable with a bare zero byte", "resources/read", r#""uri":"files://a\u0000/b""#.into(), "200 -32002", "-32602"),
        ("a variable that is no UTF-8", "resources/read", r#""uri":"files://%ff/b""#.into(), "200 -32002", "-32602"),
        ("an escape that is none", "resources/read", r#""uri":"files://%zz/b""#.into(), "200 answered", "answered"),
        ("an escape that breaks off", "resources/read", r#""uri":"files://a/b%2""#.into(), "200 answered", "answered"),
        ("a URI that breaks lines", "resources/read", r#""uri":"files://a/b\r\nx: y""#.into(), "200 answered", "answered"),
        ("a URI of 1,000,000 characters", "resources/read", format!(r#""uri":"files://{long}/b""#), "200 answered", "answered"),
        ("a URI of 1,000,000 slashes", "resources/read", format!(r#""uri":"files://{}""#, "/".repeat(1_000_000)), "200 -32002", "-32602"),
        ("a link inside of the own network", "resources/read", r#""uri":"http://169.254.169.254/latest/meta-data""#.into(), "200 -32002", "-32602"),
        ("a following of nothing", "resources/subscribe", "".into(), "200 -32601", "-32601"),
        ("a following of a number", "resources/subscribe", r#""uri":1"#.into(), "200 -32601", "-32601"),
        ("a following of 1,000,000 characters", "resources/subscribe", format!(r#""uri":"files://{long}/b""#), "200 -32601", "-32601"),
        ("no prompt", "prompts/get", "".into(), "200 -32602", "-32602"),
        ("an unknown prompt", "prompts/get", r#""name":"unknown""#.into(), "200 -32602", "-32602"),
        ("arguments of a prompt that are an array", "prompts/get", r#""name":"greet","arguments":[]"#.into(), "200 -32602", "-32602"),
        ("an argument of a prompt that is an object", "prompts/get", r#""name":"greet","arguments":{"name":{}}"#.into(), "200 -32602", "-32602"),
        ("nothing to complete", "completion/complete", "".into(), "200 -32602", "-32602"),
        ("a reference that is none", "completion/complete", r#""ref":1,"argument":{"name":"name","value":""}"#.into(), "200 -32602", "-32602"),
        ("an unknown kind of reference", "completion/complete", r#""ref":{"type":"ref/tool","name":"add"},"argument":{"name":"a","value":""}"#.into(), "200 -32602", "-32602"),
        ("an unknown reference", "completion/complete", r#""ref":{"type":"ref/prompt","name":"unknown"},"argument":{"name":"a","value":""}"#.into(), "200 -32602", "-32602"),
        ("no argument to complete", "completion/complete", r#""ref":{"type":"ref/prompt","name":"greet"}"#.into(), "200 -32602", "-32602"),
        ("an unknown argument to complete", "completion/complete", r#""ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"x","value":""}"#.into(), "200 -32602", "-32602"),
        ("a value of 1,000,000 characters to complete", "completion/complete", format!(r#""ref":{{"type":"ref/prompt","name":"greet"}},"argument":{{"name":"name","value":"{long}"}}"#), "200 answered", "answered"),
        ("no level", "logging/setLevel", "".into(), "200 -32601", "-32601"),
        ("an unknown level", "logging/setLevel", r#""level":"loud""#.into(), "200 -32601", "-32601"),
        ("a level that is a number", "logging/setLevel", r#""level":8"#.into(), "200 -32601", "-32601"),
        ("a cursor that nobody gave", "tools/list", r#""cursor":"garbage""#.into(), "200 -32602", "-32602"),
        ("a cursor that is a number", "tools/list", r#""cursor":1"#.into(), "200 -32602", "-32602"),
        ("a cursor of 1,000,000 characters", "tools/list", format!(r#""cursor":"{long}""#), "200 -32602", "-32602"),
        ("a handshake without anything", "initialize", "".into(), "200 answered", "-32601"),
        ("a revision that is a number", "initialize", r#""protocolVersion":1,"capabilities":{},"clientInfo":{"name":"c","version":"1"}"#.into(), "200 answered", "-32601"),
        ("a revision of 1,000,000 characters", "initialize", format!(r#""protocolVersion":"{long}","capabilities":{{}},"clientInfo":{{"name":"c","version":"1"}}"#), "200 answered", "-32601"),
        ("capabilities that are an array", "initialize", r#""protocolVersion":"2025-11-25","capabilities":[],"clientInfo":{"name":"c","version":"1"}"#.into(), "200 answered", "-32601"),
        ("a client without a name", "initialize", r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{}"#.into(), "200 answered", "-32601"),
        ("a client with a name of 1,000,000 characters", "initialize", format!(r#""protocolVersion":"2025-11-25","capabilities":{{}},"clientInfo":{{"name":"{long}","version":"1"}}"#), "200 answered", "-32601"),
        ("a subscription to nothing", "subscriptions/listen", "".into(), "200 -32601", "-32602"),
        ("a subscription that is an array", "subscriptions/listen", r#""notifications":[]"#.into(), "200 -32601", "-32602"),
    ]
}

/// Envelopes and parameters of 2026-07-28 that are wrong before a method is looked at.
fn eras() -> Vec<(&'static str, String, &'static str)> {
    let with = |meta: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"_meta":{{{meta}}}}}}}"#
        )
    };
    let version = |version: &str| {
        with(&format!(
            r#""io.modelcontextprotocol/protocolVersion":{version},"io.modelcontextprotocol/clientCapabilities":{{}}"#
        ))
    };
    vec![
        ("an unknown revision", version("\"2099-01-01\""), "-32022"),
        ("a revision that is no date", version("\"latest\""), "-32022"),
        ("a revision that is a number", version("20260728"), "-32602"),
        ("a revision that is null", version("null"), "-32602"),
        ("a revision with a handshake", version("\"2025-11-25\""), "-32022"),
        (
            "no capabilities",
            with(r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#),
            "-32602",
        ),
        (
            "capabilities that are an array",
            with(
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]"#,
            ),
            "-32602",
        ),
        (
            "capabilities that are null",
            with(
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":null"#,
            ),
            "-32602",
        ),
        (
            "a client that is a number",
            with(
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":1"#,
            ),
            "-32602",
        ),
        (
            "an unknown level",
            with(
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"loud""#,
            ),
            "-32602",
        ),
        (
            "two revisions",
            with(
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/protocolVersion":"2025-11-25","io.modelcontextprotocol/clientCapabilities":{}"#,
            ),
            "-32602",
        ),
        ("a batch", format!("[{}]", version("\"2026-07-28\"")), "-32600 for null"),
    ]
}

fn message(method: &str, members: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{members}}}}}"#)
}

fn modern(method: &str, members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    message(method, &format!("{members}{comma}{MODERN}"))
}

#[tokio::test]
async fn with_a_handshake_as_content_of_requests() {
    let cases = all().into_iter().map(|(name, method, members, expected, _)| {
        case(name, post("mcp-protocol-version: 2025-11-25\n", message(method, &members)), expected)
    });
    web::check(cases.collect()).await;
}

#[tokio::test]
async fn without_a_handshake_as_lines() {
    let cases = all()
        .into_iter()
        .map(|(name, method, members, _, expected)| case(name, modern(method, &members), expected));
    pipe::check(cases.collect()).await;
}

#[tokio::test]
async fn eras_that_are_none() {
    let cases: Vec<Case> =
        eras().into_iter().map(|(name, message, expected)| case(name, message, expected)).collect();
    pipe::check(cases).await;
}
