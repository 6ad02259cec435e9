//! The program itself: how it is stopped, over HTTP and over pipes.
#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::os::fd::OwnedFd;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
    Lines,
};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::{Child, ChildStdout, Command};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_observed"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn terminate(program: &Child) {
    let id = program.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
}

fn call(id: u32, name: &str, arguments: &Value) -> String {
    let params = json!({ "name": name, "arguments": arguments, "_meta": { "progressToken": 7 } });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
}

fn request(method: &str, path: &str, content: &str) -> String {
    let length = content.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json, \
         text/event-stream\r\nmcp-protocol-version: 2025-11-25\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n\
         {content}"
    )
}

/// Sends a request on a connection of its own, and gives the response as text.
async fn check(address: &str, request: &str, expected: &[&str]) {
    let answer = ask(address, request).await;
    for part in expected {
        assert!(answer.contains(part), "{request}\n\ngave\n\n{answer}\n\nwithout\n\n{part}");
    }
}

async fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Begins a call that takes ten minutes, and waits for its first report; gives the stream, and what came over it.
async fn bake(address: &str, id: u32) -> (TcpStream, Vec<u8>) {
    let mut running = TcpStream::connect(address).await.unwrap();
    let bake = call(id, "bake", &json!({ "milliseconds": 600_000 }));
    running.write_all(request("POST", "/mcp", &bake).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains("in the oven") {
        assert_ne!(running.read_buf(&mut answer).await.unwrap(), 0);
    }
    (running, answer)
}

/// The address that the program says that it listens on.
async fn address(program: &mut Child) -> String {
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
    let address = loop {
        let line = log.next_line().await.unwrap().expect("the program listens");
        if let Some((_, address)) = line.split_once("listening address=") {
            break address.to_owned();
        }
    };
    // Somebody has to read the rest.
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    address
}

#[tokio::test]
async fn over_http_running_calls_end_and_new_ones_are_refused() {
    let mut program = start(&["127.0.0.1:0"]);
    let address = address(&mut program).await;
    let ready = request("GET", "/health/ready", "");
    check(&address, &ready, &["HTTP/1.1 200 OK"]).await;

    let (mut running, mut answer) = bake(&address, 1).await;
    check(
        &address,
        &request("GET", "/metrics", ""),
        &["minimcp_calls_running 1", "minimcp_streams_open 1"],
    )
    .await;

    terminate(&program).await;
    while !ask(&address, &ready).await.starts_with("HTTP/1.1 503") {}
    let late = request("POST", "/mcp", &call(2, "divide", &json!({ "a": 1, "b": 2 })));
    let refused =
        ["HTTP/1.1 503", "retry-after: 1", r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32603,"#];
    check(&address, &late, &refused).await;
    check(&address, &request("GET", "/health/live", ""), &["HTTP/1.1 200 OK"]).await;

    // What was running is finished, and then there is nothing left to do.
    check(&address, &request("POST", "/bell", ""), &["HTTP/1.1 200 OK"]).await;
    running.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8(answer).unwrap().contains("a cake"));
    assert_eq!(program.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn over_http_what_takes_too_long_is_cut_off_in_time() {
    let mut program = start(&["--drain", "0", "127.0.0.1:0"]);
    let address = address(&mut program).await;
    let _running = bake(&address, 1).await;
    terminate(&program).await;
    assert_eq!(program.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn over_pipes_running_calls_end_and_new_ones_are_refused() {
    let mut program = start(&["--stdio"]);
    let mut input = program.stdin.take().unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let bake = call(0, "bake", &json!({ "milliseconds": 3000 })) + "\n";
    input.write_all(bake.as_bytes()).await.unwrap();
    assert_eq!(next(&mut output).await["method"], "notifications/progress");
    terminate(&program).await;
    // The signal arrives when it does. Each request has one answer before and after.
    let mut id = 0;
    loop {
        id += 1;
        let divide = call(id, "divide", &json!({ "a": 1, "b": 2 })) + "\n";
        input.write_all(divide.as_bytes()).await.unwrap();
        let answer = next(&mut output).await;
        assert_eq!(answer["id"], id, "the signal came before the cake: {answer}");
        if answer["error"]["code"] == -32603 {
            break;
        }
    }
    let answer = next(&mut output).await;
    assert_eq!(
        (&answer["id"], &answer["result"]["content"][0]["text"]),
        (&json!(0), &json!("a cake"))
    );
    assert_eq!(output.next_line().await.unwrap(), None);
    assert_eq!(program.wait().await.unwrap().code(), Some(0));
}

/// A program that is begun and holds these as its standard input and output; we hold them no more.
fn holding(input: impl Into<Stdio>, output: impl Into<Stdio>) -> Child {
    let mut command = Command::new("cat");
    command.stdin(input).stdout(output).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}

#[tokio::test]
async fn over_http_a_client_that_is_killed_gives_its_place_back() {
    let mut program = start(&["--drain", "100000", "127.0.0.1:0"]);
    let address = address(&mut program).await;
    let numbers = request("GET", "/metrics", "");
    // As many as there are places.
    let mut clients = Vec::new();
    for id in 0..4 {
        let (running, _) = bake(&address, id).await;
        let running = running.into_std().unwrap();
        running.set_nonblocking(false).unwrap();
        clients.push(holding(OwnedFd::from(running), Stdio::null()));
    }
    check(&address, &numbers, &["minimcp_calls_running 4", "minimcp_streams_open 4"]).await;
    for client in &mut clients {
        client.kill().await.unwrap();
    }
    while !ask(&address, &numbers).await.contains("minimcp_calls_running 0") {}
    let divide = request("POST", "/mcp", &call(4, "divide", &json!({ "a": 1, "b": 2 })));
    check(&address, &divide, &["HTTP/1.1 200 OK", "0.5"]).await;
    check(&address, &numbers, &["minimcp_calls_running 0", "minimcp_streams_open 0"]).await;
    // Nothing is left that would have to end first.
    terminate(&program).await;
    assert_eq!(program.wait().await.unwrap().code(), Some(0));
}

/// Begins a call that says no more, and goes away; gives how the program ends, which has longer for it than anybody waits.
async fn vanish(
    mut program: Child,
    mut output: impl AsyncRead + Unpin,
    mut input: impl AsyncWrite + Unpin,
) {
    let bake = call(0, "bake", &json!({ "milliseconds": 600_000 })) + "\n";
    input.write_all(bake.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"\n") {
        assert_ne!(output.read_buf(&mut said).await.unwrap(), 0);
    }
    assert!(String::from_utf8(said).unwrap().contains("in the oven"));
    drop((input, output));
    let mut log = String::new();
    program.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    // It was not stopped for its silence.
    assert!(log.contains("outcome=\"cancelled\""), "{log}");
    assert_eq!(program.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn over_pipes_a_client_that_vanishes_ends_the_program() {
    let mut program = start(&["--drain", "100000", "--stdio"]);
    let (output, input) = (program.stdout.take().unwrap(), program.stdin.take().unwrap());
    vanish(program, output, input).await;
}

/// As programs of Node start others.
#[tokio::test]
async fn over_sockets_a_client_that_vanishes_ends_the_program() {
    let [(input, their_input), (output, their_output)] =
        [UnixStream::pair().unwrap(), UnixStream::pair().unwrap()];
    let theirs = [their_input, their_output].map(|socket| {
        let socket = socket.into_std().unwrap();
        socket.set_nonblocking(false).unwrap();
        Stdio::from(OwnedFd::from(socket))
    });
    let [their_input, their_output] = theirs;
    let program = Command::new(env!("CARGO_BIN_EXE_observed"))
        .args(["--drain", "100000", "--stdio"])
        .stdin(their_input)
        .stdout(their_output)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    vanish(program, output, input).await;
}

async fn next(output: &mut Lines<BufReader<ChildStdout>>) -> Value {
    serde_json::from_str(&output.next_line().await.unwrap().unwrap()).unwrap()
}
