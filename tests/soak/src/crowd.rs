//! Whether a crowd that does nothing costs others anything.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpSocket;
use tokio::time::sleep;

use crate::request::{Era, Request, post};
use crate::server::Server;
use crate::wire::{Connection, Failure};

const IDLE: usize = 5000;
const STREAMS: usize = 500;
const STALLED: usize = 100;
/// The calls of one measurement.
const CALLS: u32 = 2000;
/// A call may cost so much more while the crowd is there.
const MOST: f64 = 2.0;

/// What a call on a fresh connection costs.
struct Cost {
    /// From before the connection to behind the answer: half of the calls take less.
    median: Duration,
    /// Of the server's CPU.
    cpu: Duration,
}

/// Measures without a crowd and with one. Gives the report, and what is wrong.
pub(crate) async fn crowd() -> Result<(String, Vec<String>), Failure> {
    check_limit()?;
    let server = Server::start(&["--crowd"]).await?;
    measure(&server).await?;
    let idle = server.idle().await?;
    let before = measure(&server).await?;
    let crowd = gather(&server).await?;
    let rest = at_rest(&server).await?;
    let state = server.state().await?;
    let during = measure(&server).await?;
    drop(crowd);
    let after = server.idle().await?;
    let log = server.log();
    let ended = server.end().await?;

    let mut text = String::new();
    let micros = |time: Duration| format!("{} µs", time.as_micros());
    let ratio = |after: Duration, before: Duration| after.as_secs_f64() / before.as_secs_f64();
    let (slower, dearer) = (ratio(during.median, before.median), ratio(during.cpu, before.cpu));
    for (what, value) in [
        (
            "connections, streams, handlers",
            format!("{}, {}, {}", state.connections - 1, state.streams, state.handlers),
        ),
        ("CPU of the crowd alone", format!("{:.1} % of a core", rest * 100.0)),
        (
            "median of a call, before and during",
            format!("{}, {}: {slower:.2}", micros(before.median), micros(during.median)),
        ),
        (
            "CPU of a call, before and during",
            format!("{}, {}: {dearer:.2}", micros(before.cpu), micros(during.cpu)),
        ),
        ("open files, before and after", format!("{}, {}", idle.files, after.files)),
        ("end after SIGTERM", format!("{} ms", ended.as_millis())),
    ] {
        writeln!(text, "{what:40} {value}")?;
    }
    let mut problems = log.panics;
    problems.extend(log.errors);
    if slower > MOST || dearer > MOST {
        problems.push(format!("a call costs more than {MOST} times as much as without a crowd"));
    }
    if after.files > idle.files + 2 || after.tasks > idle.tasks {
        problems.push(format!("the crowd left something: {idle:?} before, {after:?} afterwards"));
    }
    Ok((text, problems))
}

/// Whether as many files may be opened as are needed.
fn check_limit() -> Result<(), Failure> {
    let text = fs::read_to_string("/proc/self/limits")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"));
    let limit = line.and_then(|line| line.split_whitespace().next()).ok_or("no limit")?;
    let needed = IDLE + STREAMS + STALLED + 900;
    match limit.parse() {
        Ok(limit) if needed > limit => {
            Err(format!("{needed} open files are needed and {limit} allowed: see `ulimit -n`")
                .into())
        }
        _ => Ok(()),
    }
}

async fn measure(server: &Server) -> Result<Cost, Failure> {
    let before = server.cpu()?;
    let mut times = Vec::new();
    for number in 0..CALLS {
        let request = Request::call(number.into(), "add", &json!({ "a": number, "b": 1 }), "");
        let sent = request.write(Era::Modern);
        let begun = Instant::now();
        let mut connection = Connection::open(server.address).await?;
        connection.send(&sent).await?;
        let response = connection.receive().await?;
        times.push(begun.elapsed());
        request.check(&response)?;
    }
    let cpu = (server.cpu()? - before) / CALLS;
    times.sort();
    Ok(Cost { median: times.get(times.len() / 2).copied().unwrap_or_default(), cpu })
}

/// The crowd, for as long as this is kept.
async fn gather(server: &Server) -> Result<Vec<Connection>, Failure> {
    let mut crowd = Vec::with_capacity(IDLE + STREAMS + STALLED);
    for _ in 0..IDLE {
        crowd.push(Connection::open(server.address).await?);
    }
    let listen = json!({
        "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
        "params": {
            "notifications": {},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let head = "mcp-protocol-version: 2026-07-28\r\nmcp-method: subscriptions/listen\r\n";
    let listen = post(head, &listen.to_string());
    for _ in 0..STREAMS {
        let mut connection = Connection::open(server.address).await?;
        connection.send(&listen).await?;
        connection.until("acknowledged").await?;
        crowd.push(connection);
    }
    let flood = Request::call(1, "flood", &json!({}), "").write(Era::Modern);
    for _ in 0..STALLED {
        let socket = TcpSocket::new_v4()?;
        // So that the system does not read for them.
        socket.set_recv_buffer_size(4096)?;
        let mut connection = Connection::of(socket.connect(server.address).await?);
        connection.send(&flood).await?;
        connection.until("progress").await?;
        crowd.push(connection);
    }
    Ok(crowd)
}

/// Waits until the stalled streams are full; gives how many cores the crowd keeps busy then.
async fn at_rest(server: &Server) -> Result<f64, Failure> {
    let second = Duration::from_secs(1);
    let mut last = f64::MAX;
    for _ in 0..30 {
        let before = server.cpu()?;
        sleep(second).await;
        let now = (server.cpu()? - before).as_secs_f64();
        // Two seconds alike: it is as quiet as it gets.
        if now < 0.01 || (now - last).abs() < 0.005 {
            return Ok(now);
        }
        last = now;
    }
    Err("the crowd does not come to rest".into())
}
