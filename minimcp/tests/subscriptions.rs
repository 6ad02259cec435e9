//! Subscriptions to changes: messages and changes in, messages out.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::future::{Future as _, poll_fn};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use bytes::Bytes;
use judge::Transcript;
use minimcp::{
    BoxFuture, Bus, Call, Changes, Connection, Error, Inbox, LocalBus, MiniMcp, Outbox, Prompt,
    Resource, Subscription, Tool, handlers, prompt, resource, tool,
};
use serde_json::{Map, Value, json};

/// Say that the world is another one
#[tool]
async fn turn(what: &str, changes: Changes) {
    match what {
        "tools" => changes.tools(),
        "prompts" => changes.prompts(),
        "resources" => changes.resources(),
        uri => changes.resource(uri),
    }
}

/// Greet
#[prompt]
async fn greet() -> &'static str {
    "Hello"
}

/// A note
#[resource("note://{id}")]
async fn note(id: u64) -> String {
    format!("note {id}")
}

/// The one note that has a place of its own
#[resource("note:first")]
async fn first() -> &'static str {
    "note 1"
}

/// What happens, in its order.
enum Step {
    /// The client sends this.
    In(Value),
    /// The client gets this, next of all.
    Out(Value),
    /// The client gets these next, in any order.
    Each(Vec<Step>),
    /// The program does this.
    Do(fn(&MiniMcp)),
    /// The transport ends the subscriptions of the connection.
    End,
}

use Step::{Do, Each, End, In, Out};

/// How the client reaches the server.
#[derive(Clone, Copy)]
enum Way {
    /// A connection that tells of changes.
    Telling,
    /// A connection that does not.
    Silent,
    /// No connection at all.
    Handle,
}

/// Takes the steps; the client gets what the steps say and nothing else.
async fn check(server: MiniMcp, way: Way, steps: Vec<Step>) {
    let connection = Connection::new(server.clone());
    let (outbox, mut inbox) = Outbox::channel(100);
    let mut transcript = Transcript::new(None);
    let telling =
        matches!(way, Way::Telling).then(|| tokio::spawn(connection.notify(outbox.clone())));
    rest().await;
    for step in steps {
        match step {
            In(message) => {
                rest().await;
                transcript.received(&message.to_string());
                let (server, connection) = (server.clone(), connection.clone());
                let (calls, answers) = (outbox.clone(), outbox.clone());
                let mut call = Box::pin(async move {
                    let message = message.to_string();
                    let reply = match way {
                        Way::Handle => server.handle(message, calls, ()).await,
                        _ => connection.handle_in_steps(message, calls, ()).await,
                    };
                    if let Some(answer) = reply.into_bytes() {
                        answers.send(answer).await.unwrap();
                    }
                });
                let read = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
                if read.is_pending() {
                    tokio::spawn(call);
                }
            }
            Out(expected) => assert_eq!(receive(&mut inbox, &mut transcript).await, expected),
            Each(steps) => {
                let mut messages = Vec::new();
                for _ in &steps {
                    messages.push(receive(&mut inbox, &mut transcript).await);
                }
                for step in steps {
                    let Out(expected) = step else { panic!("only messages come in any order") };
                    let found = messages.iter().position(|message| *message == expected);
                    messages.remove(found.unwrap_or_else(|| panic!("{expected} in {messages:?}")));
                }
            }
            Do(act) => act(&server),
            End => connection.end_subscriptions(),
        }
    }
    rest().await;
    assert_eq!(inbox.try_recv(), None, "nothing else is told");
    if let Some(telling) = telling {
        telling.abort();
    }
}

/// The next message; all that comes from the server is judged.
async fn receive(inbox: &mut Inbox, transcript: &mut Transcript) -> Value {
    let message = inbox.recv().await.unwrap();
    transcript.sent(std::str::from_utf8(&message).unwrap());
    shorten(serde_json::from_slice(&message).unwrap())
}

/// Lets all others run until they wait.
async fn rest() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// An answer as `{"id", "result" or "code"}`, a notification as `{"method", "params"}`; the identity of the server and the
/// version of JSON-RPC are left out.
fn shorten(mut message: Value) -> Value {
    assert_eq!(message["jsonrpc"].take(), "2.0");
    if let Some(meta) = message.pointer_mut("/result/_meta").and_then(Value::as_object_mut) {
        let info = meta.remove("io.modelcontextprotocol/serverInfo").unwrap();
        assert_eq!(info["name"], "test");
    }
    match (message.get("method"), message.pointer("/error/code")) {
        (Some(method), _) => json!({ "method": method, "params": message["params"] }),
        (_, Some(code)) => json!({ "id": message["id"], "code": code }),
        _ => json!({ "id": message["id"], "result": message["result"] }),
    }
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![turn, greet, note, first])
}

fn modern(id: impl Into<Value>, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

fn listen(id: impl Into<Value>, filter: Value) -> Step {
    In(modern(id, "subscriptions/listen", json!({ "notifications": filter })))
}

fn legacy(id: u8, method: &str, params: Value) -> Step {
    In(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
}

fn notify(method: &str, params: Value) -> Step {
    In(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
}

fn tag(id: impl Into<Value>) -> Value {
    json!({ "io.modelcontextprotocol/subscriptionId": id.into() })
}

fn acknowledged(id: impl Into<Value>, filter: Value) -> Step {
    let params = json!({ "notifications": filter, "_meta": tag(id) });
    Out(json!({ "method": "notifications/subscriptions/acknowledged", "params": params }))
}

fn list_changed(list: &str, id: impl Into<Value>) -> Step {
    let method = format!("notifications/{list}/list_changed");
    Out(json!({ "method": method, "params": { "_meta": tag(id) } }))
}

fn told(list: &str) -> Step {
    Out(json!({ "method": format!("notifications/{list}/list_changed"), "params": null }))
}

fn updated(uri: &str) -> Step {
    Out(json!({ "method": "notifications/resources/updated", "params": { "uri": uri } }))
}

fn complete(id: impl Into<Value> + Clone) -> Step {
    result(id.clone(), json!({ "resultType": "complete", "_meta": tag(id) }))
}

fn result(id: impl Into<Value>, result: Value) -> Step {
    Out(json!({ "id": id.into(), "result": result }))
}

fn refused(id: impl Into<Value>, code: i32) -> Step {
    Out(json!({ "id": id.into(), "code": code }))
}

fn hello(id: u8, changes: bool) -> [Step; 2] {
    let capabilities = json!({
        "tools": { "listChanged": changes },
        "prompts": { "listChanged": changes },
        "resources": { "subscribe": changes, "listChanged": changes },
    });
    let info = json!({ "name": "test", "version": env!("CARGO_PKG_VERSION") });
    [
        legacy(id, "initialize", json!({ "protocolVersion": "2025-06-18" })),
        result(
            id,
            json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities, "serverInfo": info }),
        ),
    ]
}

fn ready() -> Step {
    notify("notifications/initialized", json!({}))
}

#[tokio::test]
async fn a_client_hears_what_it_asked_for_until_it_cancels() {
    let filter = json!({ "toolsListChanged": true, "resourceSubscriptions": ["note://7"] });
    let update = json!({ "uri": "note://7", "_meta": tag("a") });
    for way in [Way::Telling, Way::Silent] {
        check(
            server(),
            way,
            vec![
                listen("a", filter.clone()),
                acknowledged("a", filter.clone()),
                Do(|server| server.changes().prompts()),
                Do(|server| server.changes().resource("note://8")),
                Do(|server| server.changes().resource("note://7")),
                Out(json!({ "method": "notifications/resources/updated", "params": update })),
                In(modern(
                    1,
                    "tools/call",
                    json!({ "name": "turn", "arguments": { "what": "tools" } }),
                )),
                result(1, json!({ "resultType": "complete", "content": [], "_meta": {} })),
                list_changed("tools", "a"),
                notify("notifications/cancelled", json!({ "requestId": "a" })),
                Do(|server| server.changes().tools()),
                listen("a", json!({})),
                acknowledged("a", json!({})),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn every_subscription_has_its_own_id_and_its_own_copy() {
    let tools = json!({ "toolsListChanged": true, "promptsListChanged": false });
    let heard = json!({ "toolsListChanged": true });
    let big = 9_007_199_254_740_993_u64;
    for way in [Way::Telling, Way::Handle] {
        check(
            server(),
            way,
            vec![
                listen(0, tools.clone()),
                acknowledged(0, heard.clone()),
                listen("a", tools.clone()),
                acknowledged("a", heard.clone()),
                listen(big, tools.clone()),
                acknowledged(big, heard.clone()),
                Do(|server| drop(server.tools().remove("turn").unwrap())),
                Each(vec![
                    list_changed("tools", 0),
                    list_changed("tools", "a"),
                    list_changed("tools", big),
                ]),
                Do(|server| server.changes().prompts()),
                Do(MiniMcp::end_subscriptions),
                Each(vec![complete(0), complete("a"), complete(big)]),
                listen(4, tools.clone()),
                acknowledged(4, json!({})),
                complete(4),
            ],
        )
        .await;
    }
}

/// A bus that looks at the prompts of the server before it tells that they changed, and tells of it only when one of them is
/// `write`.
struct Looking(LocalBus, Arc<OnceLock<MiniMcp>>);

impl Bus for Looking {
    fn publish<'a>(&'a self, topic: &'a str, news: Bytes) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let list = modern(1, "prompts/list", json!({})).to_string();
            let reply = self.1.get().unwrap().handle(list, Outbox::none(), ()).await;
            match reply.as_str().unwrap().contains(r#""name":"write""#) {
                true => self.0.publish(topic, news).await,
                false => Ok(()),
            }
        })
    }

    fn subscribe(
        &self,
        topics: Vec<String>,
    ) -> BoxFuture<'_, Result<Box<dyn Subscription>, Error>> {
        self.0.subscribe(topics)
    }
}

#[tokio::test]
async fn a_change_is_there_before_it_is_told() {
    let itself = Arc::<OnceLock<MiniMcp>>::default();
    let server = server().bus(Looking(LocalBus::default(), Arc::clone(&itself)));
    assert!(itself.set(server.clone()).is_ok());
    let filter = json!({ "promptsListChanged": true });
    let steps = vec![
        listen("a", filter.clone()),
        acknowledged("a", filter),
        Do(|server| {
            let write = |_: BTreeMap<String, String>, _: Call| async { Ok::<_, String>("text") };
            server.prompts().add(Prompt::from_fn("write", write)).unwrap();
        }),
        list_changed("prompts", "a"),
    ];
    check(server, Way::Handle, steps).await;
}

#[tokio::test]
async fn what_is_not_served_is_not_acknowledged() {
    let everything = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
        "resourceSubscriptions": ["note://x", "other://1", "note:first", "note:first"],
        "unknown": true,
    });
    let all = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
        "resourceSubscriptions": ["note://x", "note:first"],
    });
    let steps = vec![listen(1, everything.clone()), acknowledged(1, all)];
    check(server(), Way::Handle, steps).await;
    let steps = vec![
        listen(1, everything),
        acknowledged(1, json!({})),
        Do(|server| server.changes().resource("note:first")),
        End,
        complete(1),
    ];
    check(MiniMcp::new("test"), Way::Silent, steps).await;
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_refused() {
    for filter in [json!(null), json!([]), json!(true), json!({ "toolsListChanged": "yes" })] {
        check(server(), Way::Handle, vec![listen(1, filter), refused(1, -32602)]).await;
    }
    let missing = In(modern(1, "subscriptions/listen", json!({})));
    check(server(), Way::Handle, vec![missing, refused(1, -32602)]).await;
    let tasks = listen(1, json!({ "taskIds": ["a"] }));
    check(server(), Way::Handle, vec![tasks, refused(1, -32021)]).await;
    let two = json!({ "resourceSubscriptions": ["note://1", "note://2"] });
    let steps = vec![listen(1, two), refused(1, -32602)];
    check(server().followed_resources(1), Way::Handle, steps).await;
    // The method is one of the newest revision alone.
    let old = legacy(1, "subscriptions/listen", json!({ "notifications": {} }));
    check(server(), Way::Telling, vec![old, refused(1, -32601)]).await;
}

#[tokio::test]
async fn a_place_is_free_again_when_its_subscription_ends() {
    check(
        server().subscription_limit(1),
        Way::Silent,
        vec![
            listen(1, json!({})),
            acknowledged(1, json!({})),
            listen(2, json!({})),
            refused(2, -32603),
            notify("notifications/cancelled", json!({ "requestId": 1 })),
            legacy(3, "ping", json!({})),
            result(3, json!({})),
            listen(2, json!({})),
            acknowledged(2, json!({})),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_limit_on_calls_holds_for_subscriptions() {
    let filter = json!({ "toolsListChanged": true });
    let steps = vec![
        listen(1, filter.clone()),
        acknowledged(1, filter),
        In(modern(2, "tools/call", json!({ "name": "turn", "arguments": { "what": "tools" } }))),
        result(2, json!({ "resultType": "complete", "content": [], "_meta": {} })),
        list_changed("tools", 1),
    ];
    let (outbox, _inbox) = Outbox::channel(1);
    let server = server().concurrency(1).queue(0);
    let message = modern(1, "subscriptions/listen", json!({ "notifications": {} })).to_string();
    let listening = server.handle(message, outbox, ());
    let hours = std::time::Duration::from_secs(23 * 3600);
    assert!(tokio::time::timeout(hours, listening).await.is_err(), "it is held open");
    check(server, Way::Silent, steps).await;
}

#[tokio::test]
async fn an_older_client_is_told_once_it_is_ready() {
    let [hello_in, hello_out] = hello(1, true);
    check(
        server(),
        Way::Telling,
        vec![
            hello_in,
            hello_out,
            Do(|server| server.changes().tools()),
            Do(|server| server.changes().tools()),
            legacy(2, "ping", json!({})),
            result(2, json!({})),
            ready(),
            told("tools"),
            Do(|server| drop(server.tools().remove("turn").unwrap())),
            told("tools"),
            Do(|server| drop(server.prompts().remove("greet").unwrap())),
            told("prompts"),
            Do(|server| drop(server.resources().remove("first").unwrap())),
            told("resources"),
            Do(|server| {
                let text = |_: Map<String, Value>, _: Call| async { Ok::<_, String>("") };
                server.tools().add(Tool::from_fn("new", text)).unwrap();
                server.prompts().add(Prompt::from_fn("new", text)).unwrap();
                server.resources().add(Resource::from_fn("new:1", "new", text)).unwrap();
                server.tools().add(Tool::from_fn("new", text)).unwrap_err();
                server.tools().remove("old").unwrap_err();
            }),
            told("tools"),
            told("prompts"),
            told("resources"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_older_client_is_told_of_the_resources_that_it_named() {
    let subscribe = |id, uri| legacy(id, "resources/subscribe", json!({ "uri": uri }));
    let unsubscribe = |id, uri| legacy(id, "resources/unsubscribe", json!({ "uri": uri }));
    let [hello_in, hello_out] = hello(1, true);
    let [again_in, again_out] = hello(9, true);
    check(
        server().followed_resources(2),
        Way::Telling,
        vec![
            hello_in,
            hello_out,
            ready(),
            subscribe(2, "note://1"),
            result(2, json!({})),
            subscribe(3, "note://1"),
            result(3, json!({})),
            subscribe(4, "note:first"),
            result(4, json!({})),
            subscribe(5, "note://2"),
            refused(5, -32603),
            subscribe(6, "other://1"),
            refused(6, -32002),
            legacy(7, "resources/subscribe", json!({})),
            refused(7, -32602),
            Do(|server| server.changes().resource("note://1")),
            updated("note://1"),
            Do(|server| server.changes().resource("note://2")),
            unsubscribe(8, "note://1"),
            result(8, json!({})),
            unsubscribe(10, "other://1"),
            result(10, json!({})),
            Do(|server| server.changes().resource("note://1")),
            Do(|server| server.changes().resource("note:first")),
            updated("note:first"),
            // Whoever introduces itself anew begins anew.
            again_in,
            again_out,
            Do(|server| server.changes().resource("note:first")),
            Do(|server| server.changes().prompts()),
            subscribe(2, "note://2"),
            result(2, json!({})),
            Do(|server| server.changes().resource("note://2")),
            updated("note://2"),
            ready(),
            told("prompts"),
        ],
    )
    .await;
}

#[tokio::test]
async fn only_who_was_told_that_there_would_be_changes_is_told_of_them() {
    // Nobody tells of changes here, and nothing says otherwise.
    let [hello_in, hello_out] = hello(1, false);
    let steps = vec![
        hello_in,
        hello_out,
        ready(),
        Do(|server| server.changes().tools()),
        legacy(2, "resources/subscribe", json!({ "uri": "note://1" })),
        refused(2, -32601),
    ];
    check(server(), Way::Silent, steps).await;
    // There was no list of tools, so it was not announced.
    let info = json!({ "name": "test", "version": "0.0.0" });
    let answer = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": info });
    let steps = vec![
        legacy(1, "initialize", json!({})),
        result(1, answer),
        ready(),
        Do(|server| server.changes().tools()),
        legacy(2, "resources/subscribe", json!({ "uri": "note://1" })),
        refused(2, -32601),
    ];
    check(MiniMcp::new("test"), Way::Telling, steps).await;
    // A client of the newest revision says what it wants to hear.
    let steps = vec![
        In(modern(1, "resources/subscribe", json!({ "uri": "note://1" }))),
        refused(1, -32601),
        Do(|server| server.changes().tools()),
    ];
    check(server(), Way::Telling, steps).await;
}
