//! Resources and templates: registered, listed, found, read, removed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use minimcp::{Blob, Call, Error, MiniMcp, Resource, ResourceContents, handlers, resource};
use serde_json::{Value, json};

use crate::wire::{ALL, LEGACY, MODERN, assert_matches, check, error};

/// The motto
#[resource("app://motto")]
async fn motto() -> &'static str {
    "Übung macht den Meister ✓"
}

/// The logo
#[resource(
    "app://logo",
    name = "emblem",
    title = "Emblem",
    description = "The emblem",
    mime_type = "image/png",
    priority = 0.5,
    audience("user"),
    meta("com.example/x" = 1)
)]
async fn logo() -> Vec<u8> {
    vec![0x89, b'P', b'N', b'G']
}

#[resource("app://size", blocking)]
fn size() -> BTreeMap<String, u32> {
    BTreeMap::from([("width".into(), 3)])
}

/// Raw bytes
#[resource("app://raw")]
async fn raw() -> Blob {
    Blob::new(vec![0, 255])
}

/// Bytes with a type of their own
#[resource("app://own", mime_type = "text/plain")]
async fn own() -> Vec<ResourceContents> {
    vec![
        ResourceContents::text("app://own", "a"),
        ResourceContents::blob("app://own/2", vec![1, 2, 3]).mime_type("image/png"),
    ]
}

/// A text file of a user
#[resource("docs://{user}/{name}.{extension}", mime_type = "text/markdown", title = "Docs")]
async fn document(user: &str, name: &str, extension: &str) -> String {
    format!("{user}|{name}|{extension}")
}

/// A page of a list
#[resource("list://{count}")]
async fn list(#[arg(default = 3)] count: u32) -> String {
    format!("{count} entries")
}

/// One greeting
#[resource("greet://{who}")]
async fn greeting(who: &str) -> String {
    format!("Hello {who}")
}

/// The greeting of one
#[resource("greet://ada")]
async fn greeting_of_ada() -> &'static str {
    "Hello, Countess"
}

/// Fail
#[resource("fail://{kind}")]
async fn fail(kind: &str) -> Result<String, Error> {
    Err(match kind {
        "text" => Error::tool("disk full"),
        "not-found" => Error::not_found("no such page"),
        _ => Error::internal("password=x"),
    })
}

/// Fail on a thread of its own
#[resource("broken://disk", blocking)]
fn broken() -> Result<String, std::num::ParseIntError> {
    "x".parse::<i32>().map(|number| number.to_string())
}

fn server() -> MiniMcp {
    MiniMcp::new("test").handlers(handlers![
        motto,
        logo,
        size,
        raw,
        own,
        document,
        list,
        greeting,
        greeting_of_ada,
        fail,
        broken,
    ])
}

fn listed(name: &str) -> Value {
    let server = server();
    let mut all = server.resources().list();
    all.extend(server.resources().list_templates());
    all.iter().find(|resource| resource.resource_name() == name).unwrap().to_json()
}

async fn check_read(uri: &str, expected: Value) {
    check(&server(), ALL, "resources/read", json!({ "uri": uri }), expected).await;
}

/// The pattern of one content.
fn content(content: Value) -> Value {
    json!({ "result": { "contents": [content] } })
}

async fn check_not_found(server: &MiniMcp, uri: &str) {
    let mut expected = error(-32002, "not found");
    expected["error"]["data"] = json!({ "uri": uri });
    check(server, LEGACY, "resources/read", json!({ "uri": uri }), expected.clone()).await;
    expected["error"]["code"] = json!(-32602);
    check(server, MODERN, "resources/read", json!({ "uri": uri }), expected).await;
}

#[test]
fn r2_r25_a_resource_is_listed_with_what_was_said_of_it() {
    let motto = json!({ "uri": "app://motto", "name": "motto", "description": "The motto" });
    assert_eq!(listed("motto"), motto);
    assert_eq!(listed("size"), json!({ "uri": "app://size", "name": "size" }));
    assert_eq!(
        listed("emblem"),
        json!({
            "uri": "app://logo", "name": "emblem", "title": "Emblem", "description": "The emblem",
            "mimeType": "image/png", "annotations": { "audience": ["user"], "priority": 0.5 },
            "_meta": { "com.example/x": 1 },
        })
    );
    let at_run_time = Resource::<()>::of::<motto>()
        .name("words")
        .title("Words")
        .description("Says it")
        .mime_type("text/x")
        .size(3)
        .last_modified("2026-01-31T12:00:00Z");
    assert_matches(
        &at_run_time.to_json(),
        &json!({
            "uri": "app://motto", "name": "words", "title": "Words", "description": "Says it",
            "mimeType": "text/x", "size": 3, "annotations": { "lastModified": "2026-01-31T12:00:00Z" },
        }),
        "the options at run time",
    );
}

#[tokio::test]
async fn r3_g10_a_uri_is_listed_and_read_as_it_was_registered() {
    let server: MiniMcp = MiniMcp::new("test");
    let uris = [
        "file://test.txt",
        "https://example.com",
        "HTTP://Example.com/%7Ea",
        "x:y",
        "docs://समाचार",
    ];
    for uri in uris {
        let read = |_: Value, _: Call| async { Ok::<_, String>("here") };
        server.resources().add(Resource::from_fn(uri, uri, read)).unwrap();
    }
    let list = json!({ "result": { "resources": uris.map(|uri| json!({ "uri": uri })) } });
    check(&server, ALL, "resources/list", json!({}), list).await;
    for uri in uris {
        let expected = content(json!({ "uri": uri, "text": "here" }));
        check(&server, ALL, "resources/read", json!({ "uri": uri }), expected).await;
    }
    check_not_found(&server, "file://test.txt/").await;
}

#[tokio::test]
async fn r4_r11_templates_and_resources_have_lists_of_their_own() {
    let resources = ["motto", "emblem", "size", "raw", "own", "greeting_of_ada", "broken"];
    let templates = [
        ("document", "docs://{user}/{name}.{extension}"),
        ("list", "list://{count}"),
        ("greeting", "greet://{who}"),
        ("fail", "fail://{kind}"),
    ];
    let resources = resources.map(|name| json!({ "name": name, "uriTemplate": null }));
    let templates =
        templates.map(|(name, uri)| json!({ "name": name, "uriTemplate": uri, "uri": null }));
    let expected = json!({ "result": { "resources": resources } });
    check(&server(), ALL, "resources/list", json!({}), expected).await;
    let expected = json!({ "result": { "resourceTemplates": templates } });
    check(&server(), ALL, "resources/templates/list", json!({}), expected).await;
    let empty = MiniMcp::new("empty");
    let none = json!({ "result": { "resources": [] } });
    check(&empty, LEGACY, "resources/list", json!({}), none).await;
    let none = json!({ "result": { "resourceTemplates": [] } });
    check(&empty, LEGACY, "resources/templates/list", json!({}), none).await;
}

#[test]
fn r5_a_uri_that_is_none_is_refused() {
    for uri in ["", "  ", "no scheme", "noscheme", "a://{", "a://{x}{y}", "a://{x}/{x}"] {
        let read = |_: Value, _: Call| async { Ok::<_, String>("here") };
        let made = AssertUnwindSafe(|| Resource::<()>::from_fn(uri, "x", read));
        assert!(catch_unwind(made).is_err(), "{uri}");
    }
}

#[test]
fn r6_names_uris_and_templates_are_registered_once() {
    let server = server();
    for (uri, name, clash) in [
        ("app://other", "motto", "motto"),
        ("app://{other}", "motto", "motto"),
        ("app://motto", "other", "app://motto"),
        ("greet://{who}", "other", "greet://{who}"),
        ("greet://{someone}", "other", "greet://{someone}"),
    ] {
        let read = |_: Value, _: Call| async { Ok::<_, String>("here") };
        let error = server.resources().add(Resource::from_fn(uri, name, read)).unwrap_err();
        assert_eq!(error.to_string(), format!("resource {clash} already registered"));
    }
}

#[tokio::test]
async fn r9_r12_resources_are_read_and_say_their_type() {
    let read = json!({ "uri": "app://motto", "text": "Übung macht den Meister ✓", "mimeType": "text/plain", "blob": null });
    check_read("app://motto", content(read)).await;
    let closure = |_: Value, _: Call| async { Ok::<_, String>("closed") };
    let server = server();
    let made = Resource::from_fn("app://closure", "closure", closure).mime_type("text/x");
    server.resources().add(made).unwrap();
    let expected = content(json!({ "text": "closed", "mimeType": "text/x" }));
    check(&server, ALL, "resources/read", json!({ "uri": "app://closure" }), expected).await;
}

#[tokio::test]
async fn r13_values_of_a_template_reach_the_handler() {
    for (uri, text) in [
        ("docs://ada/notes.md", "ada|notes|md"),
        ("docs://ada/a.b.c", "ada|a.b|c"),
        ("docs://x y/a.b", "x y|a|b"),
    ] {
        check_read(uri, content(json!({ "uri": uri, "text": text, "mimeType": "text/markdown" })))
            .await;
    }
}

#[tokio::test]
async fn r14_bytes_travel_as_base64() {
    let logo =
        json!({ "uri": "app://logo", "blob": "iVBORw==", "mimeType": "image/png", "text": null });
    check_read("app://logo", content(logo)).await;
    let raw = json!({ "blob": "AP8=", "mimeType": "application/octet-stream" });
    check_read("app://raw", content(raw)).await;
    let read = server().resources().read("app://logo", ()).await.unwrap();
    assert_eq!(read[0].as_blob().unwrap().as_ref(), b"\x89PNG");
}

#[tokio::test]
async fn r15_values_become_json_and_texts_stay_texts() {
    let size = json!({ "text": "{\"width\":3}", "mimeType": "application/json" });
    check_read("app://size", content(size)).await;
    let own = json!({ "result": { "contents": [
        { "uri": "app://own", "text": "a", "mimeType": "text/plain" },
        { "uri": "app://own/2", "blob": "AQID", "mimeType": "image/png" },
    ] } });
    check_read("app://own", own).await;
}

#[tokio::test]
async fn r16_r20_r21_a_uri_without_resource_is_not_found() {
    for uri in [
        "nowhere://x",
        "",
        "app://motto/",
        "app://mott",
        "docs://ada",
        "docs://ada/",
        "docs://ada/notes",
        "docs://ada/.md",
        "docs://ada/notes.",
        "docs://a/b/notes.md",
        "greet://",
        "greet://a/b",
        "GREET://a",
    ] {
        check_not_found(&server(), uri).await;
    }
    let error = server().resources().read("nowhere://x", ()).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "Resource not found");
}

#[tokio::test]
async fn r17_resources_are_read_by_name_too() {
    let server = server();
    let resources = server.resources();
    for (name, variables, uri, text) in [
        ("motto", Value::Null, "app://motto", "Übung macht den Meister ✓"),
        ("list", json!({ "count": "10" }), "list://10", "10 entries"),
        ("list", json!({ "count": 10 }), "list://10", "10 entries"),
        (
            "document",
            json!({ "user": "a", "name": "b", "extension": "c" }),
            "docs://a/b.c",
            "a|b|c",
        ),
    ] {
        let contents = resources.read_by_name(name, variables, ()).await.unwrap();
        assert_eq!((contents[0].uri(), contents[0].as_text()), (uri, Some(text)));
    }
    let error = resources.read_by_name("nonsense", Value::Null, ()).await.unwrap_err();
    assert_eq!(error.to_string(), "Resource nonsense not found");
    let error = resources.read_by_name("document", json!({ "user": "a" }), ()).await.unwrap_err();
    assert!(error.is_invalid_params() && error.to_string().contains("name"), "{error}");
}

#[tokio::test]
async fn r18_a_failure_says_which_resource_failed() {
    check_read("fail://text", error(-32603, "Error reading resource fail: disk full")).await;
    check_read("fail://other", error(-32603, "internal error")).await;
    check_read("broken://disk", error(-32603, "Error reading resource broken: invalid digit"))
        .await;
    let failed = server().resources().read("broken://disk", ()).await.unwrap_err();
    assert!(failed.downcast_ref::<std::num::ParseIntError>().is_some());
    let params = json!({ "uri": "fail://not-found" });
    check(&server(), LEGACY, "resources/read", params.clone(), error(-32002, "no such page")).await;
    check(&server(), MODERN, "resources/read", params, error(-32602, "no such page")).await;
}

#[tokio::test]
async fn r19_values_of_a_template_have_types_and_may_have_defaults() {
    check_read("list://42", content(json!({ "text": "42 entries" }))).await;
    for uri in ["list://x", "list://-1", "list://4.2"] {
        check_read(uri, error(-32602, "`count`")).await;
    }
}

#[tokio::test]
async fn r22_the_very_uri_comes_before_templates() {
    check_read("greet://ada", content(json!({ "text": "Hello, Countess" }))).await;
    check_read("greet://bob", content(json!({ "text": "Hello bob" }))).await;
}

#[test]
fn r23_attributes_take_a_uri_alone_or_with_options() {
    assert_eq!(listed("motto")["uri"], "app://motto");
    assert_eq!(listed("document")["title"], "Docs");
}

#[tokio::test]
async fn r24_g13_any_script_in_contents_and_values() {
    for uri in ["greet://समाचार", "greet://%E0%A4%B8%E0%A4%AE%E0%A4%BE%E0%A4%9A%E0%A4%BE%E0%A4%B0"]
    {
        check_read(uri, content(json!({ "uri": uri, "text": "Hello समाचार" }))).await;
    }
    let contents =
        server().resources().read_by_name("greeting", json!({ "who": "समाचार" }), ()).await;
    assert_eq!(contents.unwrap()[0].as_text(), Some("Hello समाचार"));
}

#[tokio::test]
async fn r10_r27_resources_come_and_go() {
    let server: MiniMcp = MiniMcp::new("test");
    let resources = server.resources();
    assert!(resources.list().is_empty() && resources.list_templates().is_empty());
    resources.add(Resource::of::<motto>()).unwrap();
    resources.add(Resource::of::<greeting>()).unwrap();
    for (uri, text) in [("app://motto", "Übung macht den Meister ✓"), ("greet://x", "Hello x")] {
        let expected = content(json!({ "text": text }));
        check(&server, ALL, "resources/read", json!({ "uri": uri }), expected).await;
    }
    assert_eq!(resources.remove("motto").unwrap().uri(), "app://motto");
    check_not_found(&server, "app://motto").await;
    assert_eq!(resources.remove("motto").unwrap_err().to_string(), "Unknown resource: motto");
    assert!(resources.remove("greeting").unwrap().is_template());
    assert!(resources.list_templates().is_empty());
    let gone = resources.read("greet://x", ()).await.unwrap_err();
    assert!(gone.is_not_found());
    resources.add(Resource::of::<motto>()).unwrap();
}
