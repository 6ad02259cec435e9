//! Requests that are no HTTP, or not the HTTP that is served.

use crate::web::{check, post};
use crate::{Case, case};

const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

/// A request with this first line and the usual headers.
fn first(line: &str) -> String {
    format!(
        "{line}\r\nhost: HOST\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{PING}",
        PING.len()
    )
}

/// A request with these headers for its length, and this content.
fn framed(headers: &str, content: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}\r\n{content}EOF"
    )
}

fn chunked(content: &str) -> String {
    framed("transfer-encoding: chunked\r\n", content)
}

#[tokio::test]
async fn first_lines() {
    check(vec![
        case("GET", first("GET /mcp HTTP/1.1"), "400"),
        case("PUT", first("PUT /mcp HTTP/1.1"), "405"),
        case("PATCH", first("PATCH /mcp HTTP/1.1"), "405"),
        case("DELETE", first("DELETE /mcp HTTP/1.1"), "400"),
        case("HEAD", first("HEAD /mcp HTTP/1.1"), "405"),
        case("OPTIONS", first("OPTIONS /mcp HTTP/1.1"), "405"),
        case("TRACE", first("TRACE /mcp HTTP/1.1"), "405"),
        case("CONNECT", first("CONNECT HOST HTTP/1.1"), "404"),
        case("small letters", first("post /mcp HTTP/1.1"), "405"),
        case("a method nobody knows", first("BREW /mcp HTTP/1.1"), "405"),
        case(
            "a method of 100,000 letters",
            first(&format!("{} /mcp HTTP/1.1", "A".repeat(100_000))),
            "405",
        ),
        case("another path", first("POST /other HTTP/1.1"), "404"),
        case("a path below", first("POST /mcp/below HTTP/1.1"), "404"),
        case("a path that goes up", first("POST /mcp/../mcp HTTP/1.1"), "404"),
        case("a path with an escape", first("POST /%6dcp HTTP/1.1"), "404"),
        case("two slashes", first("POST //mcp HTTP/1.1"), "200 answered"),
        case("a query", first("POST /mcp?access_token=secret HTTP/1.1"), "200 answered"),
        case("the address of another host", first("POST http://evil.example/mcp HTTP/1.1"), "403"),
        case("a star", first("POST * HTTP/1.1"), "404"),
        case("no path", first("POST HTTP/1.1"), "400"),
        case(
            "a path of 100,000 letters",
            first(&format!("POST /{} HTTP/1.1", "a".repeat(100_000))),
            "414",
        ),
        case(
            "a path of 1,000,000 letters",
            first(&format!("POST /{} HTTP/1.1", "a".repeat(1_000_000))),
            "431",
        ),
        case("a zero byte in the path", first("POST /mcp\0 HTTP/1.1"), "400"),
        case("no version", first("POST /mcp"), "400"),
        case("an old version", first("POST /mcp HTTP/1.0"), "200 answered"),
        case("a version nobody knows", first("POST /mcp HTTP/3.7"), "400"),
        case("another protocol", first("POST /mcp RTSP/1.0"), "400"),
        case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "closed"),
        case("the greeting of TLS", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03EOF".to_vec(), "400"),
        case("the greeting of SSH", "SSH-2.0-OpenSSH_9.6\r\nEOF", "400"),
        case("nothing", "EOF", "closed"),
        case("empty lines", "\r\n\r\n\r\n\r\nEOF", "closed"),
        case("empty lines without end", "\r\n".repeat(1_000_000) + "EOF", "431"),
        case("a bare message", format!("{PING}\nEOF"), "400"),
        case("half a line", "POST /mEOF", "closed"),
        case("half of the headers", "POST /mcp HTTP/1.1\r\nhost: HOST\r\nEOF", "closed"),
        case(
            "half of the content",
            [post("", PING).strip_suffix(b"}").unwrap(), b"EOF"].concat(),
            "400",
        ),
    ])
    .await;
}

#[tokio::test]
async fn lengths() {
    let length = |length: &str| framed(&format!("content-length: {length}\r\n"), PING);
    let two =
        |second: &str| framed(&format!("content-length: {}\r\n{second}\r\n", PING.len()), PING);
    check(vec![
        case("no length", framed("", PING), "400 -32700 for null"),
        case("a negative length", length("-1"), "400"),
        case("a length with a sign", length("+40"), "400"),
        case("a hexadecimal length", length("0x28"), "400"),
        case("a length of letters", length("abc"), "400"),
        case("an empty length", length(""), "400"),
        case("a length of 30 digits", length(&"9".repeat(30)), "400"),
        case("the greatest length", length("18446744073709551615"), "431"),
        case("a length that is too long", length("1000"), "400"),
        case("a length that is too short", length("3"), "400 -32700 for null"),
        case("two lengths", two("content-length: 3"), "400"),
        case("a length twice", two(&format!("content-length: {}", PING.len())), "200 answered"),
        case("lengths with a comma", length("40, 41"), "400"),
        case("a length over the limit", length("4194305"), "413"),
        case("a length and chunks", two("transfer-encoding: chunked"), "400"),
        case(
            "chunks and a length",
            framed("transfer-encoding: chunked\r\ncontent-length: 3\r\n", "0\r\n\r\n"),
            "400 -32700 for null",
        ),
        case("an encoding nobody knows", two("transfer-encoding: xchunked"), "400"),
        case(
            "chunks that are not last",
            framed("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
            "400",
        ),
        case(
            "chunks twice",
            framed("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n"),
            "400 -32700 for null",
        ),
        case("chunks after a tab", two("transfer-encoding:\tchunked"), "400"),
        case("chunks before a blank", two("transfer-encoding : chunked"), "400"),
        case(
            "a message in chunks",
            chunked(&format!("{:x}\r\n{PING}\r\n0\r\n\r\n", PING.len())),
            "200 answered",
        ),
        case(
            "a message byte by byte",
            chunked(
                &(PING.chars().map(|letter| format!("1\r\n{letter}\r\n")).collect::<String>()
                    + "0\r\n\r\n"),
            ),
            "200 answered",
        ),
        case("no chunk", chunked("0\r\n\r\n"), "400 -32700 for null"),
        case("a chunk without a size", chunked("\r\n\r\n"), "400"),
        case("a negative chunk", chunked("-1\r\n\r\n"), "400"),
        case("a chunk of letters", chunked("zz\r\n\r\n"), "400"),
        case("a chunk of 20 digits", chunked("ffffffffffffffffffff\r\n\r\n"), "400"),
        case("the greatest chunk", chunked("ffffffffffffffff\r\n\r\n"), "400"),
        case("a chunk that breaks off", chunked("28\r\n{"), "400"),
        case("a chunk longer than its size", chunked(&format!("3\r\n{PING}\r\n0\r\n\r\n")), "400"),
        case(
            "an extension of 1,000,000 letters",
            chunked(&format!("28;{}\r\n{PING}\r\n0\r\n\r\n", "x".repeat(1_000_000))),
            "400",
        ),
        case(
            "a trailer of 1,000,000 letters",
            chunked(&format!(
                "{:x}\r\n{PING}\r\n0\r\nx: {}\r\n\r\n",
                PING.len(),
                "x".repeat(1_000_000)
            )),
            "400",
        ),
        case(
            "a trailer that names a method",
            chunked(&format!("{:x}\r\n{PING}\r\n0\r\nmcp-method: tools/call\r\n\r\n", PING.len())),
            "200 answered",
        ),
        case(
            "a request after a message without a length",
            framed("", &first("POST /mcp HTTP/1.1")),
            "400 -32700 for null",
        ),
        case(
            "a request after a length of zero",
            length("0")
                .replace("connection: close\r\n", "")
                .replace(PING, &first("POST /mcp HTTP/1.1").replace("HOST", "127.0.0.1")),
            "400 -32700 for null, 200 answered",
        ),
        case(
            "two requests",
            [
                first("POST /mcp HTTP/1.1").replace("connection: close\r\n", ""),
                String::from_utf8(post("", PING)).unwrap().replace("HOST", "127.0.0.1"),
            ]
            .concat(),
            "200 answered, 200 answered",
        ),
        case(
            "garbage after a request",
            first("POST /mcp HTTP/1.1").replace("connection: close\r\n", "")
                + "\0\0\0garbage\r\n\r\n",
            "200 answered, 400",
        ),
        case(
            "garbage after a refusal",
            first("BREW /mcp HTTP/1.1").replace("connection: close\r\n", "")
                + "\0\0\0garbage\r\n\r\n",
            "405, 400",
        ),
    ])
    .await;
}

/// A request that two readers could end at different places, and another that one of them would see behind it. Nobody but
/// the first is answered, and the connection is closed.
#[tokio::test]
async fn requests_behind_others() {
    let behind = |headers: &str, content: &str| {
        framed(headers, content).replace("connection: close\r\n", "").replace(
            "EOF",
            &String::from_utf8(post("", PING)).unwrap().replace("HOST", "127.0.0.1"),
        )
    };
    let chunks = format!("{:x}\r\n{PING}\r\n0\r\n\r\n", PING.len());
    let length = |length: usize| format!("content-length: {length}\r\n");
    let te = "transfer-encoding: chunked\r\n";
    check(vec![
        case("chunks alone", behind(te, &chunks), "200 answered, 200 answered"),
        case("a length, then chunks", behind(&(length(4) + te), &chunks), "200 answered"),
        case(
            "chunks, then a length",
            behind(&(te.to_owned() + &length(4)), &chunks),
            "200 answered",
        ),
        case(
            "a length of all, then chunks",
            behind(&(length(chunks.len()) + te), &chunks),
            "200 answered",
        ),
        case("two lengths", behind(&(length(PING.len()) + &length(4)), PING), "400"),
        case(
            "a length in a list",
            behind(&format!("content-length: {0}, {0}\r\n", PING.len()), PING),
            "400",
        ),
        case("chunks of another kind", behind("transfer-encoding: xchunked\r\n", &chunks), "400"),
        case(
            "chunks behind a line that goes on",
            behind("transfer-encoding:\r\n chunked\r\n", &chunks),
            "400",
        ),
        case(
            "chunks of HTTP/1.0",
            behind(te, &chunks).replace("HTTP/1.1\r\nhost: HOST", "HTTP/1.0\r\nhost: HOST"),
            "400",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_hundred_requests_at_once_over_one_connection() {
    let one = first("POST /mcp HTTP/1.1")
        .replace("connection: close\r\n", "")
        .replace("HOST", "127.0.0.1");
    let all = one.repeat(99) + &String::from_utf8(post("", PING)).unwrap();
    let expected = vec!["200 answered"; 100].join(", ");
    let cases: Vec<Case> = vec![case("a hundred", all, expected.leak())];
    check(cases).await;
}
