//! The issue tracker as an axum application; see the README of the example.

use std::process::ExitCode;

use issue_tracker::accounts::account;
use issue_tracker::app::app;
use issue_tracker::server::server;
use issue_tracker::settings::{Settings, USAGE};
use minimcp::http::Endpoint;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [command, name] if command == "account" => print_account(name),
        _ => serve(arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("issue_tracker: {error}\n\nusage: issue_tracker [OPTION …]\n    {USAGE}");
            eprintln!(
                "\nusage: issue_tracker account NAME < PASSWORD    prints a line for the users' file"
            );
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Vec<String>) -> Result<(), String> {
    let settings = Settings::parse(arguments)?;
    let (db, accounts) = (settings.open_db()?, settings.read_accounts()?);
    let endpoint = Endpoint::streamable(server()).allowed_hosts(&settings.hosts);
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    eprintln!("listening on http://{address}/mcp");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, app(db, accounts, endpoint))
        .with_graceful_shutdown(stop)
        .await
        .map_err(|error| error.to_string())
}

/// The password comes from standard input: the command line is for all to see.
#[allow(clippy::print_stdout, reason = "the line is what the command is for")]
fn print_account(name: &str) -> Result<(), String> {
    let password = std::io::read_to_string(std::io::stdin()).map_err(|error| error.to_string())?;
    println!("{}", account(name, password.trim_end_matches(['\r', '\n']))?);
    Ok(())
}
