//! Subscriptions to changes over HTTP: the answer is a stream from its first event to its last.

use std::time::Duration;

use minimcp::MiniMcp;
use minimcp::http::Endpoint;
use tokio::time::sleep;

use crate::{check, modern, parse, server};

/// A request to listen under an id, with its headers.
fn listen(id: &str, filter: &str) -> String {
    let request =
        modern("subscriptions/listen", None, &format!(r#""notifications":{{{filter}}},"#));
    request.replace(r#""id":1"#, &format!(r#""id":{id}"#))
}

fn event(message: &str) -> String {
    format!("event: message\ndata: {message}\n\n")
}

fn tag(id: &str) -> String {
    format!(r#""_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}}"#)
}

fn acknowledged(id: &str, filter: &str) -> String {
    let tag = tag(id);
    event(&format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"notifications":{{{filter}}},{tag}}}}}"#
    ))
}

fn tools_changed(id: &str) -> String {
    let tag = tag(id);
    event(&format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{{{tag}}}}}"#
    ))
}

fn updated(uri: &str, id: &str) -> String {
    let tag = tag(id);
    event(&format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{{"uri":"{uri}",{tag}}}}}"#
    ))
}

fn complete(id: &str) -> String {
    event(&format!(
        r#"{{"jsonrpc":"2.0","id":{id},"result":{{"resultType":"complete","_meta":{{…,"io.modelcontextprotocol/subscriptionId":{id}}}}}}}"#
    ))
}

/// Does one thing after the other, each a second after what came before, and ends the subscriptions.
async fn act(server: &MiniMcp, acts: &[fn(&MiniMcp)]) {
    for act in acts {
        sleep(Duration::from_secs(1)).await;
        act(server);
    }
    sleep(Duration::from_secs(1)).await;
    server.end_subscriptions();
}

#[tokio::test(start_paused = true)]
async fn every_listener_gets_its_copy_under_its_own_id() {
    let server = server();
    let endpoint = Endpoint::streamable(server.clone());
    let filter = r#""toolsListChanged":true"#;
    let hear = async |id| {
        let frames = [acknowledged(id, filter), tools_changed(id), tools_changed(id), complete(id)];
        let expected = format!("200 text/event-stream\n{}", frames.join("‖"));
        check(&endpoint, &listen(id, filter), &expected).await;
    };
    tokio::join!(
        hear("0"),
        hear("\"a\""),
        hear("9007199254740993"),
        act(
            &server,
            &[
                |server| drop(server.tools().remove("quick").unwrap()),
                |server| server.changes().prompts(),
                |server| server.changes().tools(),
            ]
        ),
    );
}

#[tokio::test(start_paused = true)]
async fn a_listener_hears_of_the_resources_that_it_named() {
    let server = server();
    let endpoint = Endpoint::streamable(server.clone());
    let filter = r#""resourceSubscriptions":["note://a"]"#;
    let frames = [
        acknowledged("1", filter),
        updated("note://a", "1"),
        // Two that were told at once.
        updated("note://a", "1"),
        complete("1"),
    ];
    let listen = listen("1", r#""resourceSubscriptions":["note://a","other://a"]"#);
    let expected = format!("200 text/event-stream\n{}", frames.join("‖"));
    tokio::join!(
        check(&endpoint, &listen, &expected),
        act(
            &server,
            &[
                |server| server.changes().resource("note://a"),
                |server| server.changes().resource("note://b"),
                |server| {
                    server.changes().resource("note://a");
                    server.changes().resource("note://a");
                },
            ]
        ),
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_subscription_is_kept_alive_and_nothing_else_ends_it() {
    let server = server().idle_timeout(Duration::from_secs(1));
    let endpoint = Endpoint::streamable(server.clone());
    let expected =
        format!("200 text/event-stream\n{}‖:\n\n‖:\n\n‖{}", acknowledged("1", ""), complete("1"));
    let listen = listen("1", "");
    tokio::join!(check(&endpoint, &listen, &expected), async {
        sleep(Duration::from_secs(40)).await;
        server.end_subscriptions();
    });
    // One that begins later ends at once.
    let expected = format!("200 text/event-stream\n{}{}", acknowledged("1", ""), complete("1"));
    check(&endpoint, &listen, &expected).await;
}

#[tokio::test]
async fn a_subscription_is_a_stream_or_nothing() {
    let endpoint = Endpoint::streamable(server());
    check(
        &endpoint,
        &format!("accept: application/json\n{}", listen("7", "")),
        r#"406 application/json…"id":7,"error":{"code":-32600…"#,
    )
    .await;
    check(
        &endpoint,
        &modern("subscriptions/listen", None, ""),
        r#"200 application/json…"error":{"code":-32602…"#,
    )
    .await;
    check(
        &Endpoint::streamable(server().subscription_limit(0)),
        &listen("1", ""),
        r#"200 application/json…"error":{"code":-32603,"message":"there are too many subscriptions; try again later"}}"#,
    )
    .await;
    // An endpoint that never streams has no subscriptions, and says so.
    let json = Endpoint::json(server());
    check(&json, &listen("1", ""), r#"404 application/json…"error":{"code":-32601…"#).await;
    let discover = modern("server/discover", None, "");
    check(&json, &discover, r#"200 …"tools":{"listChanged":false}…"subscribe":false…"#).await;
    check(&endpoint, &discover, r#"200 …"tools":{"listChanged":true}…"subscribe":true…"#).await;
    // Nobody can be told of anything between two requests of an older revision.
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
    check(&endpoint, &format!("\n\n{hello}"), r#"200 …"subscribe":false…"#).await;
    let subscribe =
        r#"{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"note://a"}}"#;
    check(&endpoint, &format!("\n\n{subscribe}"), r#"200 …"error":{"code":-32601…"#).await;
}

#[tokio::test]
async fn who_drops_the_body_frees_the_place() {
    use crate::Answers as _;

    let endpoint = Endpoint::streamable(server().subscription_limit(1));
    let response = endpoint.answer(parse(&listen("1", ""))).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let full = r#"200 application/json…"error":{"code":-32603…"#;
    check(&endpoint, &listen("2", ""), full).await;
    drop(response);
    let response = endpoint.answer(parse(&listen("3", ""))).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
}
