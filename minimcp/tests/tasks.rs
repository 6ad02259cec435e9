//! Tasks: requests of the newest revision in, what clients are told out.
#![cfg(feature = "tasks")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use minimcp::testing::Client as Tester;
use minimcp::{
    Bus, Cancel, Client, Error, FromScope, Inbox, LocalBus, Log, MemoryTasks, MiniMcp, Outbox,
    Progress, ProtocolVersion, Scope, Task, TaskRecord, TaskStore, Tasks, handlers, tool,
};
use serde_json::{Value, json};
use tokio::time::sleep;

#[derive(Clone)]
struct World {
    user: &'static str,
    stopped: Arc<AtomicUsize>,
}

struct User(&'static str);

impl FromScope<World> for User {
    fn from_scope(world: &World) -> Self {
        Self(world.user)
    }
}

struct Stopped(Arc<AtomicUsize>);

impl FromScope<World> for Stopped {
    fn from_scope(world: &World) -> Self {
        Self(Arc::clone(&world.stopped))
    }
}

/// Counts when it is dropped.
struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Never a task
#[tool]
async fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Take a while, silently
#[tool(task)]
async fn slow(seconds: u64, user: Scope<User>, stopped: Scope<Stopped>) -> String {
    let _guard = OnDrop(Arc::clone(&stopped.0.0));
    sleep(Duration::from_secs(seconds)).await;
    format!("{seconds} s for {}", user.0.0)
}

/// Report and log
#[tool(task)]
async fn noisy(progress: Progress, log: Log) -> &'static str {
    progress.report(1.0).await;
    log.error("x").await;
    "done"
}

/// Take no longer than a second between two signs of life
#[tool(task, timeout = "1s")]
async fn hasty() -> &'static str {
    sleep(Duration::from_secs(2)).await;
    "late"
}

/// Fail as a tool does
#[tool(task = "required")]
async fn failing() -> Result<String, &'static str> {
    Err("no such luck")
}

/// Fail as a server does
#[tool(task)]
async fn broken(how: String) -> Result<String, Error> {
    match how.as_str() {
        "panic" => panic!("password"),
        "application" => Err(Error::application(7, "seven").with_data(&7)),
        _ => Err(Error::internal("password")),
    }
}

/// Ask in the middle
#[tool(task)]
async fn confirm(client: Client) -> Result<String, Error> {
    let sure: bool = client.elicit("Sure?").key("sure").await?;
    Ok(if sure { "deleted".into() } else { "kept".into() })
}

/// Ask two things at once
#[tool(task)]
async fn both(client: Client) -> Result<String, Error> {
    let (one, two) = tokio::join!(
        client.elicit::<String>("One?").key("one"),
        client.elicit::<String>("Two?").key("two"),
    );
    Ok(format!("{} {}", one?, two?))
}

#[derive(serde::Deserialize, minimcp::schemars::JsonSchema)]
#[allow(dead_code, reason = "what is asked for counts")]
struct Seat {
    row: u8,
    window: bool,
    letter: String,
}

/// Ask for several things in one form
#[tool(task)]
async fn seat(client: Client) -> Result<&'static str, Error> {
    client.elicit::<Seat>("Which?").key("seat").await?;
    Ok("booked")
}

/// Ask, begin, ask again
#[tool]
async fn begins(client: Client, task: Task, progress: Progress) -> Result<String, Error> {
    let name: String = client.elicit("Who?").key("who").await?;
    if name == "nobody" {
        return Ok("nobody".into());
    }
    task.begin().await;
    task.begin().await;
    progress.report(1.0).await;
    let age: u8 = client.elicit("How old?").key("age").await?;
    Ok(format!("{name} {age}"))
}

/// Block until nobody wants it
#[tool(task, blocking)]
fn blocks(cancel: Cancel, stopped: Scope<Stopped>) -> &'static str {
    while !cancel.is_cancelled() {
        std::thread::yield_now();
    }
    stopped.0.0.fetch_add(1, Ordering::SeqCst);
    "stopped"
}

fn server_with(tasks: Tasks) -> MiniMcp<World> {
    MiniMcp::new("test")
        .handlers(handlers![
            greet, slow, noisy, hasty, failing, broken, confirm, both, seat, begins, blocks
        ])
        .principal(|world: &World| world.user)
        .tasks(tasks)
}

fn server() -> MiniMcp<World> {
    server_with(Tasks::new())
}

fn tester(server: &MiniMcp<World>, user: &'static str, declared: bool) -> Tester<World> {
    let mut capabilities = json!({ "elicitation": {} });
    if declared {
        capabilities["extensions"] = json!({ "io.modelcontextprotocol/tasks": {} });
    }
    Tester::new(server, World { user, stopped: Arc::default() }).capabilities(capabilities)
}

/// Sends requests one after the other; `$` in their parameters is the id of the last task that was begun. The answers,
/// without times and the server's name and with `$` for the id, are what is expected.
async fn check(client: &Tester<World>, exchange: &[(&str, Value, Value)]) {
    let mut id = String::from("$");
    for (method, params, expected) in exchange {
        let params =
            serde_json::from_str(&params.to_string().replace("\"$\"", &format!("\"{id}\"")));
        let answer = client.request(method, params.unwrap()).await;
        match &answer {
            Ok(result) => judge::result("2026-07-28", method, result),
            Err(error) => judge::error("2026-07-28", error.code, &error.message, &error.data),
        }
        let found = match answer {
            Ok(mut result) => {
                let members = result.as_object_mut().unwrap();
                members.retain(|name, _| !["_meta", "requestState"].contains(&name.as_str()));
                if let Some(task) = members.get("taskId") {
                    id = task.as_str().unwrap().to_owned();
                    members["taskId"] = json!("$");
                    for (member, expected) in
                        [("ttlMs", json!(3_600_000)), ("pollIntervalMs", json!(1000))]
                    {
                        assert_eq!(members.remove(member), Some(expected), "{member}");
                    }
                    for time in ["createdAt", "lastUpdatedAt"] {
                        let time = members.remove(time).unwrap();
                        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
                    }
                }
                result
            }
            Err(error) => json!([error.code, error.message]),
        };
        assert_eq!(found, *expected, "{method}");
        // Whatever was begun goes on before the next request.
        settle().await;
    }
}

/// Lets all tasks run until they wait.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn call(name: &str, arguments: Value) -> Value {
    json!({ "name": name, "arguments": arguments })
}

fn of_task() -> Value {
    json!({ "taskId": "$" })
}

fn begun() -> Value {
    json!({ "resultType": "task", "taskId": "$", "status": "working" })
}

fn is(status: &str, more: Value) -> Value {
    let mut task = json!({ "resultType": "complete", "taskId": "$", "status": status });
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

fn text(text: &str) -> Value {
    json!({ "resultType": "complete", "content": [{ "type": "text", "text": text }] })
}

fn acknowledged() -> Value {
    json!({ "resultType": "complete" })
}

fn question(message: &str, kind: Value) -> Value {
    json!({
        "method": "elicitation/create",
        "params": {
            "message": message,
            "requestedSchema": {
                "type": "object",
                "properties": { "answer": kind },
                "required": ["answer"],
            },
        },
    })
}

fn answers(of: &[(&str, Value)]) -> Value {
    let all = of.iter().map(|(key, value)| {
        ((*key).to_owned(), json!({ "action": "accept", "content": { "answer": value } }))
    });
    json!({ "taskId": "$", "inputResponses": all.collect::<serde_json::Map<_, _>>() })
}

#[tokio::test(start_paused = true)]
async fn a_call_becomes_a_task_that_is_polled() {
    let server = server();
    let client = tester(&server, "ada", true);
    check(
        &client,
        &[
            ("tools/call", call("greet", json!({ "name": "Ada" })), text("Hello, Ada!")),
            ("tools/call", call("slow", json!({ "seconds": 60 })), begun()),
            ("tasks/get", of_task(), is("working", json!({}))),
        ],
    )
    .await;
    let exchange = [("tools/call", call("slow", json!({ "seconds": 0 })), begun())];
    check(&client, &exchange).await;
    let task = client.request("tools/call", call("slow", json!({ "seconds": 60 }))).await.unwrap();
    sleep(Duration::from_secs(61)).await;
    let id = json!({ "taskId": task["taskId"] });
    let done = client.request("tasks/get", id).await.unwrap();
    assert_eq!(done["status"], "completed");
    assert_eq!(done["result"], text("60 s for ada"));
    assert_eq!(client.take_notifications(), [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_task_ends_as_its_call_would_have() {
    let internal = json!({ "code": -32603, "message": "internal error" });
    let told = json!({
        "resultType": "complete",
        "content": [{ "type": "text", "text": "no such luck" }],
        "isError": true,
    });
    let client = tester(&server(), "ada", true);
    for (name, arguments, end) in [
        ("failing", json!({}), is("completed", json!({ "result": told }))),
        ("noisy", json!({}), is("completed", json!({ "result": text("done") }))),
        (
            "broken",
            json!({ "how": "panic" }),
            is("failed", json!({ "statusMessage": "internal error", "error": internal })),
        ),
        (
            "broken",
            json!({ "how": "internal" }),
            is("failed", json!({ "statusMessage": "internal error", "error": internal })),
        ),
        (
            "broken",
            json!({ "how": "application" }),
            is(
                "failed",
                json!({
                    "statusMessage": "seven",
                    "error": { "code": 7, "message": "seven", "data": 7 },
                }),
            ),
        ),
    ] {
        let exchange =
            [("tools/call", call(name, arguments), begun()), ("tasks/get", of_task(), end)];
        check(&client, &exchange).await;
    }
    assert_eq!(client.take_notifications(), [] as [Value; 0], "progress and log reach nobody");
    // The idle timeout of the tool itself holds.
    let task = client.request("tools/call", call("hasty", json!({}))).await.unwrap();
    sleep(Duration::from_secs(2)).await;
    let end = client.request("tasks/get", json!({ "taskId": task["taskId"] })).await.unwrap();
    assert_eq!(end["status"], "failed", "{end}");
}

#[tokio::test(start_paused = true)]
async fn without_the_extension_there_are_no_tasks() {
    let server = server();
    let refused =
        json!(
            [-32021, "the client did not declare the extension `io.modelcontextprotocol/tasks`",]
        );
    let client = tester(&server, "ada", false);
    let mut exchange = vec![
        ("tools/call", call("slow", json!({ "seconds": 3 })), text("3 s for ada")),
        ("tools/call", call("failing", json!({})), refused.clone()),
    ];
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        exchange.push((method, of_task(), refused.clone()));
        exchange.push((method, json!({}), refused.clone()));
    }
    check(&client, &exchange).await;
    let error = client.request("tasks/get", of_task()).await.unwrap_err();
    let required = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    assert_eq!(error.data, json!({ "requiredCapabilities": required }));
    // A request alone may declare it.
    let declares = json!({ "com.example/x": 1 });
    let params = json!({ "name": "slow", "arguments": { "seconds": 3 }, "_meta": declares });
    check(&tester(&server, "ada", true), &[("tools/call", params, begun())]).await;
    // What clients of 2025-11-25 said means nothing.
    let mut core = call("slow", json!({ "seconds": 3 }));
    core["task"] = json!({ "ttl": 5 });
    check(&client, &[("tools/call", core.clone(), text("3 s for ada"))]).await;
    for revision in ProtocolVersion::ALL.into_iter().filter(|revision| !revision.is_modern()) {
        let old = tester(&server, "ada", true).revision(revision);
        let result = old.request("tools/call", core.clone()).await.unwrap();
        assert_eq!(result["content"][0]["text"], "3 s for ada", "{revision}");
        assert_eq!(old.request("tasks/get", of_task()).await.unwrap_err().code, -32601);
        let about = old.introduce().await.unwrap();
        assert_eq!(about.pointer("/capabilities/extensions"), None, "{revision}");
        assert_eq!(about.pointer("/capabilities/tasks"), None, "{revision}");
    }
}

#[tokio::test]
async fn tasks_are_announced_and_old_methods_are_not_there() {
    let client = tester(&server(), "ada", true);
    let about = client.introduce().await.unwrap();
    let announced = json!({ "io.modelcontextprotocol/tasks": {} });
    assert_eq!(about.pointer("/capabilities/extensions"), Some(&announced));
    assert_eq!(about.pointer("/capabilities/tasks"), None);
    for tool in client.list_tools().await.unwrap() {
        assert_eq!(tool.get("execution"), None);
    }
    for method in ["tasks/result", "tasks/list"] {
        let unknown = json!([-32601, format!("Method not found: {method}")]);
        check(&client, &[(method, of_task(), unknown)]).await;
    }
}

#[tokio::test]
async fn a_task_is_only_for_who_called() {
    let server = server();
    let ada = tester(&server, "ada", true);
    let task = ada.request("tools/call", call("confirm", json!({}))).await.unwrap();
    settle().await;
    let id = task["taskId"].as_str().unwrap();
    assert!(id.len() >= 32, "{id}");
    let unknown = json!([-32602, "there is no such task, or it has expired"]);
    let eve = tester(&server, "eve", true);
    let mut answer = answers(&[("sure", json!(true))]);
    for name in [id, "", "x"] {
        answer["taskId"] = json!(name);
        for (method, params) in [
            ("tasks/get", json!({ "taskId": name })),
            ("tasks/update", answer.clone()),
            ("tasks/cancel", json!({ "taskId": name })),
        ] {
            check(&eve, &[(method, params, unknown.clone())]).await;
        }
    }
    let state = ada.request("tasks/get", json!({ "taskId": id })).await.unwrap();
    assert_eq!(state["status"], "input_required");
    for (params, message) in [
        (json!({}), "`params.taskId` is missing"),
        (json!({ "taskId": 5 }), "`params.taskId` has to be a string"),
    ] {
        check(&ada, &[("tasks/get", params, json!([-32602, message]))]).await;
    }
    let missing = json!({ "taskId": id });
    let error = ada.request("tasks/update", missing).await.unwrap_err();
    assert_eq!(error.code, -32602);
}

#[tokio::test(start_paused = true)]
async fn a_task_asks_and_is_answered() {
    let sure = question("Sure?", json!({ "title": "Answer", "type": "boolean" }));
    let waits = is("input_required", json!({ "inputRequests": { "sure": sure } }));
    let again = question("Sure?", json!({ "title": "Answer", "type": "boolean" }));
    let client = tester(&server(), "ada", true);
    check(
        &client,
        &[
            ("tools/call", call("confirm", json!({})), begun()),
            ("tasks/get", of_task(), waits.clone()),
            ("tasks/update", answers(&[("other", json!(1))]), acknowledged()),
            ("tasks/get", of_task(), waits.clone()),
            ("tasks/update", answers(&[("sure", json!(true)), ("x", json!(1))]), acknowledged()),
            ("tasks/get", of_task(), is("completed", json!({ "result": text("deleted") }))),
            ("tasks/update", answers(&[("sure", json!(false))]), acknowledged()),
            ("tasks/get", of_task(), is("completed", json!({ "result": text("deleted") }))),
            ("tasks/cancel", of_task(), acknowledged()),
            ("tasks/get", of_task(), is("completed", json!({ "result": text("deleted") }))),
        ],
    )
    .await;
    // An answer that does not fit is asked for again, under another key.
    let exchange = [
        ("tools/call", call("confirm", json!({})), begun()),
        ("tasks/update", answers(&[("sure", json!("perhaps"))]), acknowledged()),
    ];
    check(&client, &exchange).await;
    let task = client.request("tools/call", call("confirm", json!({}))).await.unwrap();
    settle().await;
    let mut wrong = answers(&[("sure", json!("perhaps"))]);
    wrong["taskId"] = task["taskId"].clone();
    client.request("tasks/update", wrong).await.unwrap();
    settle().await;
    let state = client.request("tasks/get", json!({ "taskId": task["taskId"] })).await.unwrap();
    let keys: Vec<_> = state["inputRequests"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["sure~2"]);
    let schema = "/inputRequests/sure~02/params/requestedSchema";
    assert_eq!(state.pointer(schema), again.pointer("/params/requestedSchema"));
}

#[tokio::test]
async fn a_form_is_read_in_the_order_of_its_struct() {
    let server = server();
    let say = async |method: &str, mut params: Value| {
        let extensions = json!({ "io.modelcontextprotocol/tasks": {} });
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {}, "extensions": extensions },
        });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let message = message.to_string();
        let world = World { user: "ada", stopped: Arc::default() };
        let reply = server.handle(message.clone(), Outbox::none(), world).await;
        judge::sent(None, &message, reply.as_str().unwrap());
        settle().await;
        reply.as_str().unwrap().to_owned()
    };
    let begun = say("tools/call", call("seat", json!({}))).await;
    let begun: Value = serde_json::from_str(&begun).unwrap();
    let shown = say("tasks/get", json!({ "taskId": begun["result"]["taskId"] })).await;
    let place = |name: &&str| shown.find(&format!("\"{name}\":{{")).unwrap();
    let places: Vec<_> = ["row", "window", "letter"].iter().map(place).collect();
    assert!(places.is_sorted(), "{shown}");
}

#[tokio::test]
async fn questions_are_answered_one_by_one() {
    let kind = json!({ "title": "Answer", "type": "string" });
    let (one, two) = (question("One?", kind.clone()), question("Two?", kind));
    let client = tester(&server(), "ada", true);
    check(
        &client,
        &[
            ("tools/call", call("both", json!({})), begun()),
            (
                "tasks/get",
                of_task(),
                is("input_required", json!({ "inputRequests": { "one": one, "two": two } })),
            ),
            ("tasks/update", answers(&[("two", json!("2"))]), acknowledged()),
            (
                "tasks/get",
                of_task(),
                is("input_required", json!({ "inputRequests": { "one": one } })),
            ),
            ("tasks/update", answers(&[("two", json!("3"))]), acknowledged()),
            ("tasks/update", answers(&[("one", json!("1"))]), acknowledged()),
            ("tasks/get", of_task(), is("completed", json!({ "result": text("1 2") }))),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_was_answered_is_not_asked_in_the_next_poll() {
    let client = tester(&server(), "ada", true);
    let task = client.request("tools/call", call("both", json!({}))).await.unwrap();
    settle().await;
    let mut answer = answers(&[("two", json!("2"))]);
    answer["taskId"] = task["taskId"].clone();
    // Nothing runs between the two but the requests themselves.
    client.request("tasks/update", answer).await.unwrap();
    let state = client.request("tasks/get", json!({ "taskId": task["taskId"] })).await.unwrap();
    let keys: Vec<_> = state["inputRequests"].as_object().unwrap().keys().collect();
    assert_eq!(state["status"], "input_required");
    assert_eq!(keys, ["one"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_task_stops() {
    let server = server();
    for name in ["slow", "blocks"] {
        let world = World { user: "ada", stopped: Arc::default() };
        let stopped = Arc::clone(&world.stopped);
        let client = Tester::new(&server, world)
            .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }));
        let exchange = [
            ("tools/call", call(name, json!({ "seconds": 60 })), begun()),
            ("tasks/get", of_task(), is("working", json!({}))),
            ("tasks/cancel", of_task(), acknowledged()),
            ("tasks/get", of_task(), is("cancelled", json!({}))),
            ("tasks/cancel", of_task(), acknowledged()),
        ];
        check(&client, &exchange).await;
        while stopped.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_chooses_when_its_call_becomes_a_task() {
    let who = question("Who?", json!({ "title": "Answer", "type": "string" }));
    let server = server();
    let client = tester(&server, "ada", true);
    let round = client.request("tools/call", call("begins", json!({}))).await.unwrap();
    assert_eq!(round["resultType"], "input_required");
    assert_eq!(round["inputRequests"], json!({ "who": who }));
    let answered = |name: &str| {
        let mut params = call("begins", json!({}));
        params["requestState"] = round["requestState"].clone();
        params["inputResponses"] = answers(&[("who", json!(name))])["inputResponses"].clone();
        params
    };
    let age = question(
        "How old?",
        json!({ "title": "Answer", "type": "integer", "minimum": 0, "maximum": 255 }),
    );
    check(
        &client,
        &[
            ("tools/call", answered("nobody"), text("nobody")),
            ("tools/call", answered("Ada"), begun()),
            (
                "tasks/get",
                of_task(),
                is("input_required", json!({ "inputRequests": { "age": age } })),
            ),
            ("tasks/update", answers(&[("age", json!(36))]), acknowledged()),
            ("tasks/get", of_task(), is("completed", json!({ "result": text("Ada 36") }))),
        ],
    )
    .await;
    // Without the extension all of it is rounds.
    let plain = tester(&server, "ada", false);
    let round = plain.request("tools/call", answered("Ada")).await.unwrap();
    assert_eq!(round["resultType"], "input_required");
    assert!(round["inputRequests"].get("age").is_some(), "{round}");
}

#[tokio::test(start_paused = true)]
async fn a_task_expires_and_its_place_is_free_again() {
    let tasks = Tasks::new()
        .ttl(Duration::from_secs(10))
        .poll_interval(Duration::from_millis(1))
        .running(1)
        .store(MemoryTasks::with_capacity(2));
    let server = server_with(tasks);
    let world = World { user: "ada", stopped: Arc::default() };
    let stopped = Arc::clone(&world.stopped);
    let client = Tester::new(&server, world)
        .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }));
    let slow =
        |seconds: u64| client.request("tools/call", call("slow", json!({ "seconds": seconds })));
    let task = slow(60).await.unwrap();
    assert_eq!((&task["ttlMs"], &task["pollIntervalMs"]), (&json!(10_000), &json!(1)));
    settle().await;
    let refused = slow(60).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (-32603, "the server's place for tasks is busy and its queue is full; try again later")
    );
    sleep(Duration::from_secs(11)).await;
    settle().await;
    assert_eq!(stopped.load(Ordering::SeqCst), 1);
    let gone = client.request("tasks/get", json!({ "taskId": task["taskId"] })).await.unwrap_err();
    assert_eq!(gone.code, -32602);
    // Two that are done fill the store.
    for _ in 0..2 {
        slow(0).await.unwrap();
        sleep(Duration::from_millis(1)).await;
        settle().await;
    }
    let refused = slow(0).await.unwrap_err();
    assert!(refused.message.starts_with("the store of tasks is busy"), "{refused}");
}

/// A subscription to tasks: what it is told, as it comes.
struct Listener {
    inbox: Inbox,
    ended: tokio::task::JoinHandle<minimcp::Reply>,
}

impl Listener {
    fn start(server: &MiniMcp<World>, user: &'static str, declared: bool, ids: Value) -> Self {
        let extensions =
            if declared { json!({ "io.modelcontextprotocol/tasks": {} }) } else { json!({}) };
        let message = json!({
            "jsonrpc": "2.0",
            "id": 7,
            "method": "subscriptions/listen",
            "params": {
                "notifications": { "taskIds": ids },
                "_meta": {
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": { "extensions": extensions },
                },
            },
        });
        let (outbox, inbox) = Outbox::channel(16);
        let (server, world) = (server.clone(), World { user, stopped: Arc::default() });
        let ended =
            tokio::spawn(async move { server.handle(message.to_string(), outbox, world).await });
        Self { inbox, ended }
    }

    async fn next(&mut self) -> Value {
        let message = self.inbox.recv().await.unwrap();
        judge::notification("2026-07-28", std::str::from_utf8(&message).unwrap());
        let message: Value = serde_json::from_slice(&message).unwrap();
        let id = message.pointer("/params/_meta/io.modelcontextprotocol~1subscriptionId");
        assert_eq!(id, Some(&json!(7)));
        message
    }

    /// What of the filter is honoured.
    async fn honoured(&mut self) -> Value {
        self.next().await["params"]["notifications"].take()
    }

    /// The next state that differs from this one.
    async fn after(&mut self, status: &str) -> Value {
        loop {
            let mut message = self.next().await;
            assert_eq!(message["method"], "notifications/tasks");
            if message["params"]["status"] != status {
                return message["params"].take();
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn changes_of_a_task_are_told_to_who_listens() {
    let server = server();
    let client = tester(&server, "ada", true);
    let task = client.request("tools/call", call("confirm", json!({}))).await.unwrap();
    let id = &task["taskId"];
    let mut ada = Listener::start(&server, "ada", true, json!([id, "x", id]));
    assert_eq!(ada.honoured().await, json!({ "taskIds": [id] }));
    let asks = ada.after("working").await;
    assert_eq!((&asks["status"], &asks["taskId"]), (&json!("input_required"), id));
    assert!(asks["inputRequests"].get("sure").is_some());
    let mut eve = Listener::start(&server, "eve", true, json!([id]));
    assert_eq!(eve.honoured().await, json!({}));
    let mut answer = answers(&[("sure", json!(true))]);
    answer["taskId"] = id.clone();
    client.request("tasks/update", answer).await.unwrap();
    let mut done = ada.after("input_required").await;
    if done["status"] == "working" {
        done = ada.after("working").await;
    }
    assert_eq!(done["result"], text("deleted"));
    // Who comes late hears what there is.
    let mut late = Listener::start(&server, "ada", true, json!([id]));
    assert_eq!(late.honoured().await, json!({ "taskIds": [id] }));
    assert_eq!(late.after("working").await["status"], "completed");
    server.end_subscriptions();
    for listener in [ada, eve, late] {
        let reply = listener.ended.await.unwrap();
        assert!(reply.as_str().unwrap().contains(r#""resultType":"complete""#), "{reply:?}");
    }
    for (declared, ids, code) in
        [(false, json!([id]), -32021), (true, json!("x"), -32602), (true, json!([5]), -32602)]
    {
        let refused = Listener::start(&server, "ada", declared, ids).ended.await.unwrap();
        assert_eq!(refused.error_code(), Some(code));
    }
}

/// A store and a bus that two servers share, as two processes would.
#[derive(Clone, Default)]
struct Shared(Arc<MemoryTasks>);

impl TaskStore for Shared {
    fn put(
        &self,
        record: TaskRecord,
        over: Option<u64>,
    ) -> minimcp::BoxFuture<'_, Result<bool, Error>> {
        // As a database keeps it.
        let json = serde_json::to_string(&record).unwrap();
        self.0.put(serde_json::from_str(&json).unwrap(), over)
    }

    fn get<'a>(&'a self, id: &'a str) -> minimcp::BoxFuture<'a, Result<Option<TaskRecord>, Error>> {
        self.0.get(id)
    }
}

#[tokio::test(start_paused = true)]
async fn another_process_answers_and_cancels() {
    let (store, bus) = (Shared::default(), LocalBus::default());
    assert!(Bus::subscribe(&bus, Vec::new()).await.is_ok());
    let process =
        || tester(&server_with(Tasks::new().store(store.clone())).bus(bus.clone()), "ada", true);
    let (one, two) = (process(), process());
    for (name, method, more, status) in [
        ("confirm", "tasks/update", answers(&[("sure", json!(true))]), "completed"),
        ("confirm", "tasks/cancel", json!({}), "cancelled"),
    ] {
        let task = one.request("tools/call", call(name, json!({}))).await.unwrap();
        settle().await;
        let id = json!({ "taskId": task["taskId"] });
        assert_eq!(two.request("tasks/get", id.clone()).await.unwrap()["status"], "input_required");
        let mut params = more;
        params["taskId"] = task["taskId"].clone();
        two.request(method, params).await.unwrap();
        settle().await;
        for process in [&one, &two] {
            assert_eq!(process.request("tasks/get", id.clone()).await.unwrap()["status"], status);
        }
    }
}

#[test]
#[should_panic(
    expected = "calls of the tool `slow` become tasks, and the server has none: write `.tasks(Tasks::new())`"
)]
fn a_task_on_a_server_without_tasks_is_found_at_the_start() {
    let server: MiniMcp<World> = MiniMcp::new("test").handlers(handlers![greet, slow]);
    drop(minimcp::Connection::new(server));
}
