//! The tools that can be tasks.

use std::time::Duration;

use minimcp::{Client, Elicited, Error, Task, tool};
use schemars::JsonSchema;
use serde::Deserialize;

/// Greets, at once
#[tool]
pub(crate) async fn greet(
    /// Whom to greet
    name: &str,
) -> String {
    format!("Hello, {name}!")
}

/// Computes for some seconds
#[tool(task)]
pub(crate) async fn slow_compute(
    /// For how long
    #[arg(range = 0.0..=3600.0)]
    seconds: f64,
    /// What the result is called
    #[arg(default)]
    label: String,
) -> String {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    format!("Computed {label} for {seconds} s.")
}

/// Works for a second, and fails
#[tool(task = "required")]
pub(crate) async fn failing_job() -> Result<String, &'static str> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Err("This job fails on purpose.")
}

/// Works for a second, and breaks the call
#[tool(task = "required")]
pub(crate) async fn protocol_error_job() -> Result<String, Error> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Err(Error::internal("this job breaks on purpose"))
}

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Whether to go on
    confirm: bool,
}

/// Deletes a file, if it really is to be deleted
#[tool(task = "required")]
pub(crate) async fn confirm_delete(
    /// Which file
    filename: &str,
    client: Client,
) -> Result<String, Error> {
    let question = client.elicit(format!("Really delete {filename}?")).key("confirm");
    Ok(match question.response().await? {
        Elicited::Accepted(Confirmation { confirm: true }) => format!("Deleted {filename}."),
        _ => format!("Kept {filename}."),
    })
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// The user's name
    name: String,
}

/// Asks two things at once
#[tool(task = "required")]
pub(crate) async fn multi_input(client: Client) -> Result<String, Error> {
    let (first, second) = tokio::join!(
        client.elicit::<Name>("Who is the first?").key("first"),
        client.elicit::<Name>("Who is the second?").key("second"),
    );
    Ok(format!("{} and {}", first?.name, second?.name))
}

/// Asks for a name before it becomes a task
#[tool]
pub(crate) async fn test_tool_with_task(client: Client, task: Task) -> Result<String, Error> {
    let Name { name } = client.elicit("What is your name?").key("user_name").await?;
    task.begin().await;
    Ok(format!("Hello, {name}, from a task!"))
}
