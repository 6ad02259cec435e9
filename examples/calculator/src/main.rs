//! The program `calculator`; `--help` says what it takes.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use calculator::{Options, USAGE, Wanted, serve};
use minimcp::stop_signal;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let token = std::env::var_os("CALCULATOR_TOKEN");
    let options = match Options::parse(std::env::args_os().skip(1), token) {
        Ok(Wanted::Service(options)) => options,
        Ok(Wanted::Help) => {
            eprint!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprint!("calculator: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    // `RUST_LOG` says how much is logged.
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter.from_env_lossy())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("calculator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    let listener = TcpListener::bind(options.address).await?;
    tracing::info!("listening on http://{}/mcp", listener.local_addr()?);
    serve(listener, options, stop_signal()).await
}
