//! Completions: what is typed in, the values out, in each revision.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use minimcp::testing::Client;
use minimcp::{
    Call, Completion, CompletionContext, Error, FromScope, MiniMcp, Prompt, ProtocolVersion,
    Resource, Scope, handlers, prompt, resource, tool,
};
use serde_json::{Value, json};

#[derive(Clone)]
struct World {
    user: &'static str,
}

struct User(&'static str);

impl FromScope<World> for User {
    fn from_scope(world: &World) -> Self {
        Self(world.user)
    }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Tone {
    /// As to a friend
    Warm,
    Cold,
}

const LANGUAGES: &[&str] = &["Python", "Perl", "Rust"];

async fn echo(typed: &str) -> Vec<String> {
    vec![typed.to_owned()]
}

/// The names of an owner, or everybody's
async fn names(
    typed: &str,
    context: CompletionContext,
    user: Scope<User>,
) -> Result<[String; 1], Error> {
    let owner = context.argument("owner").unwrap_or("nobody");
    tokio::task::yield_now().await;
    Ok([format!("{}:{owner}:{typed}", user.0.0)])
}

async fn many(typed: &str) -> Completion {
    let values = Completion::new((0..typed.len()).map(|number| number.to_string()));
    match typed.chars().next() {
        Some('t') => values.total(1000),
        Some('l') => values.total(1),
        Some('m') => values.more(),
        _ => values,
    }
}

async fn fail(how: &str) -> Result<Vec<&'static str>, Error> {
    match how {
        "internal" => Err(Error::internal("password")),
        "silent" => std::future::pending().await,
        "panic" => panic!("password"),
        _ => Err(Error::tool("no such thing")),
    }
}

async fn about(_: &str, call: Call) -> [String; 2] {
    [call.method().to_owned(), call.name().to_owned()]
}

/// Review code
#[prompt(timeout = "5s")]
#[allow(clippy::too_many_arguments, reason = "one for each way to complete")]
async fn review(
    #[arg(complete = LANGUAGES)] language: &str,
    #[arg(complete)] tone: Option<Tone>,
    #[arg(complete, name = "really")] sure: bool,
    #[arg(complete = ["a", "b"])] list: &str,
    #[arg(complete = echo)] echo: &str,
    #[arg(complete = many)] many: &str,
    #[arg(complete = fail)] fail: &str,
    #[arg(complete = about)] about: &str,
    plain: &str,
) -> String {
    let tone = if matches!(tone, Some(Tone::Cold)) { "cold" } else { "warm" };
    let sure = if sure { "sure" } else { "unsure" };
    [language, tone, sure, list, echo, many, fail, about, plain].concat()
}

/// A repository
#[resource("repo://{owner}/{name}")]
async fn repo(owner: &str, #[arg(complete = names)] name: &str, user: Scope<User>) -> String {
    format!("{owner} {name} {}", user.0.0)
}

/// A number
#[resource("numbers://one")]
async fn one() -> u8 {
    1
}

/// Nothing to complete
#[prompt]
async fn nothing() -> &'static str {
    "nothing"
}

fn server() -> MiniMcp<World> {
    MiniMcp::new("test").handlers(handlers![review, nothing, repo, one])
}

fn client(server: &MiniMcp<World>, revision: ProtocolVersion) -> Client<World> {
    Client::new(server, World { user: "ada" }).revision(revision)
}

/// Completes in every revision; the answer is `completion`, or the code and message of an error.
async fn check(params: Value, expected: Value) {
    for revision in ProtocolVersion::ALL {
        check_in(revision, &params, &expected).await;
    }
}

async fn check_in(revision: ProtocolVersion, params: &Value, expected: &Value) {
    let answer = client(&server(), revision).request("completion/complete", params.clone()).await;
    match &answer {
        Ok(result) => judge::result(revision.as_str(), "completion/complete", result),
        Err(error) => judge::error(revision.as_str(), error.code, &error.message, &error.data),
    }
    let found = match answer {
        Ok(result) => result.get("completion").cloned().unwrap_or_default(),
        Err(error) => json!([error.code, error.message]),
    };
    assert_eq!(found, *expected, "{revision} {params}");
}

fn of_prompt(argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/prompt", "name": "review" },
        "argument": { "name": argument, "value": value },
    })
}

fn of_resource(uri: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": uri },
        "argument": { "name": argument, "value": value },
    })
}

fn all(values: &[&str]) -> Value {
    json!({ "values": values, "total": values.len(), "hasMore": false })
}

#[tokio::test]
async fn functions_lists_and_types_complete() {
    for (argument, typed, values) in [
        ("echo", "x\"y", &["x\"y"][..]),
        ("echo", "", &[""]),
        ("language", "p", &["Python", "Perl"]),
        ("language", "PY", &["Python"]),
        ("language", "", &["Python", "Perl", "Rust"]),
        ("language", "Pythonista", &[]),
        ("language", "é", &[]),
        ("list", "b", &["b"]),
        ("tone", "", &["cold", "warm"]),
        ("tone", "w", &["warm"]),
        ("really", "t", &["true"]),
        ("about", "", &["completion/complete", "review"]),
        ("plain", "x", &[]),
    ] {
        check(of_prompt(argument, typed), all(values)).await;
    }
}

#[tokio::test]
async fn chosen_arguments_and_the_scope_reach_the_completer() {
    let mut params = of_resource("repo://{owner}/{name}", "name", "x");
    check(params.clone(), all(&["ada:nobody:x"])).await;
    params["context"] = json!({ "arguments": { "owner": "eve" } });
    for revision in ProtocolVersion::ALL {
        let early = revision.as_str() < "2025-06-18";
        let expected = if early { "ada:nobody:x" } else { "ada:eve:x" };
        check_in(revision, &params, &all(&[expected])).await;
    }
    for context in [json!(null), json!({}), json!({ "arguments": null })] {
        params["context"] = context;
        check_in(ProtocolVersion::LATEST, &params, &all(&["ada:nobody:x"])).await;
    }
    for (context, why) in [
        (json!(5), "`params.context` has to be an object"),
        (json!({ "arguments": [] }), "`params.context.arguments` has to be an object of strings"),
        (
            json!({ "arguments": { "owner": 5 } }),
            "`params.context.arguments` has to be an object of strings",
        ),
    ] {
        params["context"] = context;
        check_in(ProtocolVersion::LATEST, &params, &json!([-32602, why])).await;
    }
}

#[tokio::test]
async fn at_most_a_hundred_values_go_out_and_the_client_is_told() {
    for (typed, sent, total, more) in [
        ("x".repeat(100), 100, json!(100), false),
        ("x".repeat(101), 100, json!(101), true),
        ("t".repeat(3), 3, json!(1000), true),
        ("l".repeat(3), 3, json!(3), false),
        ("m".repeat(3), 3, Value::Null, true),
        ("m".repeat(500), 100, Value::Null, true),
    ] {
        let values: Vec<_> = (0..sent).map(|number| number.to_string()).collect();
        let mut expected = json!({ "values": values, "total": total, "hasMore": more });
        if total.is_null() {
            expected.as_object_mut().unwrap().remove("total");
        }
        check(of_prompt("many", &typed), expected).await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_with_what_is() {
    let names = "language, tone, really, list, echo, many, fail, about, plain";
    let repo = "repo://{owner}/{name}";
    let prompt = json!({ "type": "ref/prompt", "name": "review" });
    for (params, message) in [
        (of_prompt("x", ""), format!("Unknown argument: x. There is: {names}.")),
        (
            json!({ "ref": { "type": "ref/prompt", "name": "x" }, "argument": { "name": "a", "value": "" } }),
            "Unknown prompt: x. There is: review, nothing.".into(),
        ),
        (
            json!({ "ref": { "type": "ref/prompt", "name": "nothing" }, "argument": { "name": "a", "value": "" } }),
            "Unknown argument: a. There is: none.".into(),
        ),
        (of_resource("x://y", "a", ""), format!("Unknown template: x://y. There is: {repo}.")),
        (of_resource(repo, "a", ""), "Unknown argument: a. There is: owner, name.".into()),
        (of_resource("numbers://one", "a", ""), "Unknown argument: a. There is: none.".into()),
        (json!({}), "`params.ref` is missing".into()),
        (json!({ "ref": 5 }), "`params.ref` has to be an object".into()),
        (
            json!({ "ref": { "type": "ref/tool" } }),
            "`params.ref.type` has to be \"ref/prompt\" or \"ref/resource\"".into(),
        ),
        (json!({ "ref": { "type": "ref/prompt" } }), "`params.ref.name` is missing".into()),
        (json!({ "ref": prompt }), "`params.argument` is missing".into()),
        (
            json!({ "ref": prompt, "argument": { "name": "echo" } }),
            "`params.argument.value` is missing".into(),
        ),
        (
            json!({ "ref": prompt, "argument": { "name": "echo", "value": 5 } }),
            "`params.argument.value` has to be a string".into(),
        ),
    ] {
        check(params, json!([-32602, message])).await;
    }
}

#[tokio::test(start_paused = true)]
async fn completers_fail_as_handlers_do() {
    for (how, message) in [
        ("", "Error completing fail: no such thing"),
        ("internal", "internal error"),
        ("panic", "internal error"),
        ("silent", "the call was stopped: nothing was heard of it for 5000 ms"),
    ] {
        check(of_prompt("fail", how), json!([-32603, message])).await;
    }
}

#[tokio::test]
async fn a_completer_takes_a_place_under_the_limits_of_its_handler() {
    let server: MiniMcp<World> = MiniMcp::new("busy");
    let busy = Prompt::of::<review>().concurrency(1).queue(0).timeout(None);
    server.prompts().add(busy).unwrap();
    let client = client(&server, ProtocolVersion::LATEST);
    let silent = client.request("completion/complete", of_prompt("fail", "silent"));
    let mut silent = std::pin::pin!(silent);
    tokio::select! {
        biased;
        answer = &mut silent => panic!("{answer:?}"),
        () = tokio::task::yield_now() => {}
    }
    let refused = client.request("completion/complete", of_prompt("echo", "x")).await;
    assert_eq!(
        refused.unwrap_err().message,
        "review is busy and its queue is full; try again later"
    );
}

#[tokio::test]
async fn a_result_is_that_of_its_revision() {
    for (revision, members) in [
        (ProtocolVersion::V2025_11_25, json!(["completion"])),
        (ProtocolVersion::V2026_07_28, json!(["_meta", "completion", "resultType"])),
    ] {
        let client = client(&server(), revision);
        let result = client.request("completion/complete", of_prompt("echo", "x")).await.unwrap();
        let found: Vec<_> = result.as_object().unwrap().keys().collect();
        assert_eq!(json!(found), members);
    }
}

#[tokio::test]
async fn completions_are_announced_where_something_completes() {
    async fn check(server: &MiniMcp<World>, offered: bool) {
        for revision in ProtocolVersion::ALL {
            let client = client(server, revision);
            let about = client.introduce().await.unwrap();
            let method = if revision.is_modern() { "server/discover" } else { "initialize" };
            judge::result(revision.as_str(), method, &about);
            let has_capability = revision != ProtocolVersion::V2024_11_05;
            let expected = (offered && has_capability).then(|| json!({}));
            assert_eq!(about.pointer("/capabilities/completions"), expected.as_ref(), "{revision}");
            let answer = client.complete_prompt("nothing", ("x", ""), json!({})).await.unwrap_err();
            assert_eq!(answer.code, if offered { -32602 } else { -32601 }, "{revision}");
        }
    }
    let server: MiniMcp<World> = MiniMcp::new("test").handlers(handlers![nothing, one]);
    check(&server, false).await;
    server.prompts().add(Prompt::of::<review>()).unwrap();
    check(&server, true).await;
    server.prompts().remove("review").unwrap();
    check(&server, false).await;
    server.resources().add(Resource::of::<repo>()).unwrap();
    check(&server, true).await;
}

#[tokio::test]
async fn completers_are_added_at_run_time() {
    /// Say something
    #[tool]
    async fn say() -> &'static str {
        "x"
    }
    let server: MiniMcp<World> = MiniMcp::new("test").handlers(handlers![say]);
    let closure = |typed: &str, world: Scope<World>| {
        let value = format!("{typed} {}", world.user);
        async move { Ok::<_, String>(vec![value]) }
    };
    let prompt = Prompt::of::<review>().complete("language", ["Ada"]).complete("plain", closure);
    server.prompts().add(prompt).unwrap();
    server.resources().add(Resource::of::<repo>().complete("owner", echo)).unwrap();
    let client = client(&server, ProtocolVersion::LATEST);
    for (argument, values) in [("language", "Ada"), ("plain", "a ada")] {
        let found = client.complete_prompt("review", (argument, "a"), json!({})).await.unwrap();
        assert_eq!(found.values(), [values]);
    }
    let template = "repo://{owner}/{name}";
    let found = client.complete_resource(template, ("owner", "x"), json!({})).await.unwrap();
    assert_eq!((found.values(), found.has_more()), (&["x".to_owned()][..], false));
}

#[test]
#[should_panic(expected = "the prompt `review` has no argument `x` to complete")]
fn an_argument_that_is_not_there_is_found_at_the_start() {
    drop(Prompt::<World>::of::<review>().complete("x", echo));
}

#[test]
#[should_panic(expected = "`complete` of the argument `number` needs an enum of plain names")]
fn a_type_without_a_list_of_values_is_found_at_the_start() {
    /// Count
    #[prompt]
    async fn count(#[arg(complete)] number: u8) -> String {
        number.to_string()
    }
    drop(Prompt::<()>::of::<count>());
}

#[tokio::test]
async fn dropping_a_call_drops_its_completer_and_frees_its_place() {
    let server = server().concurrency(1).queue(0);
    let client = client(&server, ProtocolVersion::LATEST);
    let silent = client.request("completion/complete", of_prompt("fail", "silent"));
    tokio::select! {
        biased;
        answer = silent => panic!("{answer:?}"),
        () = tokio::task::yield_now() => {}
    }
    let answer = client.complete_prompt("review", ("echo", "x"), json!({})).await;
    assert_eq!(answer.unwrap().values(), ["x"]);
}
