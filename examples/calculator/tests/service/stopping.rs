//! Stopping: over a real connection, since it is connections that are waited for.

use std::time::Duration;

use calculator::{Options, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::asking::streamed_call;

#[tokio::test]
async fn calls_under_way_are_answered_and_listeners_let_go() {
    // So that a service which does not stop is a failure, and no test that never ends.
    timeout(Duration::from_secs(60), stop_under_way()).await.expect("a service that stops");
}

async fn stop_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let options = Options { pause: Duration::from_millis(50), ..Options::default() };
    let service =
        tokio::spawn(async move { serve(listener, &options, async { drop(stopped.await) }).await });

    let mut following = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /mcp/sse/anna HTTP/1.1\r\nhost: {address}\r\n\r\n");
    following.write_all(request.as_bytes()).await.unwrap();
    read_until(&mut following, ": following").await;

    let mut calling = TcpStream::connect(address).await.unwrap();
    let call = streamed_call("add_numbers", 2, 3).to_string();
    let length = call.len();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         x-client-id: anna\r\n\r\n{call}"
    );
    calling.write_all(request.as_bytes()).await.unwrap();
    read_until(&mut calling, "take 2").await;

    stop.send(()).unwrap();
    let mut answer = String::new();
    calling.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(r#""text":"5.0""#), "{answer}");
    let mut heard = String::new();
    following.read_to_string(&mut heard).await.unwrap();
    assert!(heard.ends_with("0\r\n\r\n"), "the stream was cut, not ended: {heard}");
    service.await.unwrap().unwrap();
}

async fn read_until(stream: &mut TcpStream, text: &str) {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text) {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the connection ended");
    }
}
