//! The MCP server as two clients see it, without HTTP.

use issue_tracker::accounts::User;
use issue_tracker::db::Db;
use issue_tracker::issue::{Issue, Page};
use issue_tracker::server::{Session, server};
use minimcp::ProtocolVersion;
use minimcp::testing::Client;
use serde_json::{Value, json};

type Tested = Result<(), Box<dyn std::error::Error>>;

/// Two users of one database.
fn alice_and_bob() -> Result<(Client<Session>, Client<Session>), rusqlite::Error> {
    let (server, db) = (server(), Db::in_memory()?);
    let client = |name: &str| {
        let user = User { name: name.into() };
        Client::new(&server, Session { user, db: db.clone() })
    };
    Ok((client("alice"), client("bob")))
}

/// Asks for something as text in each revision, and has the answer judged.
async fn judged(user: &str, db: &Db, method: &str, params: &Value) {
    for revision in ProtocolVersion::ALL {
        let session = Session { user: User { name: user.into() }, db: db.clone() };
        let client = Client::new(&server(), session).revision(revision);
        match client.request(method, params.clone()).await {
            Ok(result) => judge::result(revision.as_str(), method, &result),
            Err(error) => judge::error(revision.as_str(), error.code, &error.message, &error.data),
        }
    }
}

#[tokio::test]
async fn all_that_is_said_is_of_its_revision() -> Tested {
    let db = Db::in_memory()?;
    let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
    for (method, params) in [
        ("tools/list", json!({})),
        ("prompts/list", json!({})),
        ("resources/templates/list", json!({})),
        ("tools/call", call("create_issue", json!({ "title": "It leaks" }))),
        ("tools/call", call("create_issue", json!({}))),
        ("tools/call", call("read_issue", json!({ "id": 1 }))),
        ("tools/call", call("list_issues", json!({}))),
        ("resources/read", json!({ "uri": "issues://1" })),
        ("resources/read", json!({ "uri": "issues://99" })),
        ("prompts/get", call("triage", json!({ "id": "1" }))),
        ("prompts/get", call("triage", json!({ "id": "99" }))),
        ("tools/call", call("delete_issue", json!({ "id": 1 }))),
    ] {
        judged("alice", &db, method, &params).await;
    }
    Ok(())
}

#[tokio::test]
async fn what_one_creates_another_reads_and_may_not_delete() -> Tested {
    let (alice, bob) = alice_and_bob()?;
    let arguments = json!({ "title": "It leaks", "description": "From the *top*." });
    let created: Issue = alice.call_tool("create_issue", arguments).await?.structured_as()?;
    assert_eq!((created.title.as_str(), created.owner.as_str()), ("It leaks", "alice"));
    let id = json!({ "id": created.id });

    let read = bob.call_tool("read_issue", &id).await?;
    assert_eq!(read.structured_as::<Issue>()?, created);
    assert_eq!(serde_json::from_str::<Issue>(&read.to_text())?, created);

    let refused = bob.call_tool("delete_issue", &id).await?;
    assert!(refused.is_error());
    assert_eq!(refused.to_text(), "issue 1 belongs to alice, who alone may delete it");

    let deleted = alice.call_tool("delete_issue", &id).await?;
    assert_eq!(deleted.structured_as::<Issue>()?, created);
    let gone = bob.call_tool("read_issue", &id).await?;
    assert!(gone.is_error());
    assert_eq!(gone.to_text(), "there is no issue 1");
    Ok(())
}

#[tokio::test]
async fn lists_are_bounded_and_lead_to_the_next() -> Tested {
    let (alice, bob) = alice_and_bob()?;
    for number in 0..25 {
        alice.call_tool("create_issue", json!({ "title": format!("{number}") })).await?;
    }
    let first: Page = bob.call_tool("list_issues", json!({})).await?.structured_as()?;
    assert_eq!((first.issues.len(), first.older), (20, Some(6)));
    let next = json!({ "before": first.older, "limit": 100 });
    let second: Page = bob.call_tool("list_issues", next).await?.structured_as()?;
    assert_eq!((second.issues.len(), second.older), (5, None));
    Ok(())
}

#[tokio::test]
async fn arguments_out_of_bounds_do_not_reach_the_database() -> Tested {
    let (alice, _) = alice_and_bob()?;
    for (tool, arguments, problem) in [
        ("create_issue", json!({ "title": "" }), "title"),
        ("create_issue", json!({ "title": "x".repeat(121) }), "title"),
        ("create_issue", json!({ "title": "x", "description": "x".repeat(10_001) }), "description"),
        ("create_issue", json!({}), "title"),
        ("create_issue", json!({ "title": " \t" }), "the title is blank"),
        ("list_issues", json!({ "limit": 0 }), "limit"),
        ("list_issues", json!({ "limit": 101 }), "limit"),
        ("read_issue", json!({ "id": "one" }), "id"),
    ] {
        let result = alice.call_tool(tool, &arguments).await?;
        let text = result.to_text();
        assert!(result.is_error() && text.contains(problem), "{tool} {arguments}: {text}");
    }
    let page: Page = alice.call_tool("list_issues", json!({})).await?.structured_as()?;
    assert_eq!(page, Page { issues: Vec::new(), older: None });
    Ok(())
}

#[tokio::test]
async fn clients_see_rules_and_results_in_the_schemas() -> Tested {
    let (alice, _) = alice_and_bob()?;
    let tools = alice.list_tools().await?;
    let names: Vec<_> = tools.iter().filter_map(|tool| tool.get("name")?.as_str()).collect();
    assert_eq!(names, ["create_issue", "read_issue", "list_issues", "delete_issue"]);
    let [create, _, list, delete] = tools.as_slice() else { return Err("four tools".into()) };
    let at = |tool: &Value, pointer: &str| tool.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(at(create, "/inputSchema/required"), json!(["title"]));
    assert_eq!(at(create, "/inputSchema/properties/title/maxLength"), 120);
    assert_eq!(at(list, "/inputSchema/properties/limit/default"), 20);
    assert_eq!(at(list, "/inputSchema/properties/limit/maximum"), 100);
    assert_eq!(at(delete, "/annotations/destructiveHint"), true);
    assert_eq!(at(create, "/outputSchema/properties/owner/type"), "string");
    // What is filled in is no argument, or a caller could say who they are.
    assert_eq!(at(create, "/inputSchema/properties/user"), Value::Null);
    Ok(())
}

#[tokio::test]
async fn an_issue_is_a_resource_and_the_subject_of_a_prompt() -> Tested {
    let (alice, bob) = alice_and_bob()?;
    alice.call_tool("create_issue", json!({ "title": "It leaks" })).await?;

    let contents = bob.read_resource("issues://1").await?;
    let [content] = contents.as_slice() else { return Err("one content".into()) };
    let issue: Issue = serde_json::from_str(content.as_text().unwrap_or_default())?;
    assert_eq!(issue.title, "It leaks");
    let missing = bob.read_resource("issues://2").await.err().ok_or("it is not there")?;
    assert_eq!((missing.code, missing.message.as_str()), (-32602, "there is no issue 2"));
    let old = bob.revision(ProtocolVersion::V2025_06_18);
    let missing = old.read_resource("issues://2").await.err().ok_or("it is not there")?;
    assert_eq!(missing.code, -32002);

    let prompt = old.get_prompt("triage", json!({ "id": "1" })).await?;
    let [message] = prompt.messages() else { return Err("one message".into()) };
    let text = message.content().as_text().unwrap_or_default();
    assert!(text.starts_with("I am bob.") && text.contains("# Issue 1: It leaks"), "{text}");
    let missing = old.get_prompt("triage", json!({ "id": "2" })).await.err().ok_or("no issue")?;
    assert_eq!((missing.code, missing.message.as_str()), (-32602, "there is no issue 2"));
    Ok(())
}
