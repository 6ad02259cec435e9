//! A server that wants tokens of an authorization server.
//!
//! ```text
//! protected ISSUER [RESOURCE]     serves http://127.0.0.1:8000/mcp
//! ```
//!
//! `ISSUER` is what the authorization server calls itself in the claim `iss`; where its keys are, its metadata say.
//! `RESOURCE` is the address of the server as clients know it, `http://127.0.0.1:8000/mcp` unless it is said.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (issuer, resource) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [issuer] => (issuer, "http://127.0.0.1:8000/mcp"),
        [issuer, resource] => (issuer, resource),
        _ => {
            eprintln!("usage: protected ISSUER [RESOURCE]");
            return ExitCode::from(2);
        }
    };
    match minimcp::http::serve(protected::endpoint(issuer, resource), "127.0.0.1:8000").await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("protected: {error}");
            ExitCode::FAILURE
        }
    }
}
