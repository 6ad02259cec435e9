//! The ready-made server on a real socket.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use minimcp::http::{Endpoint, Server};
use minimcp::{Call, MiniMcp, Tool};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::{Arguments, PING, PONG, call, fits, judge_response, modern, read};

/// A server with a tool that starts and waits.
struct Fixture {
    address: SocketAddr,
    started: Arc<Notify>,
    finish: Arc<Notify>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

async fn start(drain: Duration) -> Fixture {
    let (started, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let waits = {
        let (started, finish) = (Arc::clone(&started), Arc::clone(&finish));
        Tool::from_fn("waits", move |_: Arguments, _: Call| {
            let (started, finish) = (Arc::clone(&started), Arc::clone(&finish));
            async move {
                started.notify_one();
                finish.notified().await;
                Ok::<_, String>("finished")
            }
        })
    };
    let server: MiniMcp = crate::server();
    server.tools().add(waits).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = Server::new(server).drain_timeout(drain);
    let server = tokio::spawn(server.serve_until(listener, async move { drop(stopped.await) }));
    Fixture { address, started, finish, stop, server }
}

fn request(path: &str, request: &str) -> String {
    let (headers, content) = request.split_once("\n\n").unwrap();
    let headers = headers.replace('\n', "\r\n");
    let length = content.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{content}"
    )
}

/// Sends text and reads until what came ends with `end`, or to the end of the connection.
async fn exchange(stream: &mut TcpStream, text: &str, end: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let answer = read(stream, end).await;
    judge_answer(text, &answer);
    answer
}

/// Judges the messages in an answer to this request.
fn judge_answer(request: &str, answer: &str) {
    let (head, content) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    judge_response(
        &request.replace("\r\n", "\n"),
        &format!("{}\n{content}", head.replace('\n', "")),
    );
}

fn check(answer: &str, expected: &str) {
    assert!(fits(answer, expected), "{answer}\n\ninstead of\n\n{expected}");
}

async fn join(server: JoinHandle<io::Result<()>>) {
    server.await.unwrap().unwrap();
}

fn connect(fixture: &Fixture) -> impl Future<Output = TcpStream> + use<> {
    let address = fixture.address;
    async move { TcpStream::connect(address).await.unwrap() }
}

#[tokio::test]
async fn several_requests_on_one_connection() {
    let fixture = start(Duration::from_secs(10)).await;
    let mut stream = connect(&fixture).await;
    let ping = request("/mcp", &format!("x: y\n\n{PING}"));
    for _ in 0..2 {
        let answer = exchange(&mut stream, &ping, PONG).await;
        check(
            &answer,
            &format!("HTTP/1.1 200 OK\r\n…content-type: application/json\r\n…\r\n\r\n{PONG}"),
        );
    }
    let answer =
        exchange(&mut stream, &request("/mcp/", &call("reports_slowly")), "0\r\n\r\n").await;
    check(
        &answer,
        "HTTP/1.1 200 OK\r\n…content-type: text/event-stream\r\n…event: message\ndata: …fertig…\r\n0\r\n\r\n",
    );
    let answer = exchange(&mut stream, &request("/", "x: y\n\n"), "\r\n\r\n").await;
    check(&answer, "HTTP/1.1 404 Not Found\r\n…content-length: 0\r\n…");
    let answer =
        exchange(&mut stream, "GET /mcp HTTP/1.1\r\nhost: evil\r\n\r\n", "`allowed_hosts`.\n")
            .await;
    check(&answer, "HTTP/1.1 403 Forbidden\r\n…`evil`…");
    let answer = exchange(&mut stream, "nonsense\r\n\r\n", "").await;
    check(&answer, "HTTP/1.1 400 Bad Request\r\n…");

    // One broken connection is not the end of the others.
    let answer = exchange(&mut connect(&fixture).await, &ping, PONG).await;
    check(&answer, "HTTP/1.1 200 OK\r\n…");
    fixture.stop.send(()).unwrap();
    join(fixture.server).await;
}

#[tokio::test]
async fn stopping_lets_running_calls_finish_and_takes_no_new_ones() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut idle = connect(&fixture).await;
    exchange(&mut idle, &request("/mcp", &format!("x: y\n\n{PING}")), PONG).await;
    let mut busy = connect(&fixture).await;
    busy.write_all(request("/mcp", &call("waits")).as_bytes()).await.unwrap();
    fixture.started.notified().await;
    fixture.stop.send(()).unwrap();
    // The idle connection ends at once, which also shows that stopping has begun.
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    // Who comes now is told to go elsewhere, or to come back.
    let late = exchange(
        &mut TcpStream::connect(fixture.address).await.unwrap(),
        &request("/mcp", &call("quick")),
        "",
    )
    .await;
    check(
        &late,
        "HTTP/1.1 503 Service Unavailable\r\n…retry-after: 1\r\n…connection: close\r\n…\"code\":-32603,…",
    );
    fixture.finish.notify_one();
    let answer = read(&mut busy, "").await;
    judge_answer(&request("/mcp", &call("waits")), &answer);
    check(&answer, "HTTP/1.1 200 OK\r\n…finished…");
    join(fixture.server).await;
    assert!(TcpStream::connect(fixture.address).await.is_err());
}

#[tokio::test]
async fn who_connected_before_the_stop_may_still_ask_once() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut early = connect(&fixture).await;
    // Connections are taken in turn: once this one is answered, the other one is taken.
    let mut idle = connect(&fixture).await;
    exchange(&mut idle, &request("/mcp", &format!("x: y\n\n{PING}")), PONG).await;
    fixture.stop.send(()).unwrap();
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    let answer = exchange(&mut early, &request("/mcp", &call("quick")), "").await;
    check(&answer, "HTTP/1.1 503 Service Unavailable\r\n…connection: close\r\n…\"code\":-32603,…");
    join(fixture.server).await;
}

#[tokio::test]
async fn who_waits_to_be_let_in_at_the_stop_is_answered() {
    let fixture = start(Duration::from_secs(3600)).await;
    tokio::task::yield_now().await;
    fixture.stop.send(()).unwrap();
    // The system takes connections and what they send before the server knows of them.
    let mut early = std::net::TcpStream::connect(fixture.address).unwrap();
    let sent = request("/mcp", &call("quick"));
    io::Write::write_all(&mut early, sent.as_bytes()).unwrap();
    early.set_nonblocking(true).unwrap();
    let answer = exchange(&mut TcpStream::from_std(early).unwrap(), "", "").await;
    judge_answer(&sent, &answer);
    check(&answer, "HTTP/1.1 503 Service Unavailable\r\n…connection: close\r\n…\"code\":-32603,…");
    join(fixture.server).await;
}

#[tokio::test(start_paused = true)]
async fn who_asks_nothing_does_not_keep_the_server() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut before = connect(&fixture).await;
    let mut busy = connect(&fixture).await;
    busy.write_all(request("/mcp", &call("waits")).as_bytes()).await.unwrap();
    fixture.started.notified().await;
    let begun = tokio::time::Instant::now();
    fixture.stop.send(()).unwrap();
    assert_eq!(before.read(&mut [0; 1]).await.unwrap(), 0);
    let mut late = TcpStream::connect(fixture.address).await.unwrap();
    assert_eq!(late.read(&mut [0; 1]).await.unwrap(), 0);
    fixture.finish.notify_one();
    check(&read(&mut busy, "").await, "HTTP/1.1 200 OK\r\n…finished…");
    join(fixture.server).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn stopping_ends_subscriptions_with_their_result() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut stream = connect(&fixture).await;
    let listen = modern("subscriptions/listen", None, r#""notifications":{},"#);
    let begun = exchange(&mut stream, &request("/mcp", &listen), "}\n\n\r\n").await;
    check(&begun, "HTTP/1.1 200 OK\r\n…notifications/subscriptions/acknowledged…");
    fixture.stop.send(()).unwrap();
    let rest = exchange(&mut stream, "", "").await;
    check(&rest, "…event: message\ndata: {…\"resultType\":\"complete\"…}\n\n\r\n0\r\n\r\n");
    join(fixture.server).await;
}

#[tokio::test]
async fn stopping_cuts_off_what_takes_too_long() {
    let fixture = start(Duration::ZERO).await;
    let mut busy = connect(&fixture).await;
    busy.write_all(request("/mcp", &call("waits")).as_bytes()).await.unwrap();
    fixture.started.notified().await;
    fixture.stop.send(()).unwrap();
    check(&read(&mut busy, "").await, "");
    join(fixture.server).await;
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_call() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut busy = connect(&fixture).await;
    busy.write_all(request("/mcp", &call("waits")).as_bytes()).await.unwrap();
    fixture.started.notified().await;
    drop(busy);
    fixture.stop.send(()).unwrap();
    // Nobody lets the call finish: the server can only end because the call is gone.
    join(fixture.server).await;
}

#[tokio::test]
async fn an_open_address_needs_hosts() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let endpoint = Endpoint::streamable(crate::server());
    let refused = Server::new(endpoint.clone()).serve_until(listener, async {}).await.unwrap_err();
    check(&refused.to_string(), "…allowed_hosts([\"mcp.example.com\"])…allow_any_host()…127.0.0.1");
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    Server::new(endpoint.allow_any_host()).serve_until(listener, async {}).await.unwrap();
    assert!(minimcp::http::serve(crate::server(), "0.0.0.0:0").await.is_err());
}

#[cfg(feature = "sessions")]
#[tokio::test]
async fn a_session_begins_listens_and_ends() {
    let fixture = start(Duration::from_secs(3600)).await;
    let mut stream = connect(&fixture).await;
    let begun = exchange(
        &mut stream,
        &request("/mcp", &format!("x: y{}", crate::dialog::initialize("2025-11-25"))),
        "}}",
    )
    .await;
    let id = begun.split_once("mcp-session-id: ").unwrap().1.split_once("\r\n").unwrap().0;
    let delete = request("/mcp", &format!("mcp-session-id: {id}\n\n")).replace("POST", "DELETE");
    let get = format!("GET /mcp HTTP/1.1\r\nhost: localhost\r\nmcp-session-id: {id}\r\n\r\n");
    let mut listening = connect(&fixture).await;
    check(&exchange(&mut listening, &get, ":\n\n\r\n").await, "HTTP/1.1 200 OK\r\n…");
    let ended = exchange(&mut stream, &delete, "\r\n\r\n").await;
    check(&ended, "HTTP/1.1 204 No Content\r\n…");
    check(&exchange(&mut listening, "", "0\r\n\r\n").await, "0\r\n\r\n");
    fixture.stop.send(()).unwrap();
    join(fixture.server).await;
}

/// Begins a call in a session, and goes away before it ends.
#[cfg(feature = "sessions")]
async fn leave_a_call(fixture: &Fixture) {
    let mut stream = connect(fixture).await;
    let begin = request("/mcp", &format!("x: y{}", crate::dialog::initialize("2025-11-25")));
    let begun = exchange(&mut stream, &begin, "}}").await;
    let id = begun.split_once("mcp-session-id: ").unwrap().1.split_once("\r\n").unwrap().0;
    let call = crate::dialog::call_in(id, 7, "waits");
    stream.write_all(request("/mcp", &call).as_bytes()).await.unwrap();
    fixture.started.notified().await;
    drop(stream);
    // Time stands still, and passes when nothing else can happen.
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[cfg(feature = "sessions")]
#[tokio::test(start_paused = true)]
async fn stopping_waits_for_calls_whose_clients_may_come_back() {
    let fixture = start(Duration::from_secs(3600)).await;
    leave_a_call(&fixture).await;
    fixture.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!fixture.server.is_finished());
    fixture.finish.notify_one();
    join(fixture.server).await;

    let fixture = start(Duration::from_secs(2)).await;
    leave_a_call(&fixture).await;
    fixture.stop.send(()).unwrap();
    // Nobody lets it finish.
    join(fixture.server).await;
}

#[cfg(feature = "sse")]
#[tokio::test]
async fn a_second_path_is_for_older_clients() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(crate::server()).sse("/sse");
    let server = tokio::spawn(server.serve_until(listener, async move { drop(stopped.await) }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let get = "GET /sse HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(get.as_bytes()).await.unwrap();
    let answer = read(&mut stream, "\n\n\r\n").await;
    let path = answer.split_once("data: ").unwrap().1.lines().next().unwrap();
    let mut other = TcpStream::connect(address).await.unwrap();
    let ping = request(path, &format!("x: y\n\n{PING}"));
    let answer = exchange(&mut other, &ping, "\r\n\r\n").await;
    check(&answer, "HTTP/1.1 202 Accepted\r\n…");
    check(&read(&mut stream, "\n\n\r\n").await, &format!("…data: {PONG}…"));
    stop.send(()).unwrap();
    // The stream ends with the server, and does not keep it.
    check(&read(&mut stream, "").await, "0\r\n\r\n");
    join(server).await;
}
