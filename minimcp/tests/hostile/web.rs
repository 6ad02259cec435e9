//! Cases over a socket.

use std::net::SocketAddr;

use minimcp::http::{Endpoint, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{Case, Message, case, server, told};

const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

/// All headers that a server writes: one that is not among them was written by a client.
const WRITTEN: [&str; 10] = [
    "allow",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "mcp-session-id",
    "retry-after",
    "transfer-encoding",
    "x-accel-buffering",
];

/// Sends messages as the content of requests of 2025-11-25.
pub(crate) async fn check_messages<T: AsRef<[u8]>>(messages: Vec<Message<T>>) {
    let cases = messages.into_iter().map(|(name, message, expected, _)| {
        case(name, post("mcp-protocol-version: 2025-11-25\n", message), expected)
    });
    check(cases.collect()).await;
}

/// Sends each case over a connection of its own, and after each a request over another.
///
/// `HOST` stands for the address of the server. A case that ends in `EOF` ends the sending half of its connection; the
/// others wait for the server to close it.
pub(crate) async fn check(cases: Vec<Case>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new(Endpoint::streamable(server())).serve(listener));
    let mut wrong = Vec::new();
    for Case { name, sent, expected } in cases {
        let found = exchange(address, &sent).await;
        if found != expected {
            wrong.push(format!("{name}: {found} instead of {expected}"));
        }
        let next = exchange(address, post("", PING).as_slice()).await;
        assert_eq!(next, "200 answered", "after {name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A request with these headers, each ended by a line feed, and this content.
pub(crate) fn post(headers: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let headers = headers.replace('\n', "\r\n");
    let length = content.len();
    let mut request = format!(
        "POST /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n"
    )
    .into_bytes();
    request.extend_from_slice(content);
    request
}

/// Everything that comes back: the status of each response and what it tells.
async fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (head, rest) = match sent.windows(4).position(|window| window == b"HOST") {
        Some(at) => ([&sent[..at], address.to_string().as_bytes()].concat(), &sent[at + 4..]),
        None => (Vec::new(), sent),
    };
    let (mut reading, mut writing) = stream.split();
    let written = async {
        // A server may have seen enough before it has read everything.
        let (rest, ends) = match rest.strip_suffix(b"EOF") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let _ = writing.write_all(&[&head, rest].concat()).await;
        if ends {
            let _ = writing.shutdown().await;
        }
    };
    let mut received = Vec::new();
    let read = async {
        let _ = reading.read_to_end(&mut received).await;
    };
    tokio::join!(written, read);
    responses(&received)
}

fn responses(mut received: &[u8]) -> String {
    let mut told_all = Vec::new();
    while let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        for line in head.lines().skip(1) {
            let name = line.split(':').next().unwrap_or_default();
            assert!(WRITTEN.contains(&name), "{line} is not the server's");
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        let body = received.get(end + 4..end + 4 + length).unwrap_or_default();
        let status = head.split(' ').nth(1).unwrap_or_default();
        told_all.push(format!("{status} {}", told(body)).trim_end().to_owned());
        received = received.get(end + 4 + length..).unwrap_or_default();
    }
    match told_all.is_empty() {
        true => String::from("closed"),
        false => told_all.join(", "),
    }
}
