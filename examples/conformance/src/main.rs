//! The server that the official conformance suite talks to, and real clients with it.
//!
//! ```text
//! conformance 127.0.0.1:3000   Streamable HTTP at http://127.0.0.1:3000/mcp, HTTP+SSE at http://127.0.0.1:3000/sse
//! conformance --stdio          standard input and output
//! ```
//!
//! Processes with the same `SEAL_KEY` in their environment, the output of `openssl rand -base64 32`, answer for each other.

mod asking;
mod clients;
mod media;
mod prompts;
mod resources;
mod tasks;
mod tools;

use minimcp::http::{Endpoint, Server};
use minimcp::{MiniMcp, SealKey, Tasks, handlers};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".into());
    let server = match std::env::var("SEAL_KEY") {
        Ok(key) => server().seal_keys([SealKey::parse(&key).map_err(std::io::Error::other)?]),
        Err(_) => server(),
    };
    if address == "--stdio" {
        return minimcp::stdio::serve(server, ()).await;
    }
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on http://{}/mcp", listener.local_addr()?);
    Server::new(Endpoint::streamable(server)).sse("/sse").serve(listener).await
}

#[allow(clippy::expect_used, reason = "the names in one program do not clash")]
fn server() -> MiniMcp {
    let server = MiniMcp::new("conformance").tasks(Tasks::new()).handlers(handlers![
        tools::test_simple_text,
        tools::test_image_content,
        tools::test_audio_content,
        tools::test_embedded_resource,
        tools::test_multiple_content_types,
        tools::test_error_handling,
        tools::test_tool_with_progress,
        tools::test_tool_with_logging,
        tools::test_reconnection,
        tools::test_trigger_tool_change,
        tools::test_trigger_prompt_change,
        tools::test_missing_capability,
        tools::test_streaming_elicitation,
        tools::test_logging_tool,
        tools::test_custom_header,
        asking::test_sampling,
        asking::test_elicitation,
        asking::test_elicitation_sep1034_defaults,
        asking::test_elicitation_sep1330_enums,
        asking::test_input_required_result_elicitation,
        asking::test_input_required_result_sampling,
        asking::test_input_required_result_list_roots,
        asking::test_input_required_result_request_state,
        asking::test_input_required_result_multiple_inputs,
        asking::test_input_required_result_multi_round,
        asking::test_input_required_result_tampered_state,
        asking::test_input_required_result_capabilities,
        clients::change_watched_resource,
        clients::wait_alone,
        tasks::greet,
        tasks::slow_compute,
        tasks::failing_job,
        tasks::protocol_error_job,
        tasks::confirm_delete,
        tasks::multi_input,
        tasks::test_tool_with_task,
        prompts::test_simple_prompt,
        prompts::test_prompt_with_arguments,
        prompts::test_prompt_with_embedded_resource,
        prompts::test_prompt_with_image,
        asking::test_input_required_result_prompt,
        resources::static_text,
        resources::static_binary,
        resources::template,
        resources::watched,
    ]);
    server.tools().add(tools::json_schema_2020_12_tool()).expect("a name of its own");
    server
}
