//! What a form looks like in each revision that has forms.

use std::sync::{Arc, Mutex};

use minimcp::testing::Client;
use minimcp::{MiniMcp, ProtocolVersion, schemars, tool};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::handlers::World;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Meal {
    /// With meat
    Hearty,
    /// Without meat
    Green,
}

fn one() -> u8 {
    1
}

#[derive(Deserialize, schemars::JsonSchema)]
#[allow(dead_code, reason = "what is asked for counts")]
struct Order {
    /// Who eats
    #[schemars(length(min = 1))]
    name: String,
    meal: Meal,
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 9))]
    count: u8,
    #[schemars(email)]
    address: Option<String>,
    #[serde(default)]
    already_paid: bool,
}

/// Order something
#[tool]
async fn order(client: minimcp::Client) -> Result<&'static str, minimcp::Error> {
    client.elicit::<Order>("What?").await?;
    Ok("ordered")
}

/// Order several
#[tool]
async fn menu(client: minimcp::Client) -> Result<&'static str, minimcp::Error> {
    client.elicit::<Vec<Meal>>("Which?").await?;
    Ok("chosen")
}

/// Ask for what no form can hold
#[tool]
async fn nested(client: minimcp::Client) -> Result<&'static str, minimcp::Error> {
    client.elicit::<Vec<Order>>("All?").await?;
    Ok("impossible")
}

fn server() -> MiniMcp<World> {
    MiniMcp::new("forms").handlers(minimcp::handlers![order, menu, nested])
}

/// The parameters of the first question that a tool asks; `null` if there is none.
pub(crate) async fn asked(server: &MiniMcp<World>, revision: &str, tool: Value) -> Value {
    let asked = Arc::<Mutex<Value>>::default();
    let client = Client::new(server, World::of(""))
        .revision(ProtocolVersion::parse(revision).unwrap())
        .capabilities(serde_json::from_str::<Value>(crate::ALL).unwrap());
    let client = client.answers({
        let asked = Arc::clone(&asked);
        move |_, params| {
            *asked.lock().unwrap() = params.clone();
            json!({ "action": "cancel" })
        }
    });
    let _ = client.request("tools/call", tool).await;
    drop(client);
    Arc::into_inner(asked).unwrap().into_inner().unwrap()
}

async fn check_form(revision: &str, tool: &str, expected: Value) {
    let params = asked(&server(), revision, json!({ "name": tool })).await;
    assert_eq!(params["requestedSchema"]["properties"], expected, "{revision} {tool}");
}

#[tokio::test]
async fn a_form_is_one_of_its_revision() {
    let titled = json!([{ "const": "hearty", "title": "With meat" }, { "const": "green", "title": "Without meat" }]);
    for revision in ["2025-11-25", "2026-07-28"] {
        let order = json!({
            "name": { "type": "string", "description": "Who eats", "minLength": 1 },
            "meal": { "type": "string", "oneOf": titled },
            "count": { "type": "integer", "minimum": 1, "maximum": 9, "default": 1 },
            "address": { "type": "string", "format": "email" },
            "already_paid": { "type": "boolean", "default": false },
        });
        check_form(revision, "order", order).await;
        let menu = json!({ "answer": { "type": "array", "items": { "anyOf": titled }, "title": "Answer" } });
        check_form(revision, "menu", menu).await;
    }
    let order = json!({
        "name": { "type": "string", "description": "Who eats", "minLength": 1 },
        "meal": { "type": "string", "enum": ["hearty", "green"], "enumNames": ["With meat", "Without meat"] },
        "count": { "type": "integer", "minimum": 1, "maximum": 9 },
        "address": { "type": "string", "format": "email" },
        "already_paid": { "type": "boolean", "default": false },
    });
    check_form("2025-06-18", "order", order).await;
    for (revision, tool) in [("2025-06-18", "menu"), ("2026-07-28", "nested")] {
        check_form(revision, tool, Value::Null).await;
    }
}

#[tokio::test]
async fn a_form_is_read_in_the_order_of_its_struct() {
    let order = ["name", "meal", "count", "address", "already_paid"];
    for revision in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let text = sent(revision).await;
        let place = |name: &&str| text.find(&format!("\"{name}\":{{")).expect("the field is there");
        let places: Vec<_> = order.iter().map(place).collect();
        assert!(places.is_sorted(), "{text}");
    }
}

/// The text of the message with the question of `order`.
async fn sent(revision: &str) -> String {
    let (outbox, mut inbox) = minimcp::Outbox::channel(8);
    let connection = minimcp::Connection::new(server());
    let mut params = json!({ "name": "order" });
    if revision == "2026-07-28" {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": revision,
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        });
    } else {
        let params = json!({ "protocolVersion": revision, "capabilities": { "elicitation": {} } });
        let initialize =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        connection.handle(initialize.to_string(), minimcp::Outbox::none(), World::of("")).await;
    }
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let reply = connection.handle(call.to_string(), outbox, World::of(""));
    tokio::select! {
        biased;
        reply = reply => reply.as_str().unwrap().to_owned(),
        asked = inbox.recv() => String::from_utf8(asked.unwrap().to_vec()).unwrap(),
    }
}
