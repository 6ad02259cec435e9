//! Clients of the revisions with a handshake, without a session.

use minimcp::http::{Endpoint, Legacy};

use crate::{PING, PONG, check, endpoint, message, progress};

const BAD_CALL: &str = r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"quick","arguments":{"word":5}}}"#;

#[tokio::test]
async fn the_header_says_the_revision() {
    // How wrong arguments are answered depends on it.
    check(
        &endpoint(),
        &format!("mcp-protocol-version: 2025-11-25\n\n{BAD_CALL}"),
        r#"200 application/json…"id":"a"…"isError":true…"#,
    )
    .await;
    for header in ["mcp-protocol-version: 2025-06-18", "mcp-protocol-version: 2024-11-05", "x: y"] {
        check(
            &endpoint(),
            &format!("{header}\n\n{BAD_CALL}"),
            r#"200 application/json…"id":"a","error":{"code":-32602…"#,
        )
        .await;
    }
    for header in ["2099-01-01", "x", ""] {
        let expected = format!(
            r#"400 application/json…"id":1,"error":{{"code":-32022…"requested":"{header}"…"#
        );
        check(&endpoint(), &format!("mcp-protocol-version: {header}\n\n{PING}"), &expected).await;
    }
    for header in ["2025-06-18\nmcp-protocol-version: 2025-11-25", "ä"] {
        check(
            &endpoint(),
            &format!("mcp-protocol-version: {header}\n\n{PING}"),
            r#"400 application/json…"id":1,"error":{"code":-32600…"#,
        )
        .await;
    }
}

#[tokio::test]
async fn the_handshake_says_its_revision_itself() {
    let initialize = |version| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{version}","capabilities":{{}},"clientInfo":{{"name":"x","version":"1"}}}}}}"#
        )
    };
    for header in ["2026-07-28", "2025-06-18", "2099-01-01", "ä"] {
        let request = format!(
            "mcp-protocol-version: {header}\nmcp-method: initialize\naccept: */*\n\n{}",
            initialize("2025-06-18")
        );
        check(&endpoint(), &request, r#"200 application/json…"protocolVersion":"2025-06-18"…"#)
            .await;
    }
    check(
        &endpoint(),
        &format!("\n\n{}", initialize("2026-07-28")),
        r#"200 application/json…"protocolVersion":"2025-11-25"…"#,
    )
    .await;
}

#[tokio::test]
async fn no_session_and_no_other_headers() {
    let request = format!("mcp-session-id: stale\nmcp-method: wrong\nmcp-name: wrong\n\n{PING}");
    let stateless = endpoint().legacy(Legacy::Stateless);
    check(&stateless, &request, &format!("200 application/json\n{PONG}")).await;
    check(&stateless, "GET\nmcp-session-id: stale", "405 text/plain; charset=utf-8 POST\n…").await;
    for content in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","id":5,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":5,"error":{"code":-1,"message":""}}"#,
    ] {
        check(&endpoint(), &format!("mcp-protocol-version: 2025-06-18\n\n{content}"), "202").await;
        check(&endpoint(), &format!("\n\n{content}"), "202").await;
    }
}

#[tokio::test]
async fn errors_of_calls_are_answers() {
    let request = |method: &str| {
        format!(
            r#"mcp-protocol-version: 2025-06-18

{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{"name":"panics","uri":"x://y"}}}}"#
        )
    };
    for (method, code) in [
        ("no/such", -32601),
        ("tools/call", -32603),
        ("resources/read", -32002),
        ("prompts/get", -32602),
    ] {
        let expected = format!(r#"200 application/json…"id":1,"error":{{"code":{code}…"#);
        check(&endpoint(), &request(method), &expected).await;
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    for (content, error) in [
        ("", r#""id":null,"error":{"code":-32700"#),
        ("{", r#""id":null,"error":{"code":-32700"#),
        ("[]", r#""id":null,"error":{"code":-32600"#),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, r#""id":null,"error":{"code":-32600"#),
        (r#"{"jsonrpc":"2.0","id":3}"#, r#""id":3,"error":{"code":-32600"#),
    ] {
        check(&endpoint(), &format!("\n\n{content}"), &format!("400 application/json\n…{error}…"))
            .await;
    }
}

#[tokio::test]
async fn batches_are_of_one_revision() {
    let notified = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let batch = format!(r#"[{PING},{notified},{{"jsonrpc":"2.0","id":2}}]"#);
    for header in ["x: y", "mcp-protocol-version: 2025-03-26"] {
        let answers = format!(
            r#"200 application/json
[{PONG},{{"jsonrpc":"2.0","id":2,"error":{{"code":-32600…}}}}]"#
        );
        check(&endpoint(), &format!("{header}\n\n{batch}"), &answers).await;
        check(&endpoint(), &format!("{header}\n\n[{notified}]"), "202").await;
        check(&endpoint(), &format!("{header}\n\n[5]"), "200 application/json\n[…-32600…]").await;
        let refused = r#"400 application/json…"id":null,"error":{"code":-32600…"#;
        check(&endpoint(), &format!("{header}\n\n[]"), refused).await;
        let modern = message("tools/list", "");
        check(&endpoint(), &format!("{header}\n\n[{PING},{modern}]"), refused).await;
    }
    for header in ["2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28", "2099-01-01", "ä", ""] {
        let request = format!("mcp-protocol-version: {header}\n\n{batch}");
        check(&endpoint(), &request, r#"400 application/json…"error":{"code":-32600…"#).await;
    }
}

#[tokio::test]
async fn a_batch_becomes_a_stream_when_a_call_says_something() {
    let call = |id: u8| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"reports","_meta":{{"progressToken":7}}}}}}"#
        )
    };
    let batch = format!("[{},{PING},{}]", call(5), call(6));
    let expected = format!(
        r#"200 text/event-stream
{}{}{}{}event: message
data: [{{"jsonrpc":"2.0","id":5,…}},{PONG},{{"jsonrpc":"2.0","id":6,…}}]

"#,
        progress(1.0),
        progress(2.0),
        progress(1.0),
        progress(2.0)
    );
    check(&endpoint(), &format!("accept: text/event-stream\n\n{batch}"), &expected).await;
}

#[tokio::test]
async fn an_endpoint_may_serve_modern_clients_alone() {
    let refused = |id: &str, asked: &str| {
        format!(
            r#"400 application/json
{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32022,"message":"…2026-07-28…","data":{{"requested":"{asked}","supported":["2026-07-28"]}}}}}}"#
        )
    };
    for endpoint in [Endpoint::streamable(crate::server()), Endpoint::json(crate::server())] {
        let endpoint = endpoint.legacy(Legacy::Off);
        let initialize = r#"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#;
        check(&endpoint, &format!("\n\n{initialize}"), &refused(r#""a""#, "2025-06-18")).await;
        let header = "mcp-protocol-version: 2025-11-25";
        check(&endpoint, &format!("{header}\n\n{PING}"), &refused("1", "2025-11-25")).await;
        check(&endpoint, &format!("\n\n{PING}"), &refused("1", "2025-03-26")).await;
        check(&endpoint, &format!("\n\n[{PING}]"), "400 application/json…-32600…").await;
        let answer = r#"{"jsonrpc":"2.0","id":5,"result":{}}"#;
        check(&endpoint, &format!("\n\n{answer}"), "400 application/json…-32600…").await;
        for verb in ["GET", "DELETE"] {
            check(&endpoint, verb, "405 text/plain; charset=utf-8 POST\n…").await;
        }
        check(&endpoint, &crate::call("quick"), "200 application/json\n{…done…}").await;
    }
}
