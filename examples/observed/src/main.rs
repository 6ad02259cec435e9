//! The program `observed`; `--help` says what it takes.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::ValueExt as _;
use lexopt::prelude::{Long, Value};
use minimcp::http::Connections;
use minimcp::stdio::Stdio;
use minimcp::stop_signal;
use observed::{Bell, app, collect, keep_house, server, write_spans};
use tokio::net::TcpListener;

const USAGE: &str = "\
Usage: observed [--json] [--drain SECONDS] [ADDRESS | --stdio]

Serves at http://ADDRESS/mcp, 127.0.0.1:8000 unless it is said, with /metrics and /health/ready beside it; or over standard
input and output. When it is asked to stop, calls that run have 10 seconds to end, or as many as --drain says. The log goes to standard error, with --json as JSON; RUST_LOG says how much.
";

struct Options {
    json: bool,
    stdio: bool,
    drain: Duration,
    address: String,
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    let (drain, address) = (Duration::from_secs(10), "127.0.0.1:8000".into());
    let mut options = Options { json: false, stdio: false, drain, address };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("json") => options.json = true,
            Long("stdio") => options.stdio = true,
            Long("drain") => options.drain = Duration::from_secs(arguments.value()?.parse()?),
            Long("help") => return Ok(None),
            Value(address) => options.address = address.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            eprint!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprint!("observed: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("observed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    tracing::subscriber::set_global_default(write_spans(options.json, io::stderr))
        .map_err(io::Error::other)?;
    if options.stdio {
        let stdio = Stdio::new(server(), Bell::default()).drain_timeout(options.drain);
        return stdio.run().await;
    }
    let numbers = collect()?;
    tokio::spawn(keep_house(numbers.clone()));
    let server = server();
    let app = app(&server, &Bell::default(), numbers);
    let listener = TcpListener::bind(&options.address).await?;
    let stop = async move {
        stop_signal().await;
        // From here on calls are refused and the probe says so; those that run are finished.
        server.close();
    };
    let connections = Connections::new().limit(1000).drain_timeout(options.drain);
    connections.serve(listener, app, stop).await
}
