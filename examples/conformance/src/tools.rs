//! The tools that the suite calls.

use std::time::Duration;

use minimcp::{Call, Changes, Content, Error, Log, Progress, ResourceContents, Tool, tool};
use serde_json::{Map, Value, json};

use crate::media::{PNG, WAV};

/// Answers with text
#[tool]
pub(crate) async fn test_simple_text() -> &'static str {
    "This is a simple text response for testing."
}

/// Answers with an image
#[tool]
pub(crate) async fn test_image_content() -> Content {
    Content::image(PNG, "image/png")
}

/// Answers with sound
#[tool]
pub(crate) async fn test_audio_content() -> Content {
    Content::audio(WAV, "audio/wav")
}

/// Answers with a resource
#[tool]
pub(crate) async fn test_embedded_resource() -> Content {
    let contents =
        ResourceContents::text("test://embedded-resource", "This is an embedded resource content.");
    Content::resource(contents.mime_type("text/plain"))
}

/// Answers with text, an image and a resource
#[tool]
pub(crate) async fn test_multiple_content_types() -> Vec<Content> {
    let contents =
        ResourceContents::text("test://mixed-content-resource", r#"{"test":"data","value":123}"#);
    vec![
        Content::text("Multiple content types test:"),
        Content::image(PNG, "image/png"),
        Content::resource(contents.mime_type("application/json")),
    ]
}

/// Fails
#[tool]
pub(crate) async fn test_error_handling() -> Result<String, &'static str> {
    Err("This tool intentionally returns an error for testing")
}

/// Reports its progress
#[tool]
pub(crate) async fn test_tool_with_progress(progress: Progress) -> &'static str {
    progress.report(0.0).total(100.0).message("Completed step 0 of 100").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    progress.report(50.0).total(100.0).message("Completed step 50 of 100").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    progress.report(100.0).total(100.0).message("Completed step 100 of 100").await;
    "done"
}

/// Writes to the client's log while it works
#[tool]
pub(crate) async fn test_tool_with_logging(log: Log) -> &'static str {
    log.info("Tool execution started").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    log.info("Tool processing data").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    log.info("Tool execution completed").await;
    "done"
}

/// Lets the client come back for its answer
#[tool]
pub(crate) async fn test_reconnection(call: Call) -> &'static str {
    call.come_back_after(Duration::from_millis(50));
    tokio::time::sleep(Duration::from_millis(100)).await;
    "The client came back."
}

/// Says that the list of tools has changed
#[tool]
pub(crate) async fn test_trigger_tool_change(changes: Changes) -> &'static str {
    changes.tools();
    "told"
}

/// Says that the list of prompts has changed
#[tool]
pub(crate) async fn test_trigger_prompt_change(changes: Changes) -> &'static str {
    changes.prompts();
    "told"
}

/// Needs a client that offers sampling
#[tool]
pub(crate) async fn test_missing_capability(call: Call) -> Result<&'static str, Error> {
    call.require("sampling")?;
    Ok("The client offers sampling.")
}

/// Streams to a client that could be asked, and asks nothing
#[tool]
pub(crate) async fn test_streaming_elicitation(
    call: Call,
    progress: Progress,
) -> Result<&'static str, Error> {
    call.require("elicitation")?;
    progress.report(1.0).await;
    Ok("Nothing was asked.")
}

/// Writes to the client's log, if the client wants one
#[tool]
pub(crate) async fn test_logging_tool(log: Log) -> &'static str {
    log.info("The tool is running.").await;
    "The tool has run."
}

/// Takes an argument that a header repeats
#[tool]
pub(crate) async fn test_custom_header(
    /// What the header `Mcp-Param-Value` says too
    #[arg(header = "Value")]
    value: &str,
) -> String {
    format!("The value is {value}.")
}

/// Has a schema with keywords of JSON Schema 2020-12
pub(crate) fn json_schema_2020_12_tool() -> Tool {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    });
    Tool::from_fn("json_schema_2020_12_tool", |contact: Map<String, Value>, _: Call| async move {
        Ok::<_, String>(format!("{} members", contact.len()))
    })
    .description("Takes a contact")
    .input_schema(schema)
}
