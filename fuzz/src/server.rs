//! The server that gets the input: one handler of each kind.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use minimcp::{
    Changes, Client, Error, Log, MiniMcp, Progress, Resource, SealKey, Tasks, handlers, prompt,
    resource, tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize, JsonSchema, Serialize)]
pub(crate) enum Shape {
    Round,
    Square { edge: u8 },
}

#[derive(Deserialize, JsonSchema, Serialize)]
pub(crate) struct Nested {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inner: Option<Box<Nested>>,
    #[serde(default)]
    pub(crate) names: BTreeMap<String, i8>,
}

/// Give back a value
#[tool]
async fn echo(value: Value) -> String {
    value.to_string()
}

/// Take values of many types
#[tool]
#[allow(clippy::too_many_arguments)]
async fn kinds(
    flag: bool,
    count: i64,
    #[arg(default = 7)] small: u8,
    ratio: Option<f64>,
    text: &str,
    #[arg(pattern = "^[a-z]{1,8}$")] word: Option<String>,
    list: Option<Vec<i32>>,
    shape: Option<Shape>,
    nested: Option<Nested>,
) -> String {
    let all = (flag, count, small, ratio, text, word, list, shape, nested);
    serde_json::to_string(&all).unwrap()
}

/// Say how far it is
#[tool]
async fn steps(progress: Progress, log: Log, changes: Changes) -> &'static str {
    progress.report(0.5).await;
    log.info("half").await;
    changes.resource("files://a/b");
    "done"
}

/// Ask two things, one after the other
#[tool]
async fn ask(client: Client) -> Result<String, Error> {
    let name: String = client.elicit("Who?").await?;
    let row: u8 = client.elicit("Row?").await?;
    Ok(format!("{name} {row}"))
}

/// Ask for everything at once
#[tool]
async fn ask_all(client: Client) -> Result<String, Error> {
    let sampled = client.sample("Think");
    let (form, page, roots, sampled) = tokio::join!(
        client.elicit::<bool>("Sure?").response(),
        client.elicit_url("Log in", "https://example.com/"),
        client.roots(),
        async { sampled.await },
    );
    Ok(format!("{:?} {:?} {} {}", form.is_ok(), page.is_ok(), roots?.len(), sampled?.to_text()))
}

/// Greet
#[prompt]
async fn greet(#[arg(complete = ["Ada", "Grace"])] name: &str, times: Option<u8>) -> String {
    format!("{name} {times:?}")
}

/// A file
#[resource("files://{name}/{+path}")]
async fn file(name: &str, path: &str) -> String {
    format!("{name}: {path}")
}

/// Templates of all kinds; what they find is given back as JSON.
pub(crate) const TEMPLATES: [&str; 9] = [
    "a://{x}",
    "a://{x}/{y}",
    "a://{x}.{y}",
    "b:///{+path}",
    "b:///{a}/{+b}/x.{c}",
    "c://{x}--{y}/z",
    "c://q{?a,b}",
    "c://{x}{?a}",
    "d://{x}%20{y}",
];

/// One server for all inputs: it remembers nothing of them.
pub(crate) fn server() -> MiniMcp {
    static SERVER: OnceLock<MiniMcp> = OnceLock::new();
    SERVER.get_or_init(make).clone()
}

fn make() -> MiniMcp {
    let server = MiniMcp::new("fuzzed")
        .handlers(handlers![echo, kinds, steps, ask, ask_all, greet, file])
        .answer_timeout(Duration::from_secs(1_000_000_000))
        .request_state_limit(4096)
        .seal_keys([SealKey::from_bytes([7; 32])])
        .page_size(3)
        .tasks(Tasks::new());
    for template in TEMPLATES {
        let found = |variables: BTreeMap<String, String>, _: minimcp::Call| async move {
            Ok::<_, Error>(serde_json::to_string(&variables).unwrap())
        };
        server.resources().add(Resource::from_fn(template, template, found)).unwrap();
    }
    server
}
