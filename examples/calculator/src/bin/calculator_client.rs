//! A client of the calculator: introduces itself, lists the tools, calls one, and prints the steps of a streamed call
//! as they come. Built with `--features client`.
//!
//! ```text
//! calculator_client [--token TOKEN] [--client-id ID] [URL]
//! ```

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use http::{HeaderName, HeaderValue};
use lexopt::{Arg, Parser, ValueExt};
use rmcp::model::{CallToolRequestParams, CallToolResult, ProgressNotificationParam};
use rmcp::service::{NotificationContext, RoleClient};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, ServiceExt};
use serde_json::{Value, json};

// One thread: what came first is printed first. Several could overtake each other between the wire and the screen.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("calculator_client: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let transport = StreamableHttpClientTransport::from_config(config(Parser::from_env())?);
    let client = PrintSteps.serve(transport).await?;
    if let Some(server) = client.peer_info() {
        say(&format!("connected, {}", server.protocol_version));
    }
    for tool in client.list_all_tools().await? {
        say(&format!("tool {}: {}", tool.name, tool.description.as_deref().unwrap_or_default()));
    }
    let sum = client.call_tool(call("add_numbers", &json!({ "a": 2, "b": 3 }))).await?;
    say(&format!("2 + 3 = {}", text(&sum)));
    let streamed = json!({ "a": 6, "b": 7, "stream": true });
    let product = client.call_tool(call("multiply_numbers", &streamed)).await?;
    say(&format!("6 × 7 = {}", text(&product)));
    client.cancel().await?;
    Ok(())
}

fn config(mut parser: Parser) -> Result<StreamableHttpClientTransportConfig, lexopt::Error> {
    let mut config = StreamableHttpClientTransportConfig::with_uri("http://127.0.0.1:8000/mcp");
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("token") => config = config.auth_header(parser.value()?.string()?),
            Arg::Long("client-id") => {
                let id: HeaderValue = parser.value()?.parse()?;
                config.custom_headers.insert(HeaderName::from_static("x-client-id"), id);
            }
            Arg::Value(url) => config.uri = url.string()?.into(),
            unknown => return Err(unknown.unexpected()),
        }
    }
    Ok(config)
}

/// What the server may say to this client. The crate asks for progress with every request.
struct PrintSteps;

impl ClientHandler for PrintSteps {
    async fn on_progress(
        &self,
        step: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let message = step.message.unwrap_or_default();
        say(&format!("  step {} of {}: {message}", step.progress, step.total.unwrap_or_default()));
    }
}

fn call(tool: &'static str, arguments: &Value) -> CallToolRequestParams {
    let mut call = CallToolRequestParams::new(tool);
    call.arguments = arguments.as_object().cloned();
    call
}

fn text(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|content| content.as_text());
    texts.map(|content| content.text.as_str()).collect()
}

/// Prints a line at once, into a pipe as well.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever closes the pipe has seen enough.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
