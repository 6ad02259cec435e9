//! Tokens against the example: a token goes in, the status, the challenge and the content come out.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod issuer;

use std::time::Duration;

use aws_lc_rs::hmac;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use minimcp::auth::{Jwks, Jwt, Principal};
use minimcp::http::{Scoped, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use issuer::{Issuer, Key, RESOURCE, encode, message, now};

/// Calls a tool with a token; the answer has to have each of these in it.
async fn check_call(service: &Scoped<Principal>, token: &str, tool: &str, expected: &[&str]) {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": tool, "arguments": { "text": "x" },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let message = message.to_string();
    let request = Request::post("/mcp")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("authorization", format!("Bearer {token}"))
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .body(Full::new(Bytes::from(message.clone())))
        .unwrap();
    let response = service.respond(request).await;
    let status = response.status().as_u16();
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map_or(String::new(), |it| it.to_str().unwrap().to_owned());
    let is_json = response.headers()["content-type"] == "application/json";
    let content = response.into_body().collect().await.unwrap().to_bytes();
    let content = std::str::from_utf8(&content).unwrap();
    if is_json {
        judge::over_http(Some("2026-07-28"), &message, content);
    }
    let answer = format!("{status} {challenge}\n{content}");
    for part in expected {
        assert!(answer.contains(part), "{tool} with {token} gave\n{answer}\nwithout {part}");
    }
    let comes_back = token.len() > 32 && answer.contains(token);
    assert!(!comes_back, "the token comes back: {answer}");
}

async fn check(service: &Scoped<Principal>, token: &str, expected: &[&str]) {
    check_call(service, token, "whoami", expected).await;
}

fn invalid(reason: &str) -> [String; 3] {
    [
        "401 Bearer error=\"invalid_token\"".to_owned(),
        format!("error_description=\"{reason}\""),
        "resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\""
            .to_owned(),
    ]
}

async fn refused(service: &Scoped<Principal>, token: &str, reason: &str) {
    let invalid = invalid(reason);
    check(service, token, &invalid.each_ref().map(String::as_str)).await;
}

fn service(issuer: &Issuer) -> Scoped<Principal> {
    protected::endpoint(&issuer.name, RESOURCE).allow_any_host().into()
}

/// The claims of a good token, with changes.
fn claims(issuer: &Issuer, changes: &Value) -> Value {
    let mut claims = issuer.claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

#[tokio::test]
async fn a_good_token_is_let_in_whatever_kind_of_key_signed_it() {
    let keys = [Key::ed("ed"), Key::ec("ec"), Key::rsa("rsa")];
    let issuer = Issuer::start(&keys.each_ref()).await;
    let service = service(&issuer);
    for key in &keys {
        check(&service, &key.token(&issuer.claims()), &["200", r#""text":"ada""#]).await;
    }
    assert_eq!(issuer.fetched(), 1);
    // Many write `JWT`, and some nothing.
    let header = json!({ "alg": "EdDSA", "kid": "ed", "typ": "JWT" });
    check(&service, &keys[0].sign(&header, &issuer.claims()), &["200"]).await;
    check(
        &service,
        &keys[0].sign(&json!({ "alg": "EdDSA", "kid": "ed" }), &issuer.claims()),
        &["200"],
    )
    .await;
}

#[tokio::test]
async fn a_token_is_for_this_server_alone() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    for audience in [
        json!("https://other.example.com/mcp"),
        json!([]),
        Value::Null,
        json!("https://mcp.example.com"),
    ] {
        let token = key.token(&claims(&issuer, &json!({ "aud": audience })));
        refused(&service, &token, "the token is for another server").await;
    }
    let both = json!(["https://other.example.com", RESOURCE]);
    check(&service, &key.token(&claims(&issuer, &json!({ "aud": both }))), &["200"]).await;
}

#[tokio::test]
async fn a_token_is_of_this_issuer_alone() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    for name in [json!("https://auth.example.com"), json!(format!("{}/", issuer.name)), Value::Null]
    {
        let token = key.token(&claims(&issuer, &json!({ "iss": name })));
        refused(&service(&issuer), &token, "the token is of another issuer").await;
    }
}

#[tokio::test]
async fn a_token_has_its_time() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    let at = |changes: Value| key.token(&claims(&issuer, &changes));
    refused(&service, &at(json!({ "exp": now() - 120 })), "the token has expired").await;
    refused(&service, &at(json!({ "exp": null })), "the token does not say when it expires").await;
    refused(&service, &at(json!({ "nbf": now() + 120 })), "the token is not valid yet").await;
    check(&service, &at(json!({ "exp": now() - 30, "nbf": now() + 30 })), &["200"]).await;
}

#[tokio::test]
async fn a_token_without_a_signature_is_none() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    for none in ["none", "None", "NONE", "nOnE"] {
        let header = json!({ "alg": none, "kid": "1", "typ": "JWT" });
        for end in [".", ".AAAA"] {
            let token = message(&header, &issuer.claims()) + end;
            refused(&service, &token, "the token cannot be read").await;
        }
    }
    // Nor is one whose signature was taken off, or is another's.
    let header = json!({ "alg": "EdDSA", "kid": "1" });
    let unsigned = message(&header, &issuer.claims());
    refused(&service, &format!("{unsigned}."), "the signature of the token is wrong").await;
    let forged = Key::ed("1").token(&issuer.claims());
    refused(&service, &forged, "the signature of the token is wrong").await;
    // Or that says something else than what was signed.
    let good = key.token(&issuer.claims());
    let signature = good.rsplit('.').next().unwrap();
    let changed = message(
        &json!({ "alg": "EdDSA", "kid": "1", "typ": "at+jwt" }),
        &claims(&issuer, &json!({ "sub": "eve" })),
    );
    refused(&service, &format!("{changed}.{signature}"), "the signature of the token is wrong")
        .await;
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    for key in [Key::rsa("1"), Key::ed("1"), Key::ec("1")] {
        let issuer = Issuer::start(&[&key]).await;
        let service = service(&issuer);
        let jwk = key.jwk().to_string().into_bytes();
        for secret in [key.public(), jwk, Vec::new()] {
            let header = json!({ "alg": "HS256", "kid": "1", "typ": "JWT" });
            let message = message(&header, &issuer.claims());
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
            let token = format!("{message}.{}", encode(tag.as_ref()));
            refused(&service, &token, "the token is signed in a way that is not allowed").await;
        }
    }
}

#[tokio::test]
async fn a_shared_secret_among_the_keys_is_not_used() {
    let (secret, key) = (b"0123456789abcdef0123456789abcdef", Key::ed("1"));
    let issuer = Issuer::start(&[&key]).await;
    issuer.publish_json(json!({ "kid": "2", "kty": "oct", "alg": "HS256", "k": encode(secret) }));
    let message = message(&json!({ "alg": "HS256", "kid": "2" }), &issuer.claims());
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    let token = format!("{message}.{}", encode(tag.as_ref()));
    refused(&service(&issuer), &token, "the token is signed in a way that is not allowed").await;
}

#[tokio::test]
async fn the_key_says_how_it_is_used_and_not_the_token() {
    let (rsa, ec) = (Key::rsa("rsa"), Key::ec("ec"));
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    let service = service(&issuer);
    // The one is for RS256 alone, the other is of another kind.
    for (key, algorithm, id) in [(&rsa, "PS256", "rsa"), (&ec, "RS256", "ec"), (&ec, "EdDSA", "ec")]
    {
        let token = key.sign(&json!({ "alg": algorithm, "kid": id }), &issuer.claims());
        refused(&service, &token, "the token is signed with a key that is not known").await;
    }
    let token = rsa.sign(&json!({ "alg": "RS512", "kid": "rsa" }), &issuer.claims());
    refused(&service, &token, "the token is signed in a way that is not allowed").await;
}

#[tokio::test]
async fn a_token_brings_no_key_of_its_own() {
    let (key, own) = (Key::ed("1"), Key::ed("own"));
    let issuer = Issuer::start(&[&key]).await;
    let elsewhere = Issuer::start(&[&own]).await;
    let service = service(&issuer);
    for more in [
        json!({ "jwk": own.jwk() }),
        json!({ "jku": format!("{}/keys", elsewhere.name) }),
        json!({ "x5u": format!("{}/keys", elsewhere.name) }),
    ] {
        let mut header = json!({ "alg": "EdDSA", "kid": "own" });
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let token = own.sign(&header, &issuer.claims());
        refused(&service, &token, "the token is signed with a key that is not known").await;
    }
    assert_eq!(elsewhere.fetched(), 0);
}

#[tokio::test]
async fn a_token_names_its_key_unless_there_is_just_one() {
    let (first, second) = (Key::ed("1"), Key::ed("2"));
    let header = json!({ "alg": "EdDSA" });
    let issuer = Issuer::start(&[&first]).await;
    check(&service(&issuer), &first.sign(&header, &issuer.claims()), &["200"]).await;
    issuer.publish(&[&first, &second]);
    let token = first.sign(&header, &issuer.claims());
    refused(&service(&issuer), &token, "the token does not say which key it is signed with").await;
}

#[tokio::test]
async fn a_token_for_something_else_is_no_access_token() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    for kind in ["dpop+jwt", "logout+jwt", "secevent+jwt"] {
        let token = key.sign(&json!({ "alg": "EdDSA", "kid": "1", "typ": kind }), &issuer.claims());
        refused(&service, &token, "this is no access token").await;
    }
    let header = json!({ "alg": "EdDSA", "kid": "1", "crit": ["b64"], "b64": false });
    let token = key.sign(&header, &issuer.claims());
    refused(&service, &token, "the token demands what is not known here").await;
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let issuer = Issuer::start(&[&Key::ed("1")]).await;
    let service = service(&issuer);
    for token in ["x", "a.b.c", "..", "a.b", "e30.e30.e30"] {
        refused(&service, token, "the token cannot be read").await;
    }
    assert_eq!(issuer.fetched(), 0);
}

#[tokio::test]
async fn new_keys_are_fetched_when_a_token_names_one() {
    let (old, new) = (Key::ed("old"), Key::ed("new"));
    let issuer = Issuer::start(&[&old]).await;
    let tokens = Jwt::discover(&issuer.name, RESOURCE).refresh_interval(Duration::ZERO);
    let service = protected::behind(tokens).allow_any_host().into();
    check(&service, &old.token(&issuer.claims()), &["200"]).await;
    issuer.publish(&[&new, &old]);
    check(&service, &old.token(&issuer.claims()), &["200"]).await;
    assert_eq!(issuer.fetched(), 1);
    check(&service, &new.token(&issuer.claims()), &["200"]).await;
    assert_eq!(issuer.fetched(), 2);
    // With the next rotation the old one is withdrawn.
    issuer.publish(&[&new]);
    refused(
        &service,
        &Key::ed("x").token(&issuer.claims()),
        "the token is signed with a key that is not known",
    )
    .await;
    refused(
        &service,
        &old.token(&issuer.claims()),
        "the token is signed with a key that is not known",
    )
    .await;
}

#[tokio::test]
async fn tokens_that_name_any_key_do_not_make_the_server_fetch() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    for _ in 0..50 {
        let token = Key::ed("made up").token(&issuer.claims());
        refused(&service, &token, "the token is signed with a key that is not known").await;
    }
    check(&service, &key.token(&issuer.claims()), &["200"]).await;
    assert_eq!(issuer.fetched(), 1);
}

#[tokio::test]
async fn an_issuer_that_is_down_locks_nobody_out_who_has_a_known_key() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let tokens = || Jwt::discover(&issuer.name, RESOURCE).refresh_interval(Duration::ZERO);
    let service = protected::behind(tokens().refresh_after(Duration::ZERO)).allow_any_host().into();
    check(&service, &key.token(&issuer.claims()), &["200"]).await;
    issuer.go_down(true);
    check(&service, &key.token(&issuer.claims()), &["200"]).await;
    assert_eq!(issuer.fetched(), 2);
    // A server that never had the keys cannot tell, and one that had them too long ago neither.
    let service: Scoped<Principal> = protected::behind(tokens()).allow_any_host().into();
    check(&service, &key.token(&issuer.claims()), &["503 \n", "Tokens cannot be checked now"])
        .await;
    issuer.go_down(false);
    check(&service, &key.token(&issuer.claims()), &["200"]).await;
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let keys = Jwks::at(&format!("{}/keys", issuer.name)).size_limit(20);
    let service =
        protected::behind(Jwt::new(&*issuer.name, RESOURCE, keys)).allow_any_host().into();
    check(&service, &key.token(&issuer.claims()), &["503 \n"]).await;
    let keys = Jwks::at(&format!("{}/keys", issuer.name));
    let service =
        protected::behind(Jwt::new(&*issuer.name, RESOURCE, keys)).allow_any_host().into();
    check(&service, &key.token(&issuer.claims()), &["200"]).await;
}

#[tokio::test]
async fn a_client_asks_for_more_and_gets_it() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    let with = |scope: &str| key.token(&claims(&issuer, &json!({ "scope": scope })));
    let step_up = [
        "403 Bearer error=\"insufficient_scope\"",
        "scope=\"notes:read notes:write\"",
        "resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\"",
        "-32602",
    ];
    for scope in ["", "notes:read", "openid notes:read offline_access"] {
        check_call(&service, &with(scope), "write_note", &step_up).await;
    }
    check_call(&service, &with("notes:read notes:write"), "write_note", &["200", "noted"]).await;
    // The wider scope includes both.
    check_call(&service, &with("notes"), "write_note", &["200", "noted"]).await;
}

#[tokio::test]
async fn a_tool_is_there_for_those_who_may_see_it() {
    let key = Key::ed("1");
    let issuer = Issuer::start(&[&key]).await;
    let service = service(&issuer);
    let of = |groups: Value| key.token(&claims(&issuer, &json!({ "groups": groups })));
    check_call(&service, &of(json!(["staff"])), "delete_all_notes", &["200"]).await;
    check_call(
        &service,
        &of(json!(["guests"])),
        "delete_all_notes",
        &["Unknown tool: delete_all_notes"],
    )
    .await;
}

#[tokio::test]
async fn the_ready_made_server_serves_the_metadata_beside_the_endpoint() {
    let issuer = Issuer::start(&[&Key::ed("1")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new(protected::endpoint(&issuer.name, RESOURCE)).serve(listener));
    for (path, expected) in [
        (
            "/.well-known/oauth-protected-resource/mcp",
            "\"resource\":\"https://mcp.example.com/mcp\"",
        ),
        (
            "/.well-known/oauth-protected-resource",
            "\"scopes_supported\":[\"notes:read\",\"notes:write\"]",
        ),
        ("/.well-known/oauth-authorization-server", "HTTP/1.1 404"),
        ("/mcp", "HTTP/1.1 401"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains(expected), "{path}: {answer}");
    }
}
