//! The handlers that ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use minimcp::{
    Client, Elicited, Error, IncludeContext, MiniMcp, Prompt, SamplingTool, Scope, handlers,
    prompt, resource, tool,
};
use serde_json::json;

/// Whose call it is, and how often something happened.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) user: String,
}

impl World {
    pub(crate) fn of(user: &str) -> Self {
        Self { user: user.to_owned() }
    }
}

/// Ask two things, one after the other
#[tool]
pub(crate) async fn book(client: Client) -> Result<String, Error> {
    let name: String = client.elicit("Who?").await?;
    let row: u8 = client.elicit("Row?").await?;
    Ok(format!("{name} in row {row}"))
}

/// Ask what the arguments say
#[tool]
async fn ask(what: &str, client: Client) -> Result<String, Error> {
    client.elicit(what).key("it").await
}

/// Ask what the arguments say, too
#[tool]
async fn ask_too(what: &str, client: Client) -> Result<String, Error> {
    client.elicit(what).key("it").await
}

/// Ask two things at once
#[tool]
async fn both(client: Client) -> Result<String, Error> {
    let (a, b) =
        tokio::join!(client.elicit::<String>("A?"), client.elicit::<String>("B?").key("b"));
    Ok(format!("{} {}", a?, b?))
}

/// Take the user's choice as it is
#[tool]
async fn confirm(client: Client) -> Result<&'static str, Error> {
    Ok(match client.elicit::<bool>("Sure?").response().await? {
        Elicited::Accepted(true) => "yes",
        Elicited::Accepted(false) => "no",
        Elicited::Declined => "declined",
        Elicited::Cancelled => "cancelled",
    })
}

/// Agree without a form
#[tool]
async fn agree(client: Client) -> Result<&'static str, Error> {
    client.elicit::<()>("Agreed?").await?;
    Ok("agreed")
}

/// Ask the client's model
#[tool]
async fn sample(client: Client) -> Result<String, Error> {
    Ok(client.sample("Think").await?.to_text())
}

/// Ask the client's model, which may call tools
#[tool]
async fn sample_tools(client: Client) -> Result<String, Error> {
    let tool = SamplingTool::new("t", json!({ "type": "object" }));
    let answer = client.sample("Use").tools([tool]).await?;
    let used: Vec<_> = answer.tool_uses().map(|(_, name, _)| name.to_owned()).collect();
    Ok(format!("uses {}", used.join(" ")))
}

/// Ask the client's model, with what was said before
#[tool]
async fn sample_context(client: Client) -> Result<String, Error> {
    let answer = client.sample("Recall").include_context(IncludeContext::ThisServer).await?;
    Ok(answer.to_text())
}

/// Ask for folders
#[tool]
async fn roots(client: Client) -> Result<String, Error> {
    let roots = client.roots().await?;
    Ok(roots.iter().map(|root| format!("{}:{}", root.name().unwrap_or("-"), root.uri())).collect())
}

/// Send the user to a page
#[tool]
async fn page(url: &str, client: Client) -> Result<String, Error> {
    client.elicit_url("Log in", url).await.map(|how| format!("{how:?}"))
}

/// Say what can be asked
#[tool]
async fn able(client: Client) -> String {
    let able = [
        ("form", client.can_elicit()),
        ("url", client.can_elicit_url()),
        ("model", client.can_sample()),
        ("roots", client.can_list_roots()),
    ];
    able.iter().filter(|(_, can)| *can).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

/// Ask in a task of its own
#[tool]
async fn spawned(client: Client) -> Result<String, Error> {
    let task = tokio::spawn(async move { client.elicit::<String>("There?").await });
    task.await.map_err(Error::internal)?
}

/// Ask, and give up after a second
#[tool]
async fn impatient(client: Client) -> Result<String, Error> {
    let asked =
        tokio::time::timeout(Duration::from_secs(1), client.elicit::<String>("Quick?")).await;
    asked.unwrap_or_else(|_| Ok("too late".into()))
}

/// Ask, but drop the question before it can go anywhere
#[tool]
async fn fickle(client: Client) -> Result<String, Error> {
    tokio::select! {
        biased;
        answer = client.elicit::<String>("Or?") => answer,
        () = std::future::ready(()) => Ok("never mind".into()),
    }
}

/// Ask from a thread that may block
#[tool(blocking)]
fn blocked(client: Client) -> Result<String, Error> {
    tokio::runtime::Handle::current().block_on(client.elicit::<String>("Thread?"))
}

/// Ask nothing
#[tool]
async fn quick() -> &'static str {
    "quick"
}

/// Be silent
#[tool]
async fn silent(client: Client) -> Result<String, Error> {
    let name: String = client.elicit("Who?").await?;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    Ok(name)
}

/// Greet somebody
#[prompt]
async fn greet(client: Client) -> Result<String, Error> {
    let name: String = client.elicit("Who?").await?;
    Ok(format!("Hello {name}"))
}

/// A page of a book
#[resource("book://{title}")]
async fn pages(title: &str, client: Client) -> Result<String, Error> {
    let page: u16 = client.elicit("Page?").await?;
    Ok(format!("{title} {page}"))
}

/// Complete by asking, which there is no way for
#[prompt]
async fn completed(#[arg(complete = complete)] word: &str) -> String {
    word.to_owned()
}

async fn complete(_: &str, client: Client) -> Result<Vec<String>, Error> {
    Ok(vec![client.elicit::<String>("Word?").await?])
}

/// Say whose call it is when it was asked
#[tool]
async fn whose(client: Client, world: Scope<World>) -> Result<String, Error> {
    let word: String = client.elicit("Word?").await?;
    Ok(format!("{word} {}", world.user))
}

pub(crate) fn server() -> MiniMcp<World> {
    let server = MiniMcp::new("asking").handlers(handlers![
        book,
        ask,
        ask_too,
        both,
        confirm,
        agree,
        sample,
        sample_tools,
        sample_context,
        roots,
        page,
        able,
        spawned,
        impatient,
        fickle,
        blocked,
        quick,
        silent,
        greet,
        pages,
        whose
    ]);
    server.prompts().add(Prompt::of::<completed>()).unwrap();
    server.principal(|world: &World| world.user.clone())
}

/// Counts what happens.
pub(crate) fn count(counter: &Arc<AtomicUsize>) -> usize {
    counter.fetch_add(1, Ordering::SeqCst) + 1
}
