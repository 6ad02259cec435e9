//! Messages that are JSON and break the rules of JSON-RPC or of the protocol.

use crate::{Message, pipe, web};

/// Name, message, and what it is worth as the content of a request and as a line.
fn all() -> Vec<Message<String>> {
    let with = |members: &str| format!(r#"{{"jsonrpc":"2.0",{members}}}"#);
    let id = |id: &str| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
    let method = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":{method}}}"#);
    let params =
        |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{params}}}"#);
    let version = |version: &str| format!(r#"{{"jsonrpc":{version},"id":1,"method":"ping"}}"#);
    let long = |length| format!("\"{}\"", "x".repeat(length));
    vec![
        ("an id that is null", id("null"), "400 -32600 for null", "-32600 for null"),
        ("an id that is a truth", id("true"), "400 -32600 for null", "-32600 for null"),
        ("an id that is an object", id("{}"), "400 -32600 for null", "-32600 for null"),
        ("an id that is an array", id("[1]"), "400 -32600 for null", "-32600 for null"),
        ("an id with a fraction", id("1.5"), "400 -32600 for null", "-32600 for null"),
        ("an id with an exponent", id("1e2"), "400 -32600 for null", "-32600 for null"),
        ("a negative id", id("-1"), "200 answered for -1", "answered for -1"),
        ("an id of zero and a sign", id("-0"), "200 answered for -0.0", "answered for -0.0"),
        (
            "an id of 400 digits",
            id(&"9".repeat(400)),
            "200 answered unreadably",
            "answered unreadably",
        ),
        ("an empty text for an id", id("\"\""), "200 answered for \"\"", "answered for \"\""),
        (
            "an id of 1,000,000 characters",
            id(&long(1_000_000)),
            "200 answered for \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "answered for \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ),
        (
            "an id of escapes",
            id(r#""\u0000\r\n""#),
            r#"200 answered for "\u0000\r\n""#,
            r#"answered for "\u0000\r\n""#,
        ),
        ("an id with half of a pair", id(r#""\udc00""#), "400 -32600 for null", "-32600 for null"),
        (
            "a progress token with half of a pair",
            params(r#"{"_meta":{"progressToken":"\udc00"}}"#),
            "200 answered",
            "answered",
        ),
        ("no version", r#"{"id":1,"method":"ping"}"#.into(), "400 -32600", "-32600"),
        ("an old version", version("\"1.0\""), "400 -32600", "-32600"),
        ("a version that is a number", version("2.0"), "400 -32600", "-32600"),
        ("a version that is null", version("null"), "400 -32600", "-32600"),
        ("a version and a blank", version("\"2.0 \""), "400 -32600", "-32600"),
        ("no method", with("\"id\":1"), "400 -32600", "-32600"),
        ("an empty method", method("\"\""), "200 -32601", "-32601"),
        ("a method that is a number", method("1"), "400 -32600", "-32600"),
        ("a method that is null", method("null"), "400 -32600", "-32600"),
        ("a method that is an array", method("[\"ping\"]"), "400 -32600", "-32600"),
        ("a method of 1,000,000 characters", method(&long(1_000_000)), "200 -32601", "-32601"),
        ("a method in capitals", method("\"PING\""), "200 -32601", "-32601"),
        ("a method and a zero byte", method(r#""ping\u0000""#), "200 -32601", "-32601"),
        ("a method that breaks lines", method(r#""ping\r\nx: y""#), "200 -32601", "-32601"),
        ("a method with half of a pair", method(r#""\ud800""#), "400 -32600", "-32600"),
        ("a method of JSON-RPC itself", method("\"rpc.discover\""), "200 -32601", "-32601"),
        ("a method of objects in JavaScript", method("\"__proto__\""), "200 -32601", "-32601"),
        ("a method of clients", method("\"sampling/createMessage\""), "200 -32601", "-32601"),
        ("another method of clients", method("\"roots/list\""), "200 -32601", "-32601"),
        (
            "a notification with an id",
            method("\"notifications/cancelled\""),
            "200 -32601",
            "-32601",
        ),
        ("a request without an id", with("\"method\":\"tools/list\""), "202", "nothing"),
        ("params that are null", params("null"), "200 answered", "answered"),
        ("params that are a text", params("\"x\""), "200 -32602", "-32602"),
        ("params that are a number", params("1"), "200 -32602", "-32602"),
        ("params that are an array", params("[]"), "200 -32602", "-32602"),
        (
            "two ids",
            with(r#""id":1,"id":2,"method":"ping""#),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "two methods",
            with(r#""id":1,"method":"ping","method":"tools/list""#),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "two methods, one with an escape",
            with(r#""id":1,"method":"ping","m\u0065thod":"tools/list""#),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "two versions",
            r#"{"jsonrpc":"2.0","jsonrpc":"1.0","id":1,"method":"ping"}"#.into(),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "two params",
            with(r#""id":1,"method":"ping","params":{},"params":{}"#),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "members in other cases",
            r#"{"JSONRPC":"2.0","ID":1,"Method":"ping"}"#.into(),
            "400 -32600 for null",
            "-32600 for null",
        ),
        ("an answer to nothing", with(r#""id":77,"result":{}"#), "202", "nothing"),
        (
            "an error to nothing",
            with(r#""id":77,"error":{"code":1,"message":"x"}"#),
            "202",
            "nothing",
        ),
        (
            "an error without an id",
            with(r#""id":null,"error":{"code":-32700,"message":"x"}"#),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "an answer that is both",
            with(r#""id":77,"result":{},"error":{"code":1,"message":"x"}"#),
            "202",
            "nothing",
        ),
        (
            "an answer and a request",
            with(r#""id":1,"method":"ping","result":{}"#),
            "200 answered",
            "answered",
        ),
        ("an error that is none", with(r#""id":77,"error":1"#), "202", "nothing"),
        ("an empty batch", "[]".into(), "400 -32600 for null", "-32600 for null"),
        ("a batch of numbers", "[1,2,3]".into(), "400 -32600 for null", "-32600 for null"),
        (
            "a batch in a batch",
            format!("[[{}]]", id("1")),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "a batch where there are none",
            format!("[{}]", id("1")),
            "400 -32600 for null",
            "-32600 for null",
        ),
        (
            "a batch of 100,000",
            format!("[{}1]", "1,".repeat(99_999)),
            "400 -32600 for null",
            "-32600 for null",
        ),
        ("a notification of nobody", with(r#""method":"notifications/unknown""#), "202", "nothing"),
        (
            "a cancellation of nothing",
            with(r#""method":"notifications/cancelled""#),
            "202",
            "nothing",
        ),
        (
            "a cancellation of an object",
            with(r#""method":"notifications/cancelled","params":{"requestId":{}}"#),
            "202",
            "nothing",
        ),
        (
            "a cancellation of the unknown",
            with(r#""method":"notifications/cancelled","params":{"requestId":99,"reason":1}"#),
            "202",
            "nothing",
        ),
        (
            "progress from a client",
            with(r#""method":"notifications/progress","params":{"progressToken":1,"progress":1}"#),
            "202",
            "nothing",
        ),
        (
            "a handshake that ends twice",
            with(r#""method":"notifications/initialized","params":[]"#),
            "202",
            "nothing",
        ),
        ("`_meta` that is a text", params(r#"{"_meta":"x"}"#), "200 -32602", "-32602"),
        ("`_meta` that is an array", params(r#"{"_meta":[]}"#), "200 -32602", "-32602"),
        (
            "a progress token that is an object",
            params(r#"{"_meta":{"progressToken":{}}}"#),
            "200 answered",
            "answered",
        ),
        (
            "a progress token of 1,000,000 characters",
            params(&format!(r#"{{"_meta":{{"progressToken":{}}}}}"#, long(1_000_000))),
            "200 answered",
            "answered",
        ),
        ("two `_meta`", params(r#"{"_meta":{},"_meta":{}}"#), "200 -32602", "-32602"),
        (
            "a trace that is a number",
            params(r#"{"_meta":{"traceparent":1,"tracestate":[],"baggage":{}}}"#),
            "200 answered",
            "answered",
        ),
        (
            "a trace that breaks lines",
            params(r#"{"_meta":{"traceparent":"00-\r\n"}}"#),
            "200 answered",
            "answered",
        ),
    ]
}

#[tokio::test]
async fn as_content_of_requests() {
    web::check_messages(all()).await;
}

#[tokio::test]
async fn as_lines() {
    pipe::check_messages(all()).await;
}
