//! The core without a transport: a message in, a reply out.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use minimcp::{
    Call, Cancel, Error, FromScope, Inbox, Log, LogLevel, MiniMcp, Outbox, Progress, Reply, Scope,
    Tool, handlers, prompt, resource, tool,
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

#[derive(Clone)]
struct World {
    user: &'static str,
    gate: Arc<Semaphore>,
    started: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl World {
    fn new() -> Self {
        let zero = Arc::<AtomicUsize>::default;
        Self { user: "ada", gate: Arc::new(Semaphore::new(0)), started: zero(), ended: zero() }
    }

    /// Waits until so many calls of `wait` have begun.
    async fn started(&self, calls: usize) {
        while self.started.load(Ordering::SeqCst) < calls {
            tokio::task::yield_now().await;
        }
    }
}

struct User(&'static str);

impl FromScope<World> for User {
    fn from_scope(world: &World) -> Self {
        Self(world.user)
    }
}

/// Add two numbers
#[tool]
async fn add(a: f64, #[arg(default = 1.0, range = -1e6..=1e6)] b: f64) -> f64 {
    a + b
}

/// Say who is calling
#[tool]
async fn whoami(user: Scope<User>, call: Call) -> String {
    format!("{} {} {}", user.0.0, call.id(), call.revision())
}

/// Fail in one of many ways
#[tool]
async fn fail(how: &str) -> Result<String, Error> {
    Err(match how {
        "tool" => Error::tool("no"),
        "not_found" => Error::not_found("no"),
        "forbidden" => Error::forbidden("no"),
        "invalid_params" => Error::invalid_params("no"),
        "internal" => Error::internal("password"),
        "application" => Error::application(7, "no").with_data(&json!({ "x": 1 })),
        _ => panic!("password"),
    })
}

struct Ended(Arc<AtomicUsize>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Wait until somebody opens the gate
#[tool(concurrency = 2, queue = 1)]
async fn wait(world: Scope<World>) -> &'static str {
    let _ended = Ended(Arc::clone(&world.ended));
    world.started.fetch_add(1, Ordering::SeqCst);
    drop(world.gate.acquire().await);
    "waited"
}

/// Report progress three times
#[tool]
async fn report(progress: Progress) -> String {
    let mut reported = Vec::new();
    for step in [0.5, 0.25, 1.0] {
        reported.push(format!("{:?}", progress.report(step).total(1.0).message("x").await));
    }
    reported.join(" ")
}

/// Log at three levels
#[tool]
async fn chat(log: Log) -> &'static str {
    log.debug("d").await;
    log.info("i").await;
    log.named("part").send(LogLevel::Error, &json!({ "e": 1 })).await;
    "logged"
}

/// Work until nobody wants the result
#[tool(blocking)]
fn work(world: Scope<World>, cancel: Cancel) -> &'static str {
    world.started.fetch_add(1, Ordering::SeqCst);
    while !cancel.is_cancelled() {
        std::thread::yield_now();
    }
    world.ended.fetch_add(1, Ordering::SeqCst);
    "worked"
}

/// Greet somebody a number of times
#[prompt]
async fn greet(name: &str, #[arg(default = 1)] times: u8) -> Vec<String> {
    vec![format!("Hello {name}"); times.into()]
}

/// A number
#[resource("numbers://{number}", mime_type = "text/x-number")]
async fn number(number: u8) -> Result<u8, Error> {
    if number == 13 { Err(Error::not_found("Unlucky")) } else { Ok(number) }
}

fn server() -> MiniMcp<World> {
    MiniMcp::new("test")
        .handlers(handlers![add, whoami, fail, wait, report, chat, work, greet, number])
}

const MODERN: &str = "2026-07-28";

/// A request; a modern one describes itself, another one goes without saying as 2025-11-25.
fn request(method: &str, mut params: Value, modern: bool) -> String {
    if modern {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(MODERN);
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string()
}

/// Hands a message over; whatever the server says is of the revision of the message.
async fn handle<S: Clone + Send + Sync + 'static>(
    server: &MiniMcp<S>,
    message: String,
    outbox: Outbox,
    scope: S,
) -> Reply {
    let reply = server.handle(message.clone(), outbox, scope).await;
    judge::sent(None, &message, reply.as_str().unwrap_or_default());
    reply
}

/// All that the call of this message said before its answer.
async fn said(mut inbox: Inbox, message: &str) -> Vec<Value> {
    let mut said = Vec::new();
    while let Some(notification) = inbox.recv().await {
        judge::sent(None, message, std::str::from_utf8(&notification).unwrap());
        said.push(serde_json::from_slice(&notification).unwrap());
    }
    said
}

async fn send(message: String) -> Value {
    let reply = handle(&server(), message, Outbox::none(), World::new()).await;
    serde_json::from_str(reply.as_str().unwrap_or("null")).unwrap()
}

/// Sends a request in both eras; the answer has to hold each of these values, found by their JSON pointers.
async fn check(method: &str, params: Value, legacy: &[(&str, Value)], modern: &[(&str, Value)]) {
    for (is_modern, expected) in [(false, legacy), (true, modern)] {
        let message = request(method, params.clone(), is_modern);
        let answer = send(message.clone()).await;
        assert_eq!(answer["id"], 7);
        for (pointer, value) in expected {
            assert_eq!(
                answer.pointer(pointer).unwrap_or(&Value::Null),
                value,
                "{message}\n{answer}"
            );
        }
    }
}

fn text(text: &str) -> [(&'static str, Value); 2] {
    [("/result/content/0/text", json!(text)), ("/result/isError", Value::Null)]
}

fn told(text: &str) -> [(&'static str, Value); 2] {
    [("/result/content/0/text", json!(text)), ("/result/isError", json!(true))]
}

fn error(code: i32, message: &str) -> [(&'static str, Value); 2] {
    [("/error/code", json!(code)), ("/error/message", json!(message))]
}

#[tokio::test]
async fn tools_are_called_in_both_eras() {
    let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
    check("tools/call", call("add", json!({ "a": 1, "b": 2 })), &text("3.0"), &text("3.0")).await;
    check("tools/call", call("add", json!({ "a": "1.5", "b": null })), &text("2.5"), &text("2.5"))
        .await;
    check(
        "tools/call",
        call("whoami", json!({})),
        &text("ada 7 2025-11-25"),
        &text("ada 7 2026-07-28"),
    )
    .await;
    check(
        "tools/call",
        json!({ "name": "whoami" }),
        &text("ada 7 2025-11-25"),
        &text("ada 7 2026-07-28"),
    )
    .await;
    let structured = [("/result/structuredContent", json!({ "result": 3.0 }))];
    let plain =
        [("/result/structuredContent", json!(3.0)), ("/result/resultType", json!("complete"))];
    check("tools/call", call("add", json!({ "a": 2 })), &structured, &plain).await;
}

#[tokio::test]
async fn everything_wrong_with_a_call_is_said_at_once() {
    let wrong = told(
        "Missing required arguments: a. Invalid argument `b`: 1e9 is not at least -1000000.0 and at most 1000000.0. \
         Unknown arguments: c. The arguments are: a, b."
            .replace("1e9", "1000000000.0")
            .as_str(),
    );
    let call = json!({ "name": "add", "arguments": { "b": 1e9, "c": 1 } });
    check("tools/call", call, &wrong, &wrong).await;
    let unknown = error(-32602, "Unknown tool: x");
    check("tools/call", json!({ "name": "x" }), &unknown, &unknown).await;
    for (params, message) in [
        (json!({}), "`params.name` is missing"),
        (json!({ "name": 5 }), "`params.name` has to be a string"),
        (json!({ "name": "add", "arguments": [1, 2] }), "`params.arguments` has to be an object"),
    ] {
        check("tools/call", params, &error(-32602, message), &error(-32602, message)).await;
    }
}

#[tokio::test]
async fn an_argument_is_there_once() {
    for (arguments, twice) in [
        (r#"{"a":1,"a":2}"#, "a"),
        (r#"{"a":1,"\u0061":2,"b":1}"#, "a"),
        (r#"{"b":null,"b":1,"a":1,"a":[],"a":""}"#, "b, a"),
    ] {
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"add","arguments":{arguments}}}}}"#
        );
        let answer = send(message).await;
        let told = answer["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(told.ends_with(&format!("Arguments that are there twice: {twice}.")), "{answer}");
    }
}

#[tokio::test]
async fn errors_keep_their_kind() {
    let fail = |how: &str| json!({ "name": "fail", "arguments": { "how": how } });
    for how in ["tool", "not_found", "forbidden", "invalid_params"] {
        check("tools/call", fail(how), &told("no"), &told("no")).await;
    }
    for how in ["internal", "panic"] {
        let internal = error(-32603, "internal error");
        check("tools/call", fail(how), &internal, &internal).await;
    }
    let application = [("/error/code", json!(7)), ("/error/data", json!({ "x": 1 }))];
    check("tools/call", fail("application"), &application, &application).await;
}

#[tokio::test]
async fn the_cause_of_an_internal_error_is_shown_on_demand() {
    let message =
        request("tools/call", json!({ "name": "fail", "arguments": { "how": "internal" } }), false);
    let reply = handle(&server().debug_errors(true), message, Outbox::none(), World::new()).await;
    assert!(reply.as_str().unwrap().contains(r#""data":{"detail":"password"}"#), "{reply:?}");
}

#[tokio::test]
async fn prompts_and_resources() {
    let greeting = json!([{ "role": "user", "content": { "type": "text", "text": "Hello Ada" } }]);
    let messages = [
        ("/result/messages", greeting),
        ("/result/description", json!("Greet somebody a number of times")),
    ];
    let arguments = json!({ "name": "Ada", "times": "1" });
    check("prompts/get", json!({ "name": "greet", "arguments": arguments }), &messages, &messages)
        .await;
    let missing =
        error(-32602, "Missing required arguments: name. The arguments are: name, times.");
    check("prompts/get", json!({ "name": "greet" }), &missing, &missing).await;
    let unknown = error(-32602, "Unknown prompt: x");
    check("prompts/get", json!({ "name": "x" }), &unknown, &unknown).await;

    let contents = json!([{ "uri": "numbers://7", "mimeType": "text/x-number", "text": "7" }]);
    let contents = [("/result/contents", contents)];
    check("resources/read", json!({ "uri": "numbers://7" }), &contents, &contents).await;
    let gone =
        |code: i32, uri: &str| [("/error/code", json!(code)), ("/error/data/uri", json!(uri))];
    for uri in ["numbers://13", "letters://a", "numbers://1/2"] {
        check("resources/read", json!({ "uri": uri }), &gone(-32002, uri), &gone(-32602, uri))
            .await;
    }
    let misfit = [("/error/code", json!(-32602))];
    check("resources/read", json!({ "uri": "numbers://x" }), &misfit, &misfit).await;
}

#[tokio::test]
async fn methods_belong_to_their_era() {
    let ok = |pointer, value| [(pointer, value)];
    let none = |method: &str| error(-32601, &format!("Method not found: {method}"));
    check("ping", json!({}), &ok("/result", json!({})), &none("ping")).await;
    check(
        "initialize",
        json!({}),
        &ok("/result/protocolVersion", json!("2025-11-25")),
        &none("initialize"),
    )
    .await;
    let versions = ok("/result/supportedVersions", json!([MODERN]));
    check("server/discover", json!({}), &ok("/error/code", json!(-32602)), &versions).await;
    check("nonsense", json!({}), &none("nonsense"), &none("nonsense")).await;
    for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
        let hints = [("/result/ttlMs", json!(0)), ("/result/cacheScope", json!("private"))];
        check(method, json!({}), &ok("/result/ttlMs", Value::Null), &hints).await;
        let cursor = error(-32602, "`params.cursor` is not one of this server's");
        check(method, json!({ "cursor": "" }), &cursor, &cursor).await;
    }
}

#[tokio::test]
async fn a_modern_request_describes_itself_completely() {
    let version = "io.modelcontextprotocol/protocolVersion";
    let capabilities = "io.modelcontextprotocol/clientCapabilities";
    for (meta, code) in [
        (json!({ version: MODERN }), -32602),
        (json!({ version: 5, capabilities: {} }), -32602),
        (json!({ version: MODERN, capabilities: [] }), -32602),
        (
            json!({ version: MODERN, capabilities: {}, "io.modelcontextprotocol/clientInfo": 5 }),
            -32602,
        ),
        (
            json!({ version: MODERN, capabilities: {}, "io.modelcontextprotocol/logLevel": "loud" }),
            -32602,
        ),
        (json!({ version: "v999.0.0", capabilities: {} }), -32022),
        (json!({ version: "2025-11-25", capabilities: {} }), -32022),
        (json!(5), -32602),
    ] {
        let params = json!({ "_meta": meta });
        let answer = send(
            json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": params })
                .to_string(),
        )
        .await;
        assert_eq!(answer["error"]["code"], code, "{meta}");
        assert_eq!(answer["id"], 7);
        if code == -32022 {
            assert_eq!(
                answer["error"]["data"],
                json!({ "supported": [MODERN], "requested": meta[version] })
            );
        }
    }
}

#[tokio::test]
async fn only_what_is_there_is_offered() {
    let empty: MiniMcp = MiniMcp::new("empty");
    for (modern, answer) in [(false, r#""result":{"tools":[]}"#), (true, "-32601")] {
        let reply =
            handle(&empty, request("tools/list", json!({}), modern), Outbox::none(), ()).await;
        assert!(reply.as_str().unwrap().contains(answer), "{reply:?}");
    }
    let discovered =
        handle(&empty, request("server/discover", json!({}), true), Outbox::none(), ()).await;
    assert!(discovered.as_str().unwrap().contains(r#""capabilities":{}"#), "{discovered:?}");
}

#[tokio::test]
async fn progress_goes_to_who_asked_for_it() {
    let params = json!({ "name": "report", "_meta": { "progressToken": "t" } });
    for (token, results) in
        [(true, "Sent NotIncreasing Sent"), (false, "NotAsked NotAsked NotAsked")]
    {
        let (outbox, inbox) = Outbox::channel(8);
        let params = if token { params.clone() } else { json!({ "name": "report" }) };
        let message = request("tools/call", params, true);
        let reply = handle(&server(), message.clone(), outbox, World::new()).await;
        assert!(reply.as_str().unwrap().contains(results), "{reply:?}");
        let progress: Vec<_> = said(inbox, &message)
            .await
            .iter()
            .map(|notification| notification["params"]["progress"].as_f64().unwrap())
            .collect();
        assert_eq!(progress, if token { vec![0.5, 1.0] } else { vec![] });
    }
}

#[tokio::test]
async fn a_modern_request_says_which_log_messages_it_wants() {
    for (level, wanted) in [
        (Value::Null, vec![]),
        (json!("debug"), vec!["debug", "info", "error"]),
        (json!("info"), vec!["info", "error"]),
        (json!("error"), vec!["error"]),
        (json!("emergency"), vec![]),
    ] {
        let mut params = json!({ "name": "chat" });
        if level.is_string() {
            params["_meta"] = json!({ "io.modelcontextprotocol/logLevel": level });
        }
        let (outbox, inbox) = Outbox::channel(8);
        let message = request("tools/call", params, true);
        let reply = handle(&server(), message.clone(), outbox, World::new()).await;
        assert!(reply.as_str().unwrap().contains("logged"), "{reply:?}");
        let said = said(inbox, &message).await;
        let levels: Vec<_> = said.iter().map(|said| said["params"]["level"].clone()).collect();
        assert_eq!(levels, wanted, "{level}");
    }
}

#[tokio::test]
async fn the_log_is_announced_where_it_can_be_asked_for() {
    // Nobody remembers a level for messages that are handed over one by one, so older clients are not told of a log.
    let logging = "/result/capabilities/logging";
    check("initialize", json!({}), &[(logging, Value::Null)], &[]).await;
    check("server/discover", json!({}), &[], &[(logging, json!({}))]).await;
    let none = error(-32601, "Method not found: logging/setLevel");
    check("logging/setLevel", json!({ "level": "debug" }), &none, &none).await;
    let silent: MiniMcp = MiniMcp::new("silent").handlers(handlers![add]);
    let discovered =
        handle(&silent, request("server/discover", json!({}), true), Outbox::none(), ()).await;
    assert!(!discovered.as_str().unwrap().contains("logging"), "{discovered:?}");
}

#[tokio::test]
async fn a_busy_handler_queues_and_then_refuses_and_others_go_on() {
    let (server, world) = (server(), World::new());
    let call = || {
        let (server, world) = (server.clone(), world.clone());
        let message = request("tools/call", json!({ "name": "wait" }), true);
        tokio::spawn(async move { handle(&server, message, Outbox::none(), world).await })
    };
    let running = [call(), call()];
    world.started(2).await;
    let queued = call();
    tokio::task::yield_now().await;
    let refused = call().await.unwrap();
    assert!(
        refused.as_str().unwrap().contains("wait is busy and its queue is full"),
        "{refused:?}"
    );
    assert_eq!(refused.error_code(), Some(-32603));
    let other = request("tools/call", json!({ "name": "add", "arguments": { "a": 1 } }), true);
    let other = handle(&server, other, Outbox::none(), world.clone()).await;
    assert!(other.as_str().unwrap().contains(r#""text":"2.0""#), "{other:?}");
    world.gate.add_permits(3);
    for waiting in running.into_iter().chain([queued]) {
        assert!(waiting.await.unwrap().as_str().unwrap().contains("waited"));
    }
}

#[tokio::test]
async fn dropping_a_call_drops_its_handler_and_frees_its_place() {
    let (server, world) = (server().concurrency(1).queue(0), World::new());
    let message = request("tools/call", json!({ "name": "wait" }), true);
    let call = {
        let (server, world) = (server.clone(), world.clone());
        tokio::spawn(async move { handle(&server, message, Outbox::none(), world).await })
    };
    world.started(1).await;
    let add = || request("tools/call", json!({ "name": "add", "arguments": { "a": 1 } }), true);
    let refused = handle(&server, add(), Outbox::none(), world.clone()).await;
    assert!(refused.as_str().unwrap().contains("the server is busy"), "{refused:?}");
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(world.ended.load(Ordering::SeqCst), 1);
    let answered = handle(&server, add(), Outbox::none(), world.clone()).await;
    assert!(answered.as_str().unwrap().contains("2.0"), "{answered:?}");
}

#[tokio::test]
async fn blocking_work_keeps_its_place_until_it_ends_and_learns_that_it_is_not_wanted() {
    let (server, world) = (server().concurrency(1).queue(0), World::new());
    let message = || request("tools/call", json!({ "name": "work" }), true);
    let call = {
        let (server, world, message) = (server.clone(), world.clone(), message());
        tokio::spawn(async move { handle(&server, message, Outbox::none(), world).await })
    };
    world.started(1).await;
    let refused = handle(&server, message(), Outbox::none(), world.clone()).await;
    assert!(refused.as_str().unwrap().contains("busy"), "{refused:?}");
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let add = || request("tools/call", json!({ "name": "add", "arguments": { "a": 1 } }), true);
    loop {
        let answer = handle(&server, add(), Outbox::none(), world.clone()).await;
        // Whoever is let in while the work goes on has found a place that was not free.
        if answer.error_code().is_none() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(world.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_silent_call_is_stopped_and_answered() {
    let world = World::new();
    let message = request("tools/call", json!({ "name": "wait" }), true);
    let server = server().idle_timeout(Duration::from_secs(5));
    let reply = handle(&server, message, Outbox::none(), world.clone()).await;
    assert_eq!(reply.error_code(), Some(-32603));
    assert!(reply.as_str().unwrap().contains("nothing was heard of it for 5000 ms"), "{reply:?}");
    assert_eq!(world.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn handlers_come_and_go_while_calls_run() {
    let (server, world) = (server(), World::new());
    let message = request("tools/call", json!({ "name": "wait" }), true);
    let running = {
        let (server, world) = (server.clone(), world.clone());
        tokio::spawn(async move { handle(&server, message, Outbox::none(), world).await })
    };
    world.started(1).await;
    server.tools().remove("wait").unwrap();
    server.tools().add(Tool::of::<add>().name("plus").title("Plus")).unwrap();
    assert_eq!(
        server.tools().add(Tool::of::<add>()).unwrap_err().to_string(),
        "tool add already registered"
    );
    assert_eq!(server.tools().remove("wait").unwrap_err().to_string(), "Unknown tool: wait");
    let list =
        handle(&server, request("tools/list", json!({}), true), Outbox::none(), world.clone())
            .await;
    let list: Value = serde_json::from_str(list.as_str().unwrap()).unwrap();
    let names: Vec<_> = list["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(json!(names), json!(["add", "whoami", "fail", "report", "chat", "work", "plus"]));
    let sum = server.tools().call("plus", json!({ "a": 1 }), world.clone()).await.unwrap();
    assert_eq!(sum.structured_json(), Some("2.0"));
    world.gate.add_permits(1);
    assert!(running.await.unwrap().as_str().unwrap().contains("waited"));
}
