//! A math server: over stdio by default, over HTTP with `--http ADDRESS`.
//!
//! ```text
//! math                                stdio, for desktop clients
//! math --page                         the same, and a page to look at it, at the address that it says
//! math --http 127.0.0.1:8000          Streamable HTTP at http://127.0.0.1:8000/mcp
//! math --http 127.0.0.1:8000 --json   plain HTTP, which never streams
//! math --http 127.0.0.1:8000 --page   also a page to look at it, at http://127.0.0.1:8000/docs
//! ```

use std::process::ExitCode;

use minimcp::http::{Endpoint, Server};
use minimcp::stdio::Stdio;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let served = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => minimcp::stdio::serve(math::server(), ()).await,
        ["--page"] => Stdio::new(math::server(), ()).page("127.0.0.1:0").run().await,
        ["--http", address] => {
            http(Server::new(Endpoint::streamable(math::server())), address).await
        }
        ["--http", address, "--json"] => {
            http(Server::new(Endpoint::json(math::server())), address).await
        }
        ["--http", address, "--page"] => {
            http(Server::new(Endpoint::streamable(math::server())).page("/docs"), address).await
        }
        _ => {
            eprintln!("usage: math [--page | --http ADDRESS [--json | --page]]");
            return ExitCode::from(2);
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("math: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn http(server: Server<()>, address: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on http://{}/mcp", listener.local_addr()?);
    server.serve(listener).await
}
