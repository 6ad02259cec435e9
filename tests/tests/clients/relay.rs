//! What stands between a client and a server over HTTP, sees what the client sends, and breaks a stream.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The first event of `test_tool_with_progress`.
const BREAKS_AFTER: &[u8] = b"Completed step 0 of 100";
const END_OF_EVENT: &[u8] = b"\n\n";
/// The revision whose streams a client can come back to.
const RESUMABLE: &str = "mcp-protocol-version: 2025-11-25";

type Sent = Arc<Mutex<String>>;

/// A place that passes everything on to a server, until this is dropped. A stream that can be resumed breaks after the first
/// step of `test_tool_with_progress`, as if the network had failed.
#[derive(Debug)]
pub(crate) struct Relay {
    url: String,
    /// What each connection sent, in lower case.
    sent: Arc<Mutex<Vec<Sent>>>,
    _running: JoinSet<()>,
}

impl Relay {
    pub(crate) async fn to(url: &str) -> Self {
        let address = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/mcp"));
        let server = address.expect("a URL").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
        let sent = Arc::default();
        let mut running = JoinSet::new();
        running.spawn(listen(listener, server, Arc::clone(&sent)));
        Self { url, sent, _running: running }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How often clients have sent this, which is in lower case.
    pub(crate) fn count(&self, text: &str) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|sent| sent.lock().unwrap().matches(text).count()).sum()
    }
}

async fn listen(listener: TcpListener, server: SocketAddr, all: Arc<Mutex<Vec<Sent>>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let sent = Sent::default();
        all.lock().unwrap().push(Arc::clone(&sent));
        connections.spawn(relay(client, server, sent));
        while connections.try_join_next().is_some() {}
    }
}

async fn relay(mut client: TcpStream, server: SocketAddr, sent: Sent) {
    // A server that is gone is seen as a connection that closes.
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    tokio::select! {
        () = pass_requests(from_client, to_server, &sent) => {}
        () = pass_answers(from_server, to_client, &sent) => {}
    }
}

async fn pass_requests(mut client: ReadHalf<'_>, mut server: WriteHalf<'_>, sent: &Sent) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = client.read(&mut bytes).await {
        let text = String::from_utf8_lossy(&bytes[..count]).to_lowercase();
        sent.lock().unwrap().push_str(&text);
        if server.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

async fn pass_answers(mut server: ReadHalf<'_>, mut client: WriteHalf<'_>, sent: &Sent) {
    // Of the answers, the last event that is not whole yet, and how much of it was passed on: an answer of before does not
    // break this one.
    let (mut answers, mut passed) = (Vec::new(), 0);
    while let Ok(1..) = server.read_buf(&mut answers).await {
        let end = if is_resumable(sent) { breaking_point(&answers) } else { None };
        let written = client.write_all(&answers[passed..end.unwrap_or(answers.len())]).await;
        if written.is_err() || end.is_some() {
            return;
        }
        let whole = answers.windows(END_OF_EVENT.len()).rposition(|end| end == END_OF_EVENT);
        answers.drain(..whole.map_or(0, |start| start + END_OF_EVENT.len()));
        passed = answers.len();
    }
}

/// Whether the client can come back for what it is being sent. It may use one connection for everything.
fn is_resumable(sent: &Sent) -> bool {
    let sent = sent.lock().unwrap();
    let request = sent.rfind("post /mcp ").map_or("", |start| &sent[start..]);
    request.contains(RESUMABLE)
}

/// Where the event ends after which a stream breaks.
fn breaking_point(answers: &[u8]) -> Option<usize> {
    let said = position(answers, BREAKS_AFTER)?;
    let end = position(&answers[said..], END_OF_EVENT)?;
    Some(said + end + END_OF_EVENT.len())
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
