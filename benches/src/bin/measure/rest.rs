//! What a server holds at rest: the resident memory of the programs in `benches/built`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::built::{SERVERS, release, strip};
use crate::message::Failure;
use crate::options::Options;
use crate::process::Launch;
use crate::results::{Results, shown};

pub(crate) const TABLE: &str =
    "Resident memory in MB of the idle server over HTTP, after one answer";

/// Where all of them listen.
const ADDRESS: &str = "127.0.0.1:8000";

const MESSAGE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"measure","version":"1"}}}"#;

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn rest(options: &Options, results: &mut Results, folder: &Path) -> Result<(), Failure> {
    let mut hand = None;
    for name in SERVERS {
        release(name, "http", folder, &[])?;
        let program = std::fs::canonicalize(strip(name, "http", folder)?)?;
        let launch = Launch { program, arguments: Vec::new(), core: options.server_core };
        let server = launch.listening()?;
        ask(&mut connect()?)?;
        let megabytes = server.memory("VmRSS")? as f64 / 1024.0 / 1024.0;
        let ratio = megabytes / *hand.get_or_insert(megabytes);
        results.figure(TABLE, name, "MB", format!("{megabytes:.2}"));
        results.figure(TABLE, name, "ratio", shown(ratio));
        println!("{name} at rest: {megabytes:.2} MB");
    }
    Ok(())
}

fn connect() -> Result<TcpStream, Failure> {
    for _ in 0..500 {
        if let Ok(stream) = TcpStream::connect(ADDRESS) {
            return Ok(stream);
        }
        sleep(Duration::from_millis(10));
    }
    Err(format!("nobody listens at {ADDRESS}").into())
}

fn ask(stream: &mut TcpStream) -> Result<(), Failure> {
    let request = format!(
        "POST /mcp HTTP/1.1\r\nhost: {ADDRESS}\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\ncontent-length: {}\r\n\r\n{MESSAGE}",
        MESSAGE.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    match &head {
        b"HTTP/1.1 200" => Ok(()),
        other => Err(format!("answered {}", String::from_utf8_lossy(other)).into()),
    }
}
