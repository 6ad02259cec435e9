//! Lists in pages: what a client that follows the cursors gets, and how long it may keep it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::time::Duration;

use minimcp::testing::{Client, RpcError};
use minimcp::{CacheScope, Call, MiniMcp, Prompt, ProtocolVersion, Resource, Tool, resource};
use serde_json::{Value, json};

const LISTS: [(&str, &str); 4] = [
    ("tools/list", "tools"),
    ("prompts/list", "prompts"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
];

type Arguments = BTreeMap<String, String>;

fn server() -> MiniMcp {
    let server = MiniMcp::new("pages");
    for name in ["a", "b", "c", "d", "e"] {
        add(&server, name);
    }
    server
}

/// Adds one of each kind.
fn add(server: &MiniMcp, name: &str) {
    let answer = |_: Arguments, _: Call| async { Ok::<_, String>("") };
    server.tools().add(Tool::from_fn(name, answer)).unwrap();
    server.prompts().add(Prompt::from_fn(name, answer)).unwrap();
    for (uri, name) in [("x:", name.to_owned()), ("y:{v}", format!("{name}_template"))] {
        let uri = uri.replace(':', &format!("://{name}/"));
        server.resources().add(Resource::from_fn(&uri, &name, answer)).unwrap();
    }
}

/// Asks, and has the answer judged.
async fn ask(
    client: &Client<()>,
    revision: ProtocolVersion,
    method: &str,
    params: Value,
) -> Result<Value, RpcError> {
    let answer = client.request(method, params).await;
    match &answer {
        Ok(result) => judge::result(revision.as_str(), method, result),
        Err(error) => judge::error(revision.as_str(), error.code, &error.message, &error.data),
    }
    answer
}

async fn page(
    server: &MiniMcp,
    revision: ProtocolVersion,
    list: (&str, &str),
    cursor: &Value,
) -> Result<(String, Value), RpcError> {
    let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
    let client = Client::new(server, ()).revision(revision);
    let result = ask(&client, revision, list.0, params).await?;
    let names = result[list.1].as_array().unwrap().iter();
    let names = names.map(|entry| &entry["name"].as_str().unwrap()[..1]).collect();
    assert_ne!(result.get("nextCursor"), Some(&Value::Null));
    assert_ne!(result.get("nextCursor"), Some(&json!("")));
    Ok((names, result["nextCursor"].clone()))
}

/// Reads each list to its end, in each revision, and compares the pages; `meanwhile` is done after the first of them.
async fn check(size: Option<usize>, meanwhile: impl Fn(&MiniMcp), expected: &str) {
    for revision in ProtocolVersion::ALL {
        for list in LISTS {
            let server = server().page_size(size);
            let (mut pages, mut cursor) =
                page(&server, revision, list, &Value::Null).await.unwrap();
            meanwhile(&server);
            while !cursor.is_null() {
                let (names, next) = match page(&server, revision, list, &cursor).await {
                    Ok(page) => page,
                    Err(error) => (error.code.to_string(), Value::Null),
                };
                pages = format!("{pages} {names}");
                cursor = next;
            }
            assert_eq!(pages, expected, "{revision} {list:?}");
        }
    }
}

#[tokio::test]
async fn pages_have_so_many_entries() {
    for (size, expected) in [
        (None, "abcde"),
        (Some(5), "abcde"),
        (Some(6), "abcde"),
        (Some(usize::MAX), "abcde"),
        (Some(4), "abcd e"),
        (Some(2), "ab cd e"),
        (Some(1), "a b c d e"),
        (Some(0), "a b c d e"),
    ] {
        check(size, |_| (), expected).await;
    }
}

#[tokio::test]
async fn a_change_meanwhile_shifts_no_page() {
    check(Some(2), |server| add(server, "f"), "ab cd ef").await;
    let remove = |name: &'static str| {
        move |server: &MiniMcp| {
            server.tools().remove(name).unwrap();
            server.prompts().remove(name).unwrap();
            server.resources().remove(name).unwrap();
            server.resources().remove(&format!("{name}_template")).unwrap();
        }
    };
    check(Some(2), remove("a"), "ab cd e").await;
    check(Some(2), remove("c"), "ab de").await;
    // The entry that the cursor names is gone, and where to go on cannot be known.
    check(Some(2), remove("b"), "ab -32602").await;
}

#[tokio::test]
async fn a_cursor_is_the_same_on_any_instance_and_of_one_list() {
    let revision = ProtocolVersion::LATEST;
    let (one, other) = (server().page_size(2), server().page_size(3));
    for list in LISTS {
        let (_, cursor) = page(&one, revision, list, &Value::Null).await.unwrap();
        assert_eq!(page(&other, revision, list, &cursor).await.unwrap().0, "cde");
        assert_eq!(page(&server(), revision, list, &cursor).await.unwrap().0, "cde");
        for another in LISTS.into_iter().filter(|another| *another != list) {
            assert_eq!(page(&one, revision, another, &cursor).await.unwrap_err().code, -32602);
        }
        for cursor in [json!(""), json!("x"), json!(5), json!({})] {
            assert_eq!(page(&one, revision, list, &cursor).await.unwrap_err().code, -32602);
        }
    }
}

#[tokio::test]
async fn the_client_for_tests_follows_the_cursors() {
    let (server, whole) = (server().page_size(2), server());
    let (client, expected) = (Client::new(&server, ()), Client::new(&whole, ()));
    assert_eq!(client.list_tools().await, expected.list_tools().await);
    assert_eq!(client.list_tools().await.unwrap().len(), 5);
}

#[tokio::test]
async fn every_page_has_the_hints_of_the_server() {
    let minute = Duration::from_secs(60);
    let hinted = server().page_size(3).list_ttl(minute).cache_scope(CacheScope::Public);
    for (server, ttl, scope) in [(server().page_size(3), 0, "private"), (hinted, 60_000, "public")]
    {
        let (client, latest) = (Client::new(&server, ()), ProtocolVersion::LATEST);
        let hints = |result: &Value| (result["ttlMs"].clone(), result["cacheScope"].clone());
        let expected = (json!(ttl), json!(scope));
        assert_eq!(
            hints(&ask(&client, latest, "server/discover", json!({})).await.unwrap()),
            expected
        );
        for (method, _) in LISTS {
            let first = ask(&client, latest, method, json!({})).await.unwrap();
            let second = json!({ "cursor": first["nextCursor"] });
            let second = ask(&client, latest, method, second).await.unwrap();
            assert_eq!((hints(&first), hints(&second)), (expected.clone(), expected.clone()));
        }
        // What a resource says is its own matter.
        let read =
            ask(&client, latest, "resources/read", json!({ "uri": "x://a/" })).await.unwrap();
        assert_eq!(hints(&read), (json!(0), json!("private")));
    }
}

/// Something that is the same for everybody
#[resource("z://declared", ttl = "5s", public)]
async fn declared() -> &'static str {
    ""
}

#[tokio::test]
async fn a_resource_has_hints_of_its_own() {
    let server = server();
    let answer = |_: Arguments, _: Call| async { Ok::<_, String>("") };
    let kept = Resource::from_fn("z://kept", "kept", answer);
    let kept = kept.ttl(Duration::from_secs(5)).cache_scope(CacheScope::Public);
    server.resources().add(kept).unwrap();
    server.resources().add(Resource::of::<declared>()).unwrap();
    let uris = ["z://kept", "z://declared"];
    for (revision, uri) in
        ProtocolVersion::ALL.into_iter().flat_map(|one| uris.map(|uri| (one, uri)))
    {
        let client = Client::new(&server, ()).revision(revision);
        let read = ask(&client, revision, "resources/read", json!({ "uri": uri })).await.unwrap();
        let expected = match revision.is_modern() {
            true => [json!(5000), json!("public")],
            false => [Value::Null, Value::Null],
        };
        assert_eq!([read["ttlMs"].clone(), read["cacheScope"].clone()], expected, "{revision}");
    }
}
