//! The server that is loaded: `soaked [--crowd]` serves at a free port of this machine and says which.
//!
//! It has handlers for each way that a call can go, and a tool that tells how many of them there are.

use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use minimcp::http::{Connections, Endpoint, LocalEvents, LocalSessions, Server, Sessions};
use minimcp::{Error, MiniMcp, Progress, Scope, handlers, prompt, resource, tool};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::net::TcpListener;

/// The handlers that there are.
static PRESENT: AtomicI64 = AtomicI64::new(0);

/// One of them.
struct Presence;

impl Presence {
    fn new() -> Self {
        PRESENT.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        PRESENT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Add two numbers
#[tool(read_only)]
async fn add(a: f64, b: f64) -> f64 {
    let _presence = Presence::new();
    a + b
}

/// Say it again
#[tool(read_only)]
async fn echo(text: String) -> String {
    let _presence = Presence::new();
    text
}

/// Fail
#[tool]
async fn fail(how: &str) -> Result<String, Error> {
    let _presence = Presence::new();
    match how {
        "model" => Err(Error::tool("on purpose")),
        _ => Err(Error::internal("on purpose")),
    }
}

/// Report progress, with pauses
#[tool]
async fn steps(
    #[arg(range = 0..=1000)] steps: u32,
    #[arg(range = 0..=10_000)] pause: u64,
    progress: Progress,
) -> u32 {
    let _presence = Presence::new();
    for step in 1..=steps {
        progress.report(f64::from(step)).total(f64::from(steps)).message("on the way").await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    steps
}

/// Report progress for ever, to whoever reads it
#[tool]
async fn flood(progress: Progress) {
    let _presence = Presence::new();
    let text = "x".repeat(4096);
    for step in 1_u32.. {
        progress.report(f64::from(step)).message(&text).await;
    }
}

/// Greet somebody
#[prompt]
async fn greet(name: &str) -> String {
    format!("Hello, {name}!")
}

/// A note
#[resource("note://{name}")]
async fn note(name: &str) -> String {
    format!("note {name}")
}

/// What is there now.
#[derive(Serialize, JsonSchema)]
struct State {
    /// Handlers, this one not counted.
    handlers: i64,
    /// Tasks of the runtime.
    tasks: usize,
    /// `minimcp_calls_running`, this one counted.
    running: i64,
    /// `minimcp_calls_queued`
    queued: i64,
    /// `minimcp_streams_open`
    streams: i64,
    /// `minimcp_connections_open`
    connections: i64,
}

/// Tell what is there now
#[tool(read_only)]
async fn state(numbers: Scope<PrometheusHandle>) -> State {
    let text = numbers.render();
    let gauge = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    State {
        handlers: PRESENT.load(Ordering::Relaxed),
        tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
        running: gauge("minimcp_calls_running"),
        queued: gauge("minimcp_calls_queued"),
        streams: gauge("minimcp_streams_open"),
        connections: gauge("minimcp_connections_open"),
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let crowd = std::env::args().any(|argument| argument == "--crowd");
    tracing_subscriber::fmt().with_ansi(false).with_writer(io::stderr).init();
    let numbers = PrometheusBuilder::new().install_recorder().map_err(io::Error::other)?;
    tokio::spawn(keep_house(numbers.clone()));
    let server = MiniMcp::new("soaked")
        .handlers(handlers![add, echo, fail, steps, flood, greet, note, state]);
    // A crowd stays for as long as it is measured; otherwise there is too little room for all, on purpose.
    let (server, patience) = match crowd {
        true => (server.concurrency(1000).idle_timeout(None), Duration::from_secs(600)),
        false => (server.concurrency(16).queue(16), Duration::from_secs(5)),
    };
    // What is kept for clients that come back is full after a few seconds, and then grows no more.
    let sessions = Sessions::new()
        .store(LocalSessions::default().capacity(500))
        .events(LocalEvents::new().streams(100).bytes(4 << 20));
    let endpoint = Endpoint::streamable(server).legacy(sessions).body_timeout(patience);
    let connections = Connections::new().header_timeout(patience).write_timeout(patience);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Server::new(endpoint.with_scope(numbers))
        .connections(connections.drain_timeout(Duration::from_secs(10)))
        .health("/health")
        .serve(listener)
        .await
}

/// Folds what was recorded, so that it does not pile up.
async fn keep_house(numbers: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        numbers.run_upkeep();
    }
}
