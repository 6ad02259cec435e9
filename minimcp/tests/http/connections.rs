//! What clients can do to connections, on real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use minimcp::http::{Connections, Endpoint, Server};
use minimcp::{MiniMcp, Progress, Tool};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::{Arguments, PING, PONG, call, fits, read};

/// Serves until the test ends.
async fn serve(connections: Connections, endpoint: Endpoint<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::new(endpoint).connections(connections).health("/health");
    tokio::spawn(server.serve_until(listener, std::future::pending()));
    address
}

fn post(headers: &str, content: &str) -> String {
    let length = content.len();
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         {headers}\r\n{content}"
    )
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// Sends text on a connection of its own, and compares all that comes back until it is closed.
async fn check(address: SocketAddr, text: &str, expected: &str) {
    let mut stream = connect(address).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    let answer = read(&mut stream, "").await;
    assert!(fits(&answer, expected), "{answer}\n\ninstead of\n\n{expected}");
}

#[tokio::test]
async fn whoever_is_asked_to_stop_before_it_begins_lets_nobody_stay() {
    // The wrong order of looking at two things would show in half of the rounds.
    for _ in 0..16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut early = connect(listener.local_addr().unwrap()).await;
        early.write_all(post("", PING).as_bytes()).await.unwrap();
        let server = Server::new(crate::endpoint());
        server.serve_until(listener, std::future::ready(())).await.unwrap();
        let answer = read(&mut early, "").await;
        assert!(fits(&answer, &format!("…\r\nconnection: close\r\n…\r\n\r\n{PONG}")), "{answer}");
    }
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let address = serve(Connections::new().limit(1), crate::endpoint()).await;
    let ping = post("", PING);
    let mut first = connect(address).await;
    first.write_all(ping.as_bytes()).await.unwrap();
    assert!(read(&mut first, PONG).await.starts_with("HTTP/1.1 200"));
    let refused = "HTTP/1.1 503 Service Unavailable\r\n…retry-after: 1\r\n…connection: close\r\n…try again later.\n";
    check(address, &ping, refused).await;
    // The first one works, and makes room when it goes.
    first.write_all(ping.as_bytes()).await.unwrap();
    assert!(read(&mut first, PONG).await.starts_with("HTTP/1.1 200"));
    drop(first);
    loop {
        let mut next = connect(address).await;
        next.write_all(post("connection: close\r\n", PING).as_bytes()).await.unwrap();
        if read(&mut next, "").await.ends_with(PONG) {
            break;
        }
    }
}

#[tokio::test]
async fn long_heads_are_refused() {
    let address = serve(Connections::new().header_limit(0), crate::endpoint()).await;
    let long = post(&format!("x: {}\r\nconnection: close\r\n", "y".repeat(9000)), PING);
    check(address, &long, "HTTP/1.1 431 …").await;
    let many = post(&("x: y\r\n".repeat(200) + "connection: close\r\n"), PING);
    check(address, &many, "HTTP/1.1 431 …").await;
    let fewer = serve(Connections::new().header_count(5), crate::endpoint()).await;
    check(fewer, &post("a: b\r\nc: d\r\ne: f\r\n", PING), "HTTP/1.1 431 …").await;
    check(fewer, &post("connection: close\r\n", PING), &format!("HTTP/1.1 200 …{PONG}")).await;
}

#[tokio::test(start_paused = true)]
async fn heads_and_contents_that_never_come_are_given_up() {
    let address = serve(Connections::new(), crate::endpoint()).await;
    check(address, "POST /mcp HTTP/1.1\r\nhost: local", "…").await;
    check(address, "", "").await;
    let half = post("content-length: 100\r\n", "").replacen("content-length: 0\r\n", "", 1) + "{";
    check(address, &half, "HTTP/1.1 408 Request Timeout\r\n…did not come in time.\n").await;
}

#[tokio::test]
async fn probes_hear_how_it_is() {
    let address = serve(Connections::new(), crate::endpoint()).await;
    let get = |path| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    check(address, &get("/health/live"), "HTTP/1.1 200 OK\r\n…ok\n").await;
    check(address, &get("/health/ready"), "HTTP/1.1 200 OK\r\n…ok\n").await;
    check(address, &get("/health/other"), "HTTP/1.1 404 …").await;
}

/// A server with one place, and a tool that speaks and then hangs in it.
fn one_place() -> Endpoint<()> {
    let server: MiniMcp = crate::server().concurrency(1).queue(0);
    let hangs = Tool::from_fn("hangs", |_: Arguments, progress: Progress| async move {
        progress.report(1.0).await;
        std::future::pending::<()>().await;
        Ok::<_, String>("")
    });
    server.tools().add(hangs).unwrap();
    Endpoint::streamable(server)
}

#[tokio::test]
async fn a_client_that_dies_in_a_stream_gives_its_place_back() {
    let address = serve(Connections::new(), one_place()).await;
    let request = |tool: &str, headers: &str| {
        let call = call(tool);
        let (lines, content) = call.split_once("\n\n").unwrap();
        let lines: String = lines.lines().map(|line| format!("{line}\r\n")).collect();
        post(&(lines + headers), content)
    };
    for abruptly in [false, true] {
        let mut dying = connect(address).await;
        dying.write_all(request("hangs", "").as_bytes()).await.unwrap();
        assert!(read(&mut dying, "}}\n\n\r\n").await.contains("text/event-stream"));
        let quick = request("quick", "connection: close\r\n");
        check(address, &quick, "HTTP/1.1 503 …retry-after: 1…").await;
        if abruptly {
            // As when a process is killed with data on its way to it: the connection is reset.
            dying.set_zero_linger().unwrap();
        }
        drop(dying);
        loop {
            let mut next = connect(address).await;
            next.write_all(quick.as_bytes()).await.unwrap();
            if read(&mut next, "").await.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_ends_when_it_is_old() {
    let server = crate::server().subscription_lifetime(Duration::from_secs(3600));
    let endpoint = Endpoint::streamable(server).keep_alive(None);
    let listen = crate::modern("subscriptions/listen", None, r#""notifications":{},"#);
    crate::check(
        &endpoint,
        &listen,
        "200 text/event-stream\n…acknowledged…‖…\"resultType\":\"complete\"…",
    )
    .await;
}
