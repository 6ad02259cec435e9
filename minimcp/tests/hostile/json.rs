//! Content that is no JSON, or JSON that is no message.

use crate::{Message, pipe, web};

const HEAD: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"#;

/// A call of `echo` with these bytes for its text.
fn echo(text: &[u8]) -> Vec<u8> {
    [HEAD.as_bytes(), br#""echo","arguments":{"text":"#, text, b"}}}"].concat()
}

/// A call of `add` with these arguments.
fn add(arguments: &str) -> Vec<u8> {
    format!(r#"{HEAD}"add","arguments":{arguments}}}}}"#).into_bytes()
}

fn within(deep: usize, before: &str, after: &str) -> String {
    before.repeat(deep) + &after.repeat(deep)
}

/// Name, message, and what it is worth as the content of a request and as a line.
fn all() -> Vec<Message<Vec<u8>>> {
    vec![
        ("nothing", b"".to_vec(), "400 -32700 for null", "nothing"),
        ("blanks", b" \t ".to_vec(), "400 -32700 for null", "nothing"),
        ("an opened object", b"{".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("a closed object", b"}".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("half a word", b"nul".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("null", b"null".to_vec(), "400 -32600 for null", "-32600 for null"),
        ("a truth", b"true".to_vec(), "400 -32600 for null", "-32600 for null"),
        ("a number", b"1".to_vec(), "400 -32600 for null", "-32600 for null"),
        ("a text and more", b"\"text\", \"more\"]}".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("a text", b"\"text\"".to_vec(), "400 -32600 for null", "-32600 for null"),
        ("an empty object", b"{}".to_vec(), "400 -32600 for null", "-32600 for null"),
        ("a message that breaks off", br#"{"jsonrpc":"2.0","id":1,"method":"ping""#.to_vec(), "400 -32700 for null", "-32700 for null"),
        ("a comma too many", br#"{"jsonrpc":"2.0","id":1,"method":"ping",}"#.to_vec(), "400 -32700 for null", "-32700 for null"),
        ("something after the message", br#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#.to_vec(), "400 -32700 for null", "-32700 for null"),
        ("single quotes", b"{'jsonrpc':'2.0','id':1,'method':'ping'}".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("a comment", br#"{"jsonrpc":"2.0",/* */"id":1,"method":"ping"}"#.to_vec(), "400 -32700 for null", "-32700 for null"),
        ("no quotes", b"{jsonrpc:2.0,id:1,method:ping}".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("not a number", add(r#"{"a":NaN,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("infinity", add(r#"{"a":Infinity,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("a zero before a number", add(r#"{"a":01,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("a plus before a number", add(r#"{"a":+1,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("a hexadecimal number", add(r#"{"a":0x1,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("a point and nothing after it", add(r#"{"a":1.,"b":1}"#), "400 -32700 for null", "-32700 for null"),
        ("a number out of range", add(r#"{"a":1e999999,"b":1}"#), "200 error for the model", "error for the model"),
        ("a number of 100,000 digits", add(&format!(r#"{{"a":{},"b":1}}"#, "9".repeat(100_000))), "200 error for the model", "error for the model"),
        ("an exponent of 100,000 digits", add(&format!(r#"{{"a":1e{},"b":1}}"#, "9".repeat(100_000))), "200 error for the model", "error for the model"),
        ("a tab in a text", echo(b"\"a\tb\""), "400 -32700 for null", "-32700 for null"),
        ("a zero byte in a text", echo(b"\"a\0b\""), "400 -32700 for null", "-32700 for null"),
        ("an unknown escape", echo(br#""\x41""#), "400 -32700 for null", "-32700 for null"),
        ("an escape that breaks off", echo(br#""\u00""#), "400 -32700 for null", "-32700 for null"),
        ("half of a surrogate pair", echo(br#""\ud800""#), "200 error for the model", "error for the model"),
        ("the other half", echo(br#""\udc00""#), "200 error for the model", "error for the model"),
        ("a byte that is no UTF-8", echo(b"\"\xff\""), "400 -32700 for null", "-32700 for null"),
        ("an overlong slash", echo(b"\"\xc0\xaf\""), "400 -32700 for null", "-32700 for null"),
        ("a surrogate in UTF-8", echo(b"\"\xed\xa0\x80\""), "400 -32700 for null", "-32700 for null"),
        ("a character beyond Unicode", echo(b"\"\xf4\x90\x80\x80\""), "400 -32700 for null", "-32700 for null"),
        ("a character that breaks off", echo(b"\"\xe2\x82\""), "400 -32700 for null", "-32700 for null"),
        ("UTF-16", "{\"jsonrpc\":\"2.0\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(), "400 -32700 for null", "-32700 for null"),
        ("a byte order mark", "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".into(), "200 answered", "answered"),
        ("two byte order marks", "\u{feff}\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".into(), "200 answered", "answered"),
        ("zero bytes", vec![0; 100], "400 -32700 for null", "-32700 for null"),
        ("compressed content", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("XML", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec(), "400 -32700 for null", "-32700 for null"),
        ("100,000 opened arrays", vec![b'['; 100_000], "400 -32700 for null", "-32700 for null"),
        ("100,000 arrays", within(100_000, "[", "]").into(), "400 -32600 for null", "-32600 for null"),
        ("100,000 opened objects", r#"{"a":"#.repeat(100_000).into(), "400 -32700 for null", "-32700 for null"),
        ("arguments that are 100,000 deep", add(&within(100_000, r#"{"a":"#, "}").replace(":}", ":1}")), "200 error for the model", "error for the model"),
        ("an unknown argument that is 1,000 deep", add(&format!(r#"{{"a":1,"b":1,"c":{}}}"#, within(1000, "[", "]"))), "200 answered", "answered"),
        ("a value that is 10,000 deep", format!(r#"{HEAD}"nested","arguments":{{"value":{}}}}}}}"#, within(10_000, r#"{"inner":"#, "}").replace(":}", ":null}")).into(), "200 error for the model", "error for the model"),
        ("an id that is 1,000 deep", format!(r#"{{"jsonrpc":"2.0","id":{},"method":"ping"}}"#, within(1000, "[", "]")).into(), "400 -32600 for null", "-32600 for null"),
        ("a member nobody knows that is 100,000 deep", format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","x":{}}}"#, within(100_000, "[", "]")).into(), "200 answered", "answered"),
        ("100,000 members", format!(r#"{{"jsonrpc":"2.0",{}"id":1,"method":"ping"}}"#, (0..100_000).map(|at| format!("\"{at}\":0,")).collect::<String>()).into(), "200 answered", "answered"),
        ("100,000 times one member", format!(r#"{{"jsonrpc":"2.0",{}"id":1,"method":"ping"}}"#, "\"x\":0,".repeat(100_000)).into(), "200 answered", "answered"),
        ("100,000 unknown arguments", add(&format!("{{{}\"a\":1,\"b\":1}}", (0..100_000).map(|at| format!("\"{at}\":0,")).collect::<String>())), "200 answered", "answered"),
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
