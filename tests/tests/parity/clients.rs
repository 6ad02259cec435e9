//! The math server as its clients see it, in every revision.

use minimcp::testing::{Client, RpcError};
use serde_json::{Value, json};

use crate::wire::{ALL, TOLD, V, assert_matches};

fn client(revision: V) -> Client<()> {
    Client::new(&math::server(), ()).revision(revision)
}

/// Asks for the same as text, and has it judged.
async fn judged(revision: V, method: &str, params: Value) {
    match client(revision).request(method, params).await {
        Ok(result) => judge::result(revision.as_str(), method, &result),
        Err(error) => judge::error(revision.as_str(), error.code, &error.message, &error.data),
    }
}

/// Calls a tool as each revision; gives text or error.
async fn check_call(name: &str, arguments: Value, expected: &str) {
    for revision in ALL {
        let params = json!({ "name": name, "arguments": arguments });
        judged(*revision, "tools/call", params).await;
        let result = client(*revision).call_tool(name, arguments.clone()).await.unwrap();
        assert_eq!((result.to_text().as_str(), result.is_error()), (expected, false), "{revision}");
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, RpcError>, codes: &[i64], text: &str) {
    let error = result.unwrap_err();
    assert!(codes.contains(&error.code) && error.message.contains(text), "{error:?}");
}

#[tokio::test]
async fn i1_the_server_says_what_it_is_and_what_it_has() {
    for revision in ALL {
        let client = client(*revision);
        let said = client.introduce().await.unwrap();
        let method = if revision.is_modern() { "server/discover" } else { "initialize" };
        judge::result(revision.as_str(), method, &said);
        for list in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
            judged(*revision, list, json!({})).await;
        }
        let info = match revision.is_modern() {
            true => &said["_meta"]["io.modelcontextprotocol/serverInfo"],
            false => &said["serverInfo"],
        };
        assert_eq!(info["name"], "math");
        assert_eq!(info["version"], env!("CARGO_PKG_VERSION"), "the version is the server's own");
        for (listed, first) in [
            (client.list_tools().await, "Add two numbers"),
            (client.list_prompts().await, "Solve a math problem step by step"),
            (client.list_resources().await, "The value of π"),
            (client.list_resource_templates().await, "A mathematical constant: pi, e or tau"),
        ] {
            assert_eq!(listed.unwrap()[0]["description"], first, "{revision}");
        }
    }
}

#[tokio::test]
async fn i2_arithmetic() {
    for (name, a, b, result) in [
        ("add", 5, 3, "8.0"),
        ("subtract", 5, 3, "2.0"),
        ("multiply", 5, 3, "15.0"),
        ("divide", 6, 4, "1.5"),
    ] {
        check_call(name, json!({ "a": a, "b": b }), result).await;
    }
}

#[tokio::test]
async fn i3_division_by_zero_is_told_to_the_model() {
    for revision in ALL {
        let result =
            client(*revision).call_tool("divide", json!({ "a": 1, "b": 0 })).await.unwrap();
        assert_eq!(
            (result.to_text().as_str(), result.is_error()),
            ("cannot divide by zero", true),
            "{revision}"
        );
    }
}

#[tokio::test]
async fn i4_a_prompt_contains_its_argument() {
    for revision in ALL {
        let arguments = json!({ "problem_description": "What is 2 + 2?" });
        let params = json!({ "name": "problem_solving", "arguments": arguments });
        judged(*revision, "prompts/get", params).await;
        let prompt = client(*revision).get_prompt("problem_solving", arguments).await.unwrap();
        let [message] = prompt.messages() else { panic!("{prompt:?}") };
        assert_eq!(message.role(), minimcp::Role::User);
        assert!(message.content().as_text().unwrap().contains("What is 2 + 2?"));
    }
}

#[tokio::test]
async fn i5_resources_are_read_under_their_uri() {
    for revision in ALL {
        for (uri, value) in [
            ("math://constants/pi", "3.141592653589793"),
            ("math://constants/e", "2.718281828459045"),
            ("math://constants/tau", "6.283185307179586"),
        ] {
            judged(*revision, "resources/read", json!({ "uri": uri })).await;
            let contents = client(*revision).read_resource(uri).await.unwrap();
            assert_eq!((contents[0].uri(), contents[0].as_text()), (uri, Some(value)));
        }
    }
}

#[tokio::test]
async fn i6_i8_what_is_unknown_is_an_error_of_the_protocol() {
    for revision in ALL {
        for (method, params) in [
            ("tools/call", json!({ "name": "nope" })),
            ("prompts/get", json!({ "name": "nope" })),
            ("resources/read", json!({ "uri": "math://nope" })),
        ] {
            judged(*revision, method, params).await;
        }
        let client = client(*revision);
        refused(client.call_tool("nope", json!({})).await, &[-32602], "Unknown tool: nope");
        refused(client.get_prompt("nope", json!({})).await, &[-32602], "Unknown prompt: nope");
        let not_found: &[i64] = if revision.is_modern() { &[-32602] } else { &[-32002] };
        refused(client.read_resource("math://nope").await, not_found, "Resource not found");
        let constant = client.read_resource("math://constants/nope").await;
        refused(constant, not_found, "Unknown constant: nope");
    }
}

#[tokio::test]
async fn i7_wrong_arguments_are_told_to_whom_the_revision_says() {
    for revision in ALL {
        for (arguments, problem) in [
            (json!({ "a": 5 }), "Missing required arguments: b."),
            (json!({ "a": "five", "b": 3 }), "Invalid argument `a`"),
        ] {
            let params = json!({ "name": "add", "arguments": arguments });
            judged(*revision, "tools/call", params).await;
            let answer = client(*revision).call_tool("add", arguments).await;
            if TOLD.contains(revision) {
                let result = answer.unwrap();
                assert!(result.is_error() && result.to_text().contains(problem), "{result:?}");
            } else {
                refused(answer, &[-32602], problem);
            }
        }
    }
}

#[tokio::test]
async fn i9_calls_at_once_get_their_own_results() {
    for revision in ALL {
        let client = std::sync::Arc::new(client(*revision));
        client.introduce().await.unwrap();
        let mut calls = tokio::task::JoinSet::new();
        for n in 0..20_u32 {
            let client = std::sync::Arc::clone(&client);
            calls.spawn(async move {
                let sum = client.call_tool("add", json!({ "a": n, "b": n })).await.unwrap();
                assert_eq!(sum.to_text(), format!("{}.0", 2 * n));
            });
        }
        calls.join_all().await;
    }
}

#[tokio::test]
async fn i11_numbers_may_come_as_texts() {
    for (a, b, sum) in [
        (json!("10.5"), json!("20.3"), "30.8"),
        (json!(10), json!("20.5"), "30.5"),
        (json!(1), json!(2.5), "3.5"),
        (json!("-1e3"), json!(" 1 "), "-999.0"),
    ] {
        check_call("add", json!({ "a": a, "b": b }), sum).await;
    }
}

#[tokio::test]
async fn i12_the_schema_describes_the_numbers() {
    for revision in ALL {
        let tools = client(*revision).list_tools().await.unwrap();
        let schema = json!({
            "type": "object", "required": ["a", "b"],
            "properties": {
                "a": { "type": "number", "description": "The first number" },
                "b": { "type": "number", "description": "The second number" },
            },
        });
        assert_matches(&tools[0]["inputSchema"], &schema, revision.as_str());
    }
}

#[tokio::test]
async fn i13_a_missing_argument_of_a_prompt_is_named() {
    for revision in ALL {
        let answer = client(*revision).get_prompt("problem_solving", json!({})).await;
        refused(answer, &[-32602], "problem_description");
    }
}

#[tokio::test(start_paused = true)]
async fn i14_progress_arrives_in_order() {
    for revision in ALL {
        let client = client(*revision);
        for _ in 0..2 {
            let sum = client.call_tool("add_with_progress", json!({ "a": 1, "b": 2 })).await;
            assert_eq!(sum.unwrap().to_text(), "3.0");
            let reports = client.take_notifications();
            for report in &reports {
                judge::notification(revision.as_str(), &report.to_string());
            }
            let values: Vec<_> = reports.iter().map(|n| &n["params"]["progress"]).collect();
            assert_eq!(values, [&json!(0.1), &json!(0.4), &json!(0.7)], "{revision}");
        }
    }
}

#[tokio::test]
async fn i15_an_error_leaves_nothing_behind() {
    for revision in ALL {
        let client = client(*revision);
        let before = client.list_tools().await.unwrap();
        assert!(client.call_tool("divide", json!({ "a": 1, "b": 0 })).await.unwrap().is_error());
        assert!(client.call_tool("nope", json!({})).await.is_err());
        let quotient = client.call_tool("divide", json!({ "a": 1, "b": 2 })).await.unwrap();
        assert_eq!(quotient.to_text(), "0.5");
        assert_eq!(client.list_tools().await.unwrap(), before);
    }
}

#[tokio::test]
async fn i16_arguments_may_have_any_script() {
    for revision in ALL {
        let arguments = json!({ "problem_description": "𝜋 × 2 = ?" });
        let prompt = client(*revision).get_prompt("problem_solving", arguments).await.unwrap();
        assert!(prompt.messages()[0].content().as_text().unwrap().contains("𝜋 × 2 = ?"));
        let answer = client(*revision).read_resource("math://constants/𝜋").await;
        assert!(answer.unwrap_err().message.contains("Unknown constant: 𝜋"));
    }
}
