//! The tools and the prompt that ask the client.

use minimcp::{Client, Content, Elicited, Error, prompt, tool};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Asks the client's model
#[tool]
pub(crate) async fn test_sampling(
    /// What to ask
    prompt: &str,
    client: Client,
) -> Result<String, Error> {
    let answer = client.sample(prompt).max_tokens(100).await?;
    Ok(format!("LLM response: {}", answer.to_text()))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code, reason = "shown as a whole")]
struct Account {
    /// The user's name
    username: String,
    /// The user's email address
    email: String,
}

/// Asks the user who they are
#[tool]
pub(crate) async fn test_elicitation(
    /// What to ask
    message: &str,
    client: Client,
) -> Result<String, Error> {
    let response = client.elicit::<Account>(message).response().await?;
    Ok(match response {
        Elicited::Accepted(account) => format!("User response: action=accept, content={account:?}"),
        Elicited::Declined => "User response: action=decline, content=none".into(),
        Elicited::Cancelled => "User response: action=cancel, content=none".into(),
    })
}

/// Fields that are filled in beforehand
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
#[allow(dead_code, reason = "shown as a whole")]
struct Profile {
    name: String,
    age: u8,
    score: f64,
    status: Status,
    verified: bool,
}

#[derive(Debug, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
    Pending,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "John Doe".into(),
            age: 30,
            score: 95.5,
            status: Status::Active,
            verified: true,
        }
    }
}

/// Asks with a form whose fields have defaults
#[tool]
pub(crate) async fn test_elicitation_sep1034_defaults(client: Client) -> Result<String, Error> {
    let profile = client.elicit::<Profile>("Please check your profile.").response().await?;
    Ok(format!("Elicitation completed: {profile:?}"))
}

/// Asks with a form that has every kind of choice
#[tool]
pub(crate) async fn test_elicitation_sep1330_enums(client: Client) -> Result<String, Error> {
    let form = json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
            "titledSingle": { "type": "string", "oneOf": [
                { "const": "value1", "title": "First Option" },
                { "const": "value2", "title": "Second Option" },
                { "const": "value3", "title": "Third Option" },
            ] },
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": {
                "type": "array",
                "items": { "type": "string", "enum": ["option1", "option2", "option3"] },
            },
            "titledMulti": { "type": "array", "items": { "anyOf": [
                { "const": "value1", "title": "First Choice" },
                { "const": "value2", "title": "Second Choice" },
                { "const": "value3", "title": "Third Choice" },
            ] } },
        },
    });
    let choices = client.elicit::<Value>("Please choose.").schema(form).response().await?;
    Ok(format!("Elicitation completed: {choices:?}"))
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// The user's name
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Colour {
    /// The user's favourite
    color: String,
}

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Whether to go on
    ok: bool,
}

/// Asks for a name
#[tool]
pub(crate) async fn test_input_required_result_elicitation(
    client: Client,
) -> Result<String, Error> {
    let Name { name } = client.elicit("What is your name?").key("user_name").await?;
    Ok(format!("Hello, {name}!"))
}

/// Asks the client's model about a capital
#[tool]
pub(crate) async fn test_input_required_result_sampling(client: Client) -> Result<String, Error> {
    let question = client.sample("What is the capital of France?").max_tokens(100);
    Ok(question.key("capital_question").await?.to_text())
}

/// Asks which folders the client works on
#[tool]
pub(crate) async fn test_input_required_result_list_roots(
    client: Client,
) -> Result<Vec<String>, Error> {
    let roots = client.roots().key("client_roots").await?;
    Ok(roots.iter().map(|root| root.uri().to_owned()).collect())
}

/// Does something once, and asks whether to go on
#[tool]
pub(crate) async fn test_input_required_result_request_state(
    client: Client,
) -> Result<String, Error> {
    let state = client.once("prepare", async || Ok::<_, Error>("state-ok".to_owned())).await?;
    let Confirmation { ok } = client.elicit("Please confirm.").key("confirm").await?;
    Ok(format!("{state}: {ok}"))
}

/// Asks three things at once
#[tool]
pub(crate) async fn test_input_required_result_multiple_inputs(
    client: Client,
) -> Result<String, Error> {
    let (name, greeting, roots) = tokio::join!(
        client.elicit::<Name>("What is your name?").key("user_name"),
        client.sample("Generate a greeting.").max_tokens(50).key("greeting"),
        client.roots().key("client_roots"),
    );
    Ok(format!("{}: {} ({} roots)", name?.name, greeting?.to_text(), roots?.len()))
}

/// Asks two things, one after the other
#[tool]
pub(crate) async fn test_input_required_result_multi_round(
    client: Client,
) -> Result<String, Error> {
    let Name { name } = client.elicit("Step 1: What is your name?").key("step1").await?;
    let question = format!("Step 2: What is your favorite color, {name}?");
    let Colour { color } = client.elicit(question).key("step2").await?;
    Ok(format!("{name} likes {color}."))
}

/// Asks for a confirmation whose state nobody can change
#[tool]
pub(crate) async fn test_input_required_result_tampered_state(
    client: Client,
) -> Result<String, Error> {
    let Confirmation { ok } = client.elicit("Please confirm.").key("confirm").await?;
    Ok(format!("confirmed: {ok}"))
}

/// Asks what the client can be asked
#[tool]
pub(crate) async fn test_input_required_result_capabilities(
    client: Client,
) -> Result<String, Error> {
    if client.can_elicit() {
        let Name { name } = client.elicit("What is your name?").key("user_name").await?;
        return Ok(name);
    }
    let question = client.sample("What is the user's name?").max_tokens(100).key("user_name");
    Ok(question.await?.to_text())
}

#[derive(Deserialize, JsonSchema)]
struct Context {
    /// What the prompt is about
    context: String,
}

/// A prompt that asks what it is about
#[prompt]
pub(crate) async fn test_input_required_result_prompt(client: Client) -> Result<Content, Error> {
    let question = client.elicit("What context should the prompt use?").key("user_context");
    let Context { context } = question.await?;
    Ok(Content::text(format!("Use this context: {context}")))
}
