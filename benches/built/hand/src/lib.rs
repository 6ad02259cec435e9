//! A tool without a framework: messages are read into types and answered, as in the revision 2025-11-25.

use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: &'a str,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    name: &'a str,
    #[serde(borrow)]
    arguments: &'a RawValue,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Result(Value),
    Error { code: i32, message: String },
}

#[derive(Deserialize, JsonSchema)]
struct Add {
    /// The first number
    a: f64,
    /// The second number
    b: f64,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    result: f64,
}

/// Answers a message; nothing where none is due.
pub fn answer(message: &[u8]) -> serde_json::Result<Option<Vec<u8>>> {
    let Message { id, method, params } = serde_json::from_slice(message)?;
    let Some(id) = id else { return Ok(None) };
    let outcome = outcome(method, params.map_or("{}", RawValue::get));
    serde_json::to_vec(&Answer { jsonrpc: "2.0", id, outcome }).map(Some)
}

fn outcome(method: &str, params: &str) -> Outcome {
    match method {
        "initialize" => Outcome::Result(json!({
            "protocolVersion": "2025-11-25",
            "capabilities": { "tools": {} },
            "serverInfo": { "name": "built", "version": "0.1.0" },
        })),
        "ping" => Outcome::Result(json!({})),
        "tools/list" => Outcome::Result(json!({ "tools": [{
            "name": "add",
            "description": "Add two numbers",
            "inputSchema": schema_for!(Add),
            "outputSchema": schema_for!(Sum),
        }] })),
        "tools/call" => match serde_json::from_str(params) {
            Ok(Call { name: "add", arguments }) => Outcome::Result(add(arguments.get())),
            Ok(Call { name, .. }) => invalid(format!("there is no tool `{name}`")),
            Err(error) => invalid(error.to_string()),
        },
        _ => Outcome::Error { code: -32601, message: format!("there is no method `{method}`") },
    }
}

fn add(arguments: &str) -> Value {
    match serde_json::from_str(arguments) {
        Ok(Add { a, b }) => json!({
            "content": [{ "type": "text", "text": format!("{:?}", a + b) }],
            "structuredContent": Sum { result: a + b },
        }),
        Err(error) => json!({
            "content": [{ "type": "text", "text": error.to_string() }],
            "isError": true,
        }),
    }
}

fn invalid(message: String) -> Outcome {
    Outcome::Error { code: -32602, message }
}
