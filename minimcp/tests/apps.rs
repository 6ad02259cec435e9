//! MCP Apps: a tool with a page and the page, in each revision.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use minimcp::apps::{App, MIME_TYPE, Permission, Visibility};
use minimcp::testing::Client;
use minimcp::{Call, MiniMcp, ProtocolVersion, Resource, Tool, handlers, resource, tool};
use serde_json::{Value, json};

/// Say what time it is
#[tool(ui = "ui://clock", meta("com.example/a" = 1))]
async fn time(call: Call) -> &'static str {
    if call.shows_apps() { "see the page" } else { "a quarter past nine" }
}

/// Wind the clock
#[tool(ui = "ui://clocks/7", visible_to("app"))]
async fn wind() -> &'static str {
    "wound"
}

/// Nothing to see
#[tool]
async fn plain() -> &'static str {
    "plain"
}

/// A clock
#[resource("ui://clock")]
async fn clock() -> App {
    App::new("<title>Clock</title>")
        .connect("https://a.example")
        .connect("https://b.example")
        .resources("https://c.example")
        .frames("https://d.example")
        .base_uri("https://e.example")
        .permission(Permission::Camera)
        .permission(Permission::ClipboardWrite)
        .domain("f.example")
        .prefers_border(false)
}

/// A clock of many
#[resource("ui://clocks/{number}")]
async fn clocks(number: u8) -> String {
    format!("<title>{number}</title>")
}

/// A page at a wrong place
#[resource("page://wrong")]
async fn wrong() -> App {
    App::new("")
}

/// Asks in a revision; `capabilities` are the client's.
async fn check(
    revision: ProtocolVersion,
    capabilities: Value,
    (method, params): (&str, Value),
    (pointer, expected): (&str, Value),
) {
    let server: MiniMcp =
        MiniMcp::new("clock").handlers(handlers![time, wind, plain, clock, clocks, wrong]);
    let client = Client::new(&server, ()).revision(revision).capabilities(capabilities);
    let answer = match method {
        "introduce" => client.introduce().await,
        _ => client.request(method, params).await,
    };
    let judged = match method {
        "introduce" if revision.is_modern() => "server/discover",
        "introduce" => "initialize",
        method => method,
    };
    match &answer {
        Ok(result) => judge::result(revision.as_str(), judged, result),
        Err(error) => {
            judge::error(revision.as_str(), error.code, &error.message, &error.data);
        }
    }
    let answer = answer.unwrap_or_else(|error| json!({ "error": error.message }));
    let found = answer.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(found, expected, "{revision} {method}: {answer}");
}

#[tokio::test]
async fn pages_are_announced_linked_and_read_in_every_revision() {
    let linked = json!({ "ui": { "resourceUri": "ui://clock" }, "com.example/a": 1 });
    let hidden = json!({ "ui": { "resourceUri": "ui://clocks/7", "visibility": ["app"] } });
    let page = json!([{
        "uri": "ui://clock",
        "mimeType": MIME_TYPE,
        "text": "<title>Clock</title>",
        "_meta": { "ui": {
            "csp": {
                "connectDomains": ["https://a.example", "https://b.example"],
                "resourceDomains": ["https://c.example"],
                "frameDomains": ["https://d.example"],
                "baseUriDomains": ["https://e.example"],
            },
            "permissions": { "camera": {}, "clipboardWrite": {} },
            "domain": "f.example",
            "prefersBorder": false,
        } },
    }]);
    let plain =
        json!([{ "uri": "ui://clocks/7", "mimeType": MIME_TYPE, "text": "<title>7</title>" }]);
    let read = |uri: &str| ("resources/read", json!({ "uri": uri }));
    for revision in ProtocolVersion::ALL {
        for (request, expected) in [
            (
                ("introduce", json!({})),
                ("/capabilities/extensions/io.modelcontextprotocol~1ui", json!({})),
            ),
            (("tools/list", json!({})), ("/tools/0/_meta", linked.clone())),
            (("tools/list", json!({})), ("/tools/1/_meta", hidden.clone())),
            (("tools/list", json!({})), ("/tools/2/_meta", Value::Null)),
            (("resources/list", json!({})), ("/resources/0/mimeType", json!(MIME_TYPE))),
            (read("ui://clock"), ("/contents", page.clone())),
            (read("ui://clocks/7"), ("/contents", plain.clone())),
            (read("page://wrong"), ("/error", json!("internal error"))),
        ] {
            check(revision, json!({}), request, expected).await;
        }
    }
}

#[tokio::test]
async fn a_tool_knows_whether_its_page_is_seen() {
    let of = |settings: Value| json!({ "extensions": { "io.modelcontextprotocol/ui": settings } });
    for revision in ProtocolVersion::ALL {
        for (capabilities, text) in [
            (of(json!({ "mimeTypes": [MIME_TYPE] })), "see the page"),
            (of(json!({ "mimeTypes": ["text/x", MIME_TYPE] })), "see the page"),
            (of(json!({ "mimeTypes": ["text/html"] })), "a quarter past nine"),
            (of(json!({})), "a quarter past nine"),
            (json!({ "extensions": {} }), "a quarter past nine"),
            (json!({}), "a quarter past nine"),
        ] {
            let request = ("tools/call", json!({ "name": "time" }));
            check(revision, capabilities, request, ("/content/0/text", json!(text))).await;
        }
    }
}

#[test]
fn a_page_that_is_not_there_is_found_when_the_server_is_used() {
    fn check(server: MiniMcp, message: &str) {
        let uses: &[fn(MiniMcp)] = &[
            |server| drop(minimcp::Connection::new(server)),
            #[cfg(feature = "http")]
            |server| drop(minimcp::http::Endpoint::streamable(server)),
        ];
        for put_to_use in uses {
            let put_to_use = std::panic::AssertUnwindSafe(|| put_to_use(server.clone()));
            let found =
                *std::panic::catch_unwind(put_to_use).unwrap_err().downcast::<String>().unwrap();
            assert!(found.contains(message), "{found}");
        }
    }
    let server = || MiniMcp::new("clock").handlers(handlers![time]);
    check(
        server(),
        "the tool `time` has the page `ui://clock`, and no resource has that URI: write `#[resource(\"ui://clock\")]`",
    );
    let other = server();
    other.resources().add(Resource::of::<clock>().mime_type("text/html")).unwrap();
    check(other, "declares another media type: leave `mime_type` out");
    let whole: MiniMcp = server().handlers(handlers![clock]);
    drop(minimcp::Connection::new(whole.clone()));
    // What is taken away later is a matter of those who do it.
    whole.resources().remove("clock").unwrap();
    drop(minimcp::Connection::new(whole));
}

#[test]
fn a_tool_at_run_time_has_a_page_too() {
    let tool =
        Tool::<()>::of::<plain>().visible_to(Visibility::Model).visible_to(Visibility::Model);
    assert_eq!(tool.to_json()["_meta"], json!({ "ui": { "visibility": ["model"] } }));
    let tool = tool.ui("ui://clock");
    let both = json!({ "ui": { "resourceUri": "ui://clock", "visibility": ["model"] } });
    assert_eq!(tool.to_json()["_meta"], both);
    let panic = std::panic::catch_unwind(|| drop(Tool::<()>::of::<plain>().ui("https://a")));
    let message = *panic.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("begins with `ui://`"), "{message}");
}
