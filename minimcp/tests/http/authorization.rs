//! Tokens in front of an endpoint.

use axum::Router;
use http::StatusCode;
use minimcp::auth::{Bearer, Principal, Refused, StaticTokens, Verifier};
use minimcp::http::{Authorization, Endpoint, Legacy, Scoped};
use minimcp::{BoxFuture, MiniMcp, Progress, Tool};

use crate::{Arguments, PING, PONG, call, check};

const ADA: &str = "ada-4f3c1a5b7d9e0f2a4c6e8b0d1f3a5c7e";
const BOB: &str = "bob-4f3c1a5b7d9e0f2a4c6e8b0d1f3a5c7e";
const EVE: &str = "eve-4f3c1a5b7d9e0f2a4c6e8b0d1f3a5c7e";

fn tokens() -> StaticTokens {
    StaticTokens::new([
        (ADA, Principal::new("ada").with_scopes(["use", "issues:read"])),
        (
            BOB,
            Principal::new("bob").with_scopes(["use", "issues:admin", "openid", "offline_access"]),
        ),
        (EVE, Principal::new("eve").with_scopes(["issues:read"])),
    ])
}

fn authorization() -> Authorization {
    Authorization::new(tokens())
        .resource("https://MCP.example.com/mcp/", ["https://auth.example.com"])
        .require_scopes(["use"])
        .includes("issues:admin", ["issues:read"])
}

fn server() -> MiniMcp<Principal> {
    let server = MiniMcp::new("issues");
    let who = |_: Arguments, caller: Principal| async move {
        Ok::<_, String>(caller.subject().to_owned())
    };
    let delete = |_: Arguments, progress: Progress| async move {
        progress.report(0.5).await;
        Ok::<_, String>("deleted")
    };
    server.tools().add(Tool::from_fn("who", who)).unwrap();
    server.tools().add(Tool::from_fn("read", who).scopes(["issues:read"])).unwrap();
    let delete = Tool::from_fn("delete", delete).scopes(["issues:read", "issues:delete"]);
    server.tools().add(delete).unwrap();
    server
}

fn endpoint() -> Endpoint<Principal> {
    Endpoint::streamable(server()).authorize(authorization()).allow_any_host()
}

fn as_service() -> Scoped<Principal> {
    endpoint().into()
}

fn with(token: &str, request: &str) -> String {
    format!("authorization: Bearer {token}\n{request}")
}

const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

/// The challenge of a response with an error.
fn challenge(error: &str, scopes: &str) -> String {
    format!(r#"Bearer {error}resource_metadata="{METADATA}", scope="{scopes}""#)
}

#[tokio::test]
async fn without_a_token_nothing_is_answered_and_everybody_is_told_why() {
    let missing = format!(
        "401 text/plain; charset=utf-8 {}\nThis server wants a bearer token.\n",
        challenge("", "use")
    );
    let app: Router = endpoint().into_router("/mcp");
    let ping = format!("\n\n{PING}");
    for request in
        ["\n\nnonsense", &ping, "GET", "DELETE", "PUT", "authorization: Basic YTpi\n\n{}"]
    {
        check(&as_service(), request, &missing).await;
        check(&app, request, &missing).await;
        check(
            &Endpoint::streamable(server())
                .legacy(Legacy::Off)
                .authorize(authorization())
                .into_router("/mcp"),
            request,
            &missing,
        )
        .await;
    }
    // Host and origin come first.
    check(&as_service(), "origin: http://evil.example\n\n{}", "403 …").await;
}

#[tokio::test]
async fn a_good_token_says_who_calls() {
    let app: Router = endpoint().into_router("/mcp");
    check(&app, &with(ADA, &call("who")), "200 application/json\n{…ada…}").await;
    check(&as_service(), &with(BOB, &call("who")), "200 application/json\n{…bob…}").await;
    check(
        &as_service(),
        &format!("authorization: bearer  {ADA}\n\n{PING}"),
        &format!("200 application/json\n{PONG}"),
    )
    .await;
    // A framework of another kind makes the scope itself, and the token is looked at all the same.
    let unit: MiniMcp = MiniMcp::new("unit");
    let unit = Endpoint::streamable(unit).authorize(authorization());
    check(&unit, &with(ADA, &format!("\n{PING}")), &format!("200 application/json\n{PONG}")).await;
    check(&unit, &format!("\n\n{PING}"), "401 …").await;
}

#[tokio::test]
async fn every_request_is_looked_at() {
    let service = as_service();
    let ping = format!("\n{PING}");
    check(&service, &with(ADA, &ping), "200 …").await;
    check(&service, &format!("\n\n{PING}"), "401 …").await;
    let wrong =
        challenge(r#"error="invalid_token", error_description="nobody has this token", "#, "use");
    check(&service, &with("nobody", &ping), &format!("401 text/plain; charset=utf-8 {wrong}\n…"))
        .await;
    let long = "a".repeat(16 * 1024 + 1);
    check(&service, &with(&long, &ping), "401 …the token is too long…").await;
}

#[tokio::test]
async fn a_malformed_authorization_is_400() {
    let service = as_service();
    let bad = |what: &str| {
        let error = format!(r#"error="invalid_request", error_description="…{what}…", "#);
        format!("400 text/plain; charset=utf-8 {}\n…", challenge(&error, "use"))
    };
    check(&service, &format!("authorization: Bearer\n\n{PING}"), &bad("`Bearer` and a token"))
        .await;
    check(&service, &with(ADA, &with(ADA, &format!("\n{PING}"))), &bad("more than once")).await;
    let address = format!("POST /mcp?access_token={ADA}\n\n{PING}");
    check(&service, &address, &bad("in the address")).await;
    check(&service, &with(ADA, &address), &bad("in the address")).await;
}

#[tokio::test]
async fn too_small_a_scope_is_403_with_all_that_are_needed() {
    let service = as_service();
    let more = |scopes: &str| {
        let error = r#"error="insufficient_scope", error_description="this needs more scopes than were granted", "#;
        challenge(error, scopes)
    };
    // Every request needs this.
    check(
        &service,
        &with(EVE, &call("who")),
        &format!("403 text/plain; charset=utf-8 {}\n…", more("use issues:read")),
    )
    .await;
    // A tool needs two, and says so before a stream begins.
    let delete = format!(
        "403 application/json {}\n{{…-32602…issues:read issues:delete…}}",
        more("use issues:read issues:delete")
    );
    check(&service, &with(ADA, &call("delete")), &delete).await;
    check(&endpoint().into_router("/mcp"), &with(ADA, &call("delete")), &delete).await;
    // What the caller has is kept, if it means anything here.
    let delete = more("use issues:read issues:delete issues:admin");
    check(&service, &with(BOB, &call("delete")), &format!("403 application/json {delete}\n…"))
        .await;
    // A client that takes a stream alone gets the status as well.
    let stream = format!("accept: text/event-stream\n{}", call("delete"));
    check(&service, &with(ADA, &stream), "403 application/json …").await;
}

#[tokio::test]
async fn a_wider_scope_includes_smaller_ones() {
    check(&as_service(), &with(BOB, &call("read")), "200 …bob…").await;
    check(&as_service(), &with(ADA, &call("read")), "200 …ada…").await;
}

#[tokio::test]
async fn metadata_need_no_token_and_any_page_may_read_them() {
    let document = r#"200 application/json
{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://auth.example.com"],"scopes_supported":["use","issues:read","issues:delete"],"bearer_methods_supported":["header"],"resource_name":"issues"}"#;
    let app: Router = endpoint().into_router("/mcp");
    for path in
        ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]
    {
        let get = format!("GET {path}\norigin: https://inspector.example");
        check(&app, &get, document).await;
        check(&as_service(), &get, document).await;
        check(&as_service(), &format!("OPTIONS {path}"), "204 GET, HEAD, OPTIONS").await;
        check(&as_service(), &format!("POST {path}\n\n{{}}"), "405 GET, HEAD, OPTIONS").await;
    }
    check(&as_service(), "GET /.well-known/oauth-protected-resource/other", "401 …").await;

    let request = http::Request::get("/.well-known/oauth-protected-resource/mcp");
    let response =
        endpoint().respond(request.body(String::new()).unwrap(), Principal::new("")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn clients_are_told_of_no_scope_that_is_none_of_the_servers() {
    let said = authorization().scopes_supported(["issues:read", "offline_access"]);
    let service: Scoped<Principal> = Endpoint::streamable(server()).authorize(said).into();
    let get = "GET /.well-known/oauth-protected-resource";
    check(&service, get, r#"200 …"scopes_supported":["issues:read"],…"#).await;
    // Tokens that nobody issues have no metadata.
    let service: Scoped<Principal> = Endpoint::streamable(server()).authorize(tokens()).into();
    check(&service, get, "401 text/plain; charset=utf-8 Bearer\n…").await;
}

#[tokio::test]
async fn preflights_need_no_token() {
    check(&as_service(), "OPTIONS", "405 …").await;
    check(&endpoint().into_router("/mcp"), "OPTIONS", "405 …").await;
}

#[tokio::test]
async fn foreign_pages_are_turned_away_before_anybody_looks_at_tokens() {
    let here = Endpoint::streamable(server()).authorize(authorization());
    for request in ["OPTIONS\norigin: http://evil.example", "POST\nhost: evil.example"] {
        check(&here.clone().into_router("/mcp"), request, "403 text/plain; charset=utf-8\n…").await;
        check(&Scoped::from(here.clone()), &with("nobody", request), "403 …").await;
    }
}

#[tokio::test]
async fn a_token_goes_no_further_than_its_verifier() {
    let unit: MiniMcp<bool> = MiniMcp::new("unit");
    let shown = |_: Arguments, shown: minimcp::Scope<bool>| async move {
        Ok::<_, String>(shown.0.to_string())
    };
    unit.tools().add(Tool::from_fn("shown", shown)).unwrap();
    let service = Endpoint::streamable(unit)
        .authorize(authorization())
        .with_scope_fn(|request| format!("{request:?}").contains(ADA));
    check(&service, &with(ADA, &call("shown")), "200 …false…").await;
    assert_eq!(format!("{:?} {:?}", Bearer::new(ADA), tokens()), "Bearer(…) StaticTokens(3)");
    assert!(!format!("{:?}", endpoint()).contains(ADA));
}

#[tokio::test]
async fn nobody_is_let_in_while_nobody_can_tell() {
    struct Down;
    impl Verifier for Down {
        fn verify<'a>(&'a self, _: Bearer<'a>) -> BoxFuture<'a, Result<Principal, Refused>> {
            Box::pin(async { Err(Refused::unavailable("no route to the database")) })
        }
    }
    let service: Scoped<Principal> =
        Endpoint::streamable(server()).authorize(Authorization::new(Down)).into();
    let down = "503 text/plain; charset=utf-8 5\nTokens cannot be checked now; try again later.\n";
    check(&service, &with(ADA, &call("who")), down).await;
}

#[tokio::test]
async fn a_message_says_nothing_of_who_calls() {
    let meta = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"bob","version":"1"},"sub":"bob","principal":"bob"}"#;
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"who",{meta}}}}}"#
    );
    let request = format!(
        "mcp-protocol-version: 2026-07-28\nmcp-method: tools/call\nmcp-name: who\n\n{message}"
    );
    check(&as_service(), &with(ADA, &request), "200 …\"text\":\"ada\"…").await;
}

#[cfg(feature = "sessions")]
#[tokio::test]
async fn a_session_is_for_the_subject_that_began_it() {
    let service = as_service();
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#;
    let request = http::Request::post("/mcp")
        .header("authorization", format!("Bearer {ADA}"))
        .header("content-type", "application/json")
        .body(http_body_util::Full::new(bytes::Bytes::from(hello)))
        .unwrap();
    let response = service.respond(request).await;
    let id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let ping = format!("mcp-session-id: {id}\nmcp-protocol-version: 2025-11-25\n\n{PING}");
    check(&service, &with(ADA, &ping), &format!("200 application/json\n{PONG}")).await;
    check(&service, &with(BOB, &ping), "404 …").await;
    // And the id opens nothing by itself.
    check(&service, &ping, "401 …").await;
    check(&service, &format!("DELETE\nmcp-session-id: {id}"), "401 …").await;
    // A call in a session lacks scopes as any other.
    let delete = r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete","arguments":{}}}"#;
    let delete = format!("mcp-session-id: {id}\nmcp-protocol-version: 2025-11-25\n\n{delete}");
    check(
        &service,
        &with(ADA, &delete),
        r#"403 application/json Bearer error="insufficient_scope"…"#,
    )
    .await;
}

#[test]
#[should_panic(
    expected = "nothing says who is calling: write `Endpoint::streamable(server).authorize(…)`"
)]
fn a_principal_comes_of_a_token() {
    let _ = Scoped::from(Endpoint::streamable(server()));
}

#[tokio::test]
async fn a_route_without_authorization_knows_nobody() {
    let app: Router = Router::new().route("/mcp", minimcp::http::streamable(server()));
    check(&app, &call("who"), "500 …").await;
}

#[test]
#[should_panic(expected = "nobody issues tokens for `https://mcp.example.com`")]
fn metadata_name_an_authorization_server() {
    let _ = Authorization::new(tokens()).resource("https://mcp.example.com", [""; 0]);
}

#[test]
#[should_panic(expected = "`http://mcp.example.com/mcp` cannot be the URI of a server")]
fn a_server_on_the_net_has_https() {
    let _ = Authorization::new(tokens())
        .resource("http://mcp.example.com/mcp", ["https://auth.example.com"]);
}
