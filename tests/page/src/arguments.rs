//! Handlers with arguments of every kind.

use std::collections::BTreeMap;
use std::time::Duration;

use minimcp::{Call, Changes, Client, Elicited, Error, Progress, Tool, prompt, resource, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::SERVER;

/// Where somebody stops on the way
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Stop {
    /// The name of the town
    town: String,
    /// For how many nights
    #[schemars(range(min = 1, max = 30))]
    nights: u8,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Class {
    First,
    Second,
}

/// How to pay
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Payment {
    Card { number: String },
    Invoice { company: String, days: u8 },
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Traveller {
    name: String,
    /// How old, in years
    age: Option<u8>,
    class: Class,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Plan {
    traveller: Traveller,
    stops: Vec<Stop>,
    payment: Payment,
    notes: String,
    extras: BTreeMap<String, u64>,
    insured: bool,
    number: u64,
}

/// Plan a journey
///
/// Takes **everything**: nested values, `lists`, one of several forms.
#[tool(read_only, idempotent)]
#[allow(clippy::too_many_arguments, reason = "one of each kind")]
pub(crate) async fn plan(
    /// Who travels
    traveller: Traveller,
    /// Where to stop, in order
    stops: Vec<Stop>,
    payment: Payment,
    /// What else there is to know
    #[arg(default, length = 0..=2000)]
    notes: String,
    /// Prices of extras by name
    extras: Option<BTreeMap<String, u64>>,
    #[arg(default = true)] insured: bool,
    /// Any number, as long as it likes
    #[arg(default = 7)]
    number: u64,
) -> Plan {
    let extras = extras.unwrap_or_default();
    Plan { traveller, stops, payment, notes, extras, insured, number }
}

/// Something that contains itself
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Shape {
    name: String,
    #[serde(default)]
    parts: Vec<Shape>,
}

/// Draw a shape of shapes
#[tool]
pub(crate) async fn draw(shape: Shape, raw: Option<Value>) -> String {
    format!("{}: {} parts, {}", shape.name, shape.parts.len(), raw.unwrap_or_default())
}

/// Delete everything
#[tool(destructive)]
pub(crate) async fn purge(what: &str) -> String {
    format!("{what} is gone")
}

/// Change a name
#[tool]
pub(crate) async fn rename(
    #[arg(length = 3..=20)] name: &str,
    #[arg(header = "Region")] region: &str,
    #[arg(range = 1..=5)] times: u8,
) -> String {
    format!("{name} in {region}, {times} times")
}

/// Wait until it is cancelled
#[tool(timeout = "1m")]
pub(crate) async fn wait(progress: Progress) -> &'static str {
    progress.report(1.0).total(4.0).message("waiting").await;
    tokio::time::sleep(Duration::from_secs(50)).await;
    "nobody cancelled"
}

/// Add a tool, and tell that the score has changed
#[tool]
pub(crate) async fn add_tool(name: String, changes: Changes) -> Result<String, Error> {
    let tool =
        Tool::from_fn(&name, |_: Map<String, Value>, _: Call| async { Ok::<_, String>("new") });
    let server = SERVER.get().ok_or_else(|| Error::tool("the server has not begun"))?;
    server.tools().add(tool.description("Was added")).map_err(Error::internal)?;
    changes.resource("scores://today");
    Ok(name)
}

/// Open a page
#[tool]
pub(crate) async fn connect(address: &str, client: Client) -> Result<&'static str, Error> {
    Ok(match client.elicit_url("Log in there", address).await? {
        Elicited::Accepted(()) => "opened",
        Elicited::Declined => "declined",
        Elicited::Cancelled => "dismissed",
    })
}

async fn towns(typed: &str) -> Vec<&'static str> {
    let towns = ["Lisbon", "Lille", "Linz", "Porto", "<b>Town</b>"];
    towns
        .into_iter()
        .filter(|town| town.to_lowercase().starts_with(&typed.to_lowercase()))
        .collect()
}

/// Greet a town
#[prompt]
pub(crate) async fn greeting(
    /// The town
    #[arg(complete = towns)]
    town: &str,
    tone: Option<String>,
) -> String {
    format!("Greet {town} in a {} tone.", tone.as_deref().unwrap_or("warm"))
}

/// What is known of somebody
#[resource("people://{town}/{name}{?year}")]
pub(crate) async fn profile(
    #[arg(complete = towns)] town: String,
    name: String,
    year: Option<u16>,
) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("town".into(), town.into());
    map.insert("name".into(), name.into());
    map.insert("year".into(), year.into());
    map
}

/// The score of today's match
#[resource("scores://today")]
pub(crate) async fn score() -> &'static str {
    "1 to 0"
}
