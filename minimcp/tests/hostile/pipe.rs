//! Cases over a pipe of the operating system.

use minimcp::stdio::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::pipe;

use crate::{Case, Message, case, server, told};

const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":\"next\",\"method\":\"ping\"}\n";

/// Sends messages as lines.
pub(crate) async fn check_messages<T: Into<Vec<u8>>>(messages: Vec<Message<T>>) {
    let cases =
        messages.into_iter().map(|(name, message, _, expected)| case(name, message, expected));
    check(cases.collect()).await;
}

/// Sends each case as a line over a pipe of its own, and after it a request that has to be answered.
pub(crate) async fn check(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for Case { name, mut sent, expected } in cases {
        sent.push(b'\n');
        sent.extend_from_slice(PING.as_bytes());
        let mut found = exchange(sent).await;
        let next = found.iter().position(|told| told == "answered for \"next\"");
        found.remove(next.unwrap_or_else(|| panic!("no further answer after {name}")));
        let found = if found.is_empty() { String::from("nothing") } else { found.join(", ") };
        if found != expected {
            wrong.push(format!("{name}: {found} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What each line tells that a server writes, until it ends because its input does.
async fn exchange(sent: Vec<u8>) -> Vec<String> {
    let (mut input, theirs) = pipe::pipe().unwrap();
    let (output, ours) = pipe::pipe().unwrap();
    let serve = Stdio::new(server(), ()).run_on(theirs, output);
    let write = async move { input.write_all(&sent).await };
    let read = async {
        let (mut lines, mut told_all) = (BufReader::new(ours).lines(), Vec::new());
        while let Some(line) = lines.next_line().await.unwrap() {
            told_all.push(told(line.as_bytes()));
        }
        told_all
    };
    let (served, written, told_all) = tokio::join!(serve, write, read);
    served.unwrap();
    written.unwrap();
    told_all
}

#[tokio::test]
async fn lines_that_are_none() {
    let long = |bytes: usize| vec![b'x'; bytes];
    check(vec![
        case("an empty line", "", "nothing"),
        case("blanks", " \t ", "nothing"),
        case("a carriage return", "\r", "nothing"),
        case("many empty lines", "\n".repeat(1000), "nothing"),
        case("a line of HTTP", "POST /mcp HTTP/1.1", "-32700 for null"),
        case("a header of the language server protocol", "Content-Length: 10\r", "-32700 for null"),
        case("an event of a stream", "data: {}", "-32700 for null"),
        case("a line longer than the limit", long(5 << 20), "-32700 for null"),
        case("a line of the limit", long(4 << 20), "-32700 for null"),
        case("a message with a carriage return", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r", "answered"),
        case("a message on two lines", "{\"jsonrpc\":\"2.0\",\n\"id\":1,\"method\":\"ping\"}", "-32700 for null, -32700 for null"),
        case("two messages on a line", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}", "-32700 for null"),
        case("a separator of records before the message", "\u{1e}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", "-32700 for null"),
        case("escapes of a terminal", "\u{1b}[31m{}\u{1b}[0m", "-32700 for null"),
        case("bytes of a random source", (0..=255).filter(|byte| *byte != b'\n').collect::<Vec<u8>>(), "-32700 for null"),
    ])
    .await;
}
