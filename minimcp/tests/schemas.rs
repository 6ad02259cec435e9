//! Schemas that are written by hand: how they are listed, and what is wrong with some.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use minimcp::{Call, MiniMcp, ProtocolVersion, Tool, handlers, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize, Serialize, JsonSchema)]
struct Address {
    street: Option<String>,
    city: Option<String>,
}

/// Reach somebody
#[tool]
async fn reach(name: Option<String>, address: Option<Address>, phone: Option<String>) -> String {
    let city = address.and_then(|address| address.city);
    [name, city, phone].map(Option::unwrap_or_default).join(" ")
}

/// Every kind of keyword: definitions, anchors, references, conditions, and one that nobody knows.
fn written() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
        } },
        "properties": {
            "name": { "type": "string", "title": "Name", "x-shown": true },
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
    })
}

/// Sends a request of a revision and gives what is at `place` in the answer.
async fn check(tool: Tool, message: Value, place: &str, expected: &Value) {
    let server: MiniMcp = MiniMcp::new("schemas");
    server.tools().add(tool).unwrap();
    let reply = server.handle(message.to_string(), minimcp::Outbox::none(), ()).await;
    let answer: Value = serde_json::from_str(reply.as_str().unwrap()).unwrap();
    assert_eq!(answer.pointer(place), Some(expected), "{answer}");
}

fn list(modern: bool) -> Value {
    request("tools/list", json!({}), modern)
}

fn request(method: &str, mut params: Value, modern: bool) -> Value {
    if modern {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": ProtocolVersion::LATEST.as_str(),
            "io.modelcontextprotocol/clientCapabilities": {},
        });
    }
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

#[tokio::test]
async fn a_written_schema_is_listed_as_it_is() {
    for modern in [false, true] {
        let of_a_function = Tool::of::<reach>().input_schema(written());
        check(of_a_function, list(modern), "/result/tools/0/inputSchema", &written()).await;
        let of_a_closure = Tool::from_fn("any", |arguments: Value, _: Call| async move {
            Ok::<_, String>(arguments.to_string())
        });
        let of_a_closure = of_a_closure.input_schema(written());
        check(of_a_closure, list(modern), "/result/tools/0/inputSchema", &written()).await;
    }
    let output = json!({ "type": "object", "patternProperties": { "^x": true }, "x-unknown": 1 });
    let tool = Tool::of::<reach>().output_schema(output.clone());
    check(tool, list(true), "/result/tools/0/outputSchema", &output).await;
}

#[tokio::test]
async fn a_written_schema_says_nothing_of_how_arguments_are_read() {
    let arguments =
        json!({ "name": "Ada", "address": { "city": "London" }, "phone": "1", "email": "x" });
    let call =
        |name: &str| request("tools/call", json!({ "name": name, "arguments": arguments }), true);
    let tool = Tool::of::<reach>().input_schema(written());
    check(tool, call("reach"), "/result/content/0/text", &json!("Ada London 1")).await;
    let tool = Tool::from_fn("any", |arguments: Value, _: Call| async move {
        Ok::<_, String>(arguments["address"]["city"].to_string())
    });
    let tool = tool.input_schema(written());
    check(tool, call("any"), "/result/content/0/text", &json!("\"London\"")).await;
}

/// What the program ends with.
fn refused<T>(make: impl FnOnce() -> T, message: &str) {
    let panic = catch_unwind(AssertUnwindSafe(make)).err().unwrap();
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some(message));
}

#[test]
fn mistakes_are_found_at_the_start() {
    let input = |schema| move || Tool::<()>::of::<reach>().input_schema(schema);
    refused(
        input(json!({ "properties": {} })),
        "the schema of the arguments of `reach` is wrong at `#`: the arguments of a tool are an object; write \
         `\"type\": \"object\"`",
    );
    refused(
        input(
            json!({ "type": "object", "properties": { "a": { "$ref": "https://example.com/a" } } }),
        ),
        "the schema of the arguments of `reach` is wrong at `#/properties/a/$ref`: `https://example.com/a` is not in \
         this schema, and nothing is fetched; put it under `$defs` and refer to `#/$defs/…`",
    );
    refused(
        || Tool::<()>::of::<reach>().output_schema(json!({ "type": "list" })),
        "the schema of what `reach` returns is wrong at `#/type`: has to be the name of a type, or a list of different \
         ones",
    );
}

#[test]
fn types_that_describe_themselves_wrongly_are_found_at_the_start() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only the schema is looked at")]
    struct Elsewhere {
        #[schemars(extend("$ref" = "https://example.com/zone"))]
        zone: String,
        #[schemars(extend("x-mcp-header" = "Zone"))]
        marked: String,
    }

    /// Look somewhere else
    #[tool]
    async fn elsewhere(place: Elsewhere) -> String {
        place.zone
    }

    let message = "the schema of the arguments of `elsewhere` is wrong at `#/$defs/Elsewhere/properties/zone/$ref`: \
         `https://example.com/zone` is not in this schema, and nothing is fetched; put it under `$defs` and refer to \
         `#/$defs/…`";
    refused(|| MiniMcp::<()>::new("x").handlers(handlers![elsewhere]), message);
    refused(
        || {
            Tool::<()>::from_fn("elsewhere", |place: Elsewhere, _: Call| async move {
                Ok::<_, String>(place.zone)
            })
        },
        "the schema of the arguments of `elsewhere` is wrong at `#/properties/zone/$ref`: `https://example.com/zone` is \
         not in this schema, and nothing is fetched; put it under `$defs` and refer to `#/$defs/…`",
    );
}
