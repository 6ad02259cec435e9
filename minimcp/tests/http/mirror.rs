//! The headers of modern requests, which say again what the content says.

use std::collections::BTreeMap;

use minimcp::extension::{Extension, Method};
use minimcp::http::{Endpoint, MissingMirrorHeaders};
use minimcp::{Call, MiniMcp, Tool};
use serde_json::{Value, json};

use crate::{call, check, endpoint, message, modern};

const VERSION: &str = "mcp-protocol-version: 2026-07-28";

/// Headers and content of a request, and what is wrong with it.
async fn refuse(headers: &str, content: &str, mistake: &str) {
    let expected =
        format!(r#"400 application/json…{{"jsonrpc":"2.0","id":1,"error":{{"code":{mistake}…"#);
    check(&endpoint(), &format!("{headers}\n\n{content}"), &expected).await;
}

async fn serve(headers: &str, content: &str) {
    check(&endpoint(), &format!("{headers}\n\n{content}"), r#"200 application/json…"result":…"#)
        .await;
}

#[tokio::test]
async fn headers_that_agree() {
    let list = message("tools/list", "");
    serve(&format!("{VERSION}\nmcp-method: tools/list"), &list).await;
    serve("MCP-PROTOCOL-VERSION: 2026-07-28\nMCP-Method: tools/list", &list).await;
    serve(&format!("{VERSION}\nmcp-method:   tools/list  \nmcp-name: ignored"), &list).await;
    serve(&format!("{VERSION}\n{VERSION}\nmcp-method: tools/list\nmcp-method: tools/list "), &list)
        .await;
    serve(
        &format!("{VERSION}\nmcp-method: tools/list\nmcp-session-id: x\nlast-event-id: 5"),
        &list,
    )
    .await;

    let quick = message("tools/call", r#""name":"qu\u0069ck","#);
    serve(&format!("{VERSION}\nmcp-method: tools/call\nmcp-name:  quick "), &quick).await;
    serve(&format!("{VERSION}\nmcp-method: tools/call\nmcp-name: =?base64?cXVpY2s=?="), &quick)
        .await;
    let greet = message("prompts/get", r#""name":"greet","#);
    serve(&format!("{VERSION}\nmcp-method: prompts/get\nmcp-name: greet"), &greet).await;
    let note = message("resources/read", r#""uri":"note://ä","#);
    serve(
        &format!("{VERSION}\nmcp-method: resources/read\nmcp-name: =?base64?bm90ZTovL8Ok?="),
        &note,
    )
    .await;
    serve(&format!("{VERSION}\nmcp-method: server/discover"), &message("server/discover", ""))
        .await;
}

#[tokio::test]
async fn headers_that_are_missing_or_differ() {
    let list = message("tools/list", "");
    refuse("", &list, r#"-32020,"message":"the header MCP-Protocol-Version is missing""#).await;
    refuse(VERSION, &list, r#"-32020,"message":"the header Mcp-Method is missing; it has to say `tools/list`, as the body does""#).await;
    refuse("mcp-protocol-version: 2025-11-25\nmcp-method: tools/list", &list, r#"-32020,"message":"the header MCP-Protocol-Version says `2025-11-25`, and the body `2026-07-28`""#).await;
    for method in ["prompts/list", "TOOLS/LIST", "Tools/list", "", "=?base64?x?="] {
        refuse(&format!("{VERSION}\nmcp-method: {method}"), &list, "-32020").await;
    }
    refuse(&format!("{VERSION}\nmcp-method: tools/list\nmcp-method: tools/call"), &list, "-32020")
        .await;
    refuse(
        &format!("{VERSION}\nmcp-protocol-version: 2025-11-25\nmcp-method: tools/list"),
        &list,
        "-32020",
    )
    .await;

    let quick = message("tools/call", r#""name":"quick","#);
    let named = |name: &str| format!("{VERSION}\nmcp-method: tools/call\n{name}");
    refuse(&named(""), &quick, r#"-32020,"message":"the header Mcp-Name is missing"#).await;
    for name in [
        "slow",
        "Quick",
        "=?base64?cXVpY2s?=",
        "=?base64?cXVp_2s=?=",
        "=?base64?/w==?=",
        "=?BASE64?cXVpY2s=?=",
        "qüick",
    ] {
        refuse(&named(&format!("mcp-name: {name}")), &quick, "-32020").await;
    }
    refuse(
        &named("mcp-name: quick\nmcp-name: pauses"),
        &quick,
        r#"-32020,"message":"the header Mcp-Name is there twice and differs""#,
    )
    .await;
    refuse(
        &format!("{VERSION}\nmcp-method: resources/read\nmcp-name: note://b"),
        &message("resources/read", r#""uri":"note://a","#),
        "-32020",
    )
    .await;
}

#[tokio::test]
async fn one_mistake_is_named_before_the_next() {
    let of = |version: &str| message("no/such", "").replace("2026-07-28", version);
    let no_capabilities = of("v9").replace("clientCapabilities", "x");
    // The envelope, then the header against it, then the revision, then the other headers, then the method.
    refuse("mcp-protocol-version: v8\nmcp-method: x", &no_capabilities, "-32602").await;
    refuse("mcp-protocol-version: 2026-07-28\nmcp-method: x", &of("v9"), "-32020").await;
    refuse(
        "mcp-protocol-version: v9\nmcp-method: x",
        &of("v9"),
        r#"-32022,"message":"…","data":{"requested":"v9","supported":["2026-07-28"]}"#,
    )
    .await;
    refuse("mcp-method: x", &of("v9"), "-32022").await;
    refuse("mcp-protocol-version: 2025-11-25", &of("2025-11-25"), "-32022").await;
    refuse("mcp-protocol-version: 2026-07-28\nmcp-method: x", &of("2026-07-28"), "-32020").await;
    for method in ["no/such", "initialize", "ping", "logging/setLevel", "resources/subscribe"] {
        check(
            &endpoint(),
            &modern(method, None, ""),
            r#"404 application/json…"id":1,"error":{"code":-32601…"#,
        )
        .await;
    }
    // A name that is missing in the content as well is the method's business.
    check(
        &endpoint(),
        &modern("tools/call", None, ""),
        r#"200 application/json…-32602,"message":"`params.name` is missing"…"#,
    )
    .await;
    check(
        &endpoint(),
        &call("no_such"),
        r#"200 application/json…-32602,"message":"Unknown tool: no_such"…"#,
    )
    .await;
    check(
        &endpoint(),
        &call("needs_sampling"),
        r#"400 application/json…-32021…"requiredCapabilities":{"sampling":{}}…"#,
    )
    .await;
}

#[tokio::test]
async fn a_modern_header_wants_a_modern_message() {
    let bare = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    refuse(VERSION, bare, "-32602").await;
    refuse(
        VERSION,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{}}}"#,
        "-32602",
    )
    .await;
    refuse(VERSION, r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#, "-32602")
        .await;
    refuse(VERSION, r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#, "-32600").await;
    let refused =
        |code: &str| format!(r#"400 application/json…{{"jsonrpc":"2.0","error":{{"code":{code}…"#);
    for (content, code) in [
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "-32600"),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, "-32600"),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "-32600"),
        ("{", "-32700"),
    ] {
        check(&endpoint(), &format!("{VERSION}\n\n{content}"), &refused(code)).await;
    }
}

#[tokio::test]
async fn notifications_need_no_headers() {
    for method in ["notifications/cancelled", "notifications/initialized", "no/such"] {
        for headers in ["", VERSION, "mcp-method: wrong"] {
            let content = message(method, r#""requestId":1,"#).replace(r#""id":1,"#, "");
            check(&endpoint(), &format!("{headers}\n\n{content}"), "202").await;
        }
    }
}

#[tokio::test]
async fn missing_headers_can_be_allowed_and_wrong_ones_cannot() {
    let lenient = endpoint().missing_mirror_headers(MissingMirrorHeaders::Allow);
    let content = message("tools/call", r#""name":"quick","#);
    check(&lenient, &format!("\n\n{content}"), "200 …done…").await;
    check(&lenient, &format!("mcp-name: quick\n\n{content}"), "200 …done…").await;
    check(&lenient, &format!("mcp-name: slow\n\n{content}"), "400 …-32020…").await;
    check(&lenient, &format!("mcp-protocol-version: 2025-11-25\n\n{content}"), "400 …-32020…")
        .await;
}

#[tokio::test]
async fn members_of_extensions_that_headers_repeat() {
    let touch = |name| Method::from_fn(name, |_: Value| async { Ok::<_, String>(()) });
    let notes = Extension::new("com.example/notes")
        .method(touch("notes/touch").mirrored("note").undeclared())
        .method(touch("notes/declared").mirrored("note"));
    let endpoint = Endpoint::streamable(MiniMcp::new("notes").extension(notes));
    let named = r#""note":"ä b","#;
    for (method, name, params, expected) in [
        ("notes/touch", Some("=?base64?w6QgYg==?="), named, "200 …"),
        ("notes/touch", None, named, r#"400 …-32020,"message":"the header Mcp-Name is missing…"#),
        ("notes/touch", Some("x"), named, "400 …-32020…"),
        // What is missing in the content as well is the method's business, as with tools.
        ("notes/touch", None, "", "200 …-32602…`params.note` is missing…"),
        ("notes/touch", Some("a"), r#""note":5,"#, "200 …-32602…"),
        ("notes/touch", Some("a"), r#""note":"a","note":"b","#, "200 …-32602…"),
        ("notes/declared", None, named, "400 …-32020…"),
        ("notes/declared", Some("=?base64?w6QgYg==?="), named, "400 …-32021…"),
        ("notes/none", None, named, "404 …-32601…"),
    ] {
        check(&endpoint, &modern(method, name, params), expected).await;
    }
}

#[cfg(feature = "tasks")]
#[tokio::test]
async fn tasks_are_named_by_their_id() {
    let tool = Tool::from_fn("later", |_: BTreeMap<String, Value>, _: Call| async {
        Ok::<_, String>("done")
    });
    let server: MiniMcp = MiniMcp::new("later").tasks(minimcp::Tasks::new());
    server.tools().add(tool.only_task()).unwrap();
    let endpoint = Endpoint::streamable(server);
    let declared = |request: String| {
        let tasks = r#""clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#;
        request.replace(r#"clientCapabilities":{}"#, &tasks[1..])
    };
    let begun = r#"200 application/json…"resultType":"task","createdAt"…"status":"working"…"#;
    check(&endpoint, &declared(call("later")), begun).await;
    check(&endpoint, &call("later"), "400 application/json…-32021…").await;
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let about =
            |name: Option<&str>| modern(method, name, r#""taskId":"a","inputResponses":{},"#);
        for (request, expected) in [
            (declared(about(Some("a"))), "200 application/json…-32602…there is no such task…"),
            (declared(about(Some("b"))), "400 application/json…-32020…"),
            (declared(about(None)), "400 application/json…-32020…"),
            (about(Some("a")), "400 application/json…-32021…"),
            (about(Some("b")), "400 application/json…-32020…"),
        ] {
            check(&endpoint, &request, expected).await;
        }
    }
    for method in ["tasks/result", "tasks/list"] {
        let request = declared(modern(method, None, r#""taskId":"a","#));
        check(&endpoint, &request, "404 application/json…-32601…").await;
    }
}

#[tokio::test]
async fn arguments_that_headers_repeat() {
    let served = async |header: &str, arguments: &str| {
        routed("200 …routed…", header, arguments).await;
    };
    let refused = async |header: &str, arguments: &str| {
        routed(r#"400 application/json…"id":1,"error":{"code":-32020…"#, header, arguments).await;
    };
    for (header, word) in [
        ("Hello", "Hello"),
        ("=?base64?SGVsbG8=?=", "Hello"),
        ("SGVsbG8=", "SGVsbG8="),
        ("=?base64?SGVsbG8=", "=?base64?SGVsbG8="),
        ("=?base64?IHBhZGRlZCA=?=", " padded "),
        ("  Hello ", "Hello"),
    ] {
        served(&format!("mcp-param-word: {header}"), &format!(r#""word":"{word}""#)).await;
    }
    served("mcp-param-times: 42.0", r#""times":42"#).await;
    served("x: y", r#""word":null"#).await;
    served("mcp-param-other: ignored", "").await;

    for header in ["=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "hello", ""] {
        refused(&format!("mcp-param-word: {header}"), r#""word":"Hello""#).await;
    }
    refused("x: y", r#""word":"Hello""#).await;
    refused("mcp-param-word: Hello", r#""word":null"#).await;
    refused("mcp-param-word: Hello", "").await;
    refused("mcp-param-word: a\nmcp-param-word: b", r#""word":"a""#).await;
    refused("mcp-param-word: a", r#""word":"a","word":"b""#).await;
    refused("mcp-param-times: 42", r#""times":43"#).await;
}

/// Calls a tool that marks two of its arguments.
async fn routed(expected: &str, header: &str, arguments: &str) {
    let tool = Tool::from_fn("routed", |_: BTreeMap<String, Value>, _: Call| async {
        Ok::<_, String>("routed")
    });
    let schema = json!({ "type": "object", "properties": {
        "word": { "type": "string", "x-mcp-header": "Word" },
        "times": { "type": "integer", "x-mcp-header": "Times" },
    }});
    let server: MiniMcp = MiniMcp::new("routed");
    server.tools().add(tool.input_schema(schema)).unwrap();
    let params = format!(r#""name":"routed","arguments":{{{arguments}}},"#);
    let request = format!("{header}\n{}", modern("tools/call", Some("routed"), &params));
    check(&Endpoint::streamable(server), &request, expected).await;
}
