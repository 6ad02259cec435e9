//! Endpoints in frameworks: axum's routes, tower's services.

use axum::Router;
use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::Full;
use minimcp::http::{Endpoint, Legacy, Scoped, json, streamable};
use minimcp::{MiniMcp, Scope, Tool};
use tower_service::Service;

use crate::{Answers, Arguments, call, check, server};

impl Answers for Router {
    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body> {
        self.clone().call(request.map(axum::body::Body::new)).await.unwrap()
    }
}

impl<S: Send + Sync + 'static> Answers for Scoped<S> {
    async fn answer(&self, request: Request<Full<Bytes>>) -> Response<axum::body::Body> {
        self.clone().call(request).await.unwrap().map(axum::body::Body::new)
    }
}

#[derive(Clone)]
struct Application {
    greeting: &'static str,
}

#[derive(Clone)]
struct User(String);

impl FromRequestParts<Application> for User {
    type Rejection = (http::StatusCode, [(&'static str, &'static str); 1], &'static str);

    async fn from_request_parts(
        request: &mut Parts,
        state: &Application,
    ) -> Result<Self, Self::Rejection> {
        let user = request.headers.get("x-user").and_then(|user| user.to_str().ok());
        user.map(|user| Self(format!("{} {user}", state.greeting))).ok_or((
            http::StatusCode::UNAUTHORIZED,
            [("www-authenticate", "Bearer")],
            "who are you?",
        ))
    }
}

fn who() -> MiniMcp<User> {
    let server = MiniMcp::new("who");
    let who = |_: Arguments, user: Scope<User>| async move { Ok::<_, String>(user.0.0) };
    server.tools().add(Tool::from_fn("who", who)).unwrap();
    server
}

#[tokio::test]
async fn a_scope_is_any_extractor() {
    let app = Router::new()
        .route("/mcp", streamable(who()))
        .with_state(Application { greeting: "hello" });
    check(&app, &format!("x-user: ann\n{}", call("who")), "200 application/json\n{…hello ann…}")
        .await;
    // Nothing of MCP is looked at before the extractor has let it pass, but host and origin.
    check(&app, "\n\nnonsense", "401 text/plain; charset=utf-8 Bearer\nwho are you?").await;
    check(&app, "origin: http://evil.example\n\nnonsense", "403 …").await;
    check(&app, "x-user: ann\n\nnonsense", "400 application/json\n{…-32700…}").await;
}

#[tokio::test]
async fn routes_answer_all_methods_themselves() {
    let app: Router = Router::new()
        .route("/mcp", Endpoint::streamable(server()).legacy(Legacy::Stateless).into_route())
        .nest("/inner", Router::new().route("/json", json(server())));
    for method in ["GET", "DELETE", "OPTIONS", "PUT"] {
        check(&app, method, "405 text/plain; charset=utf-8 POST\nMessages are sent with POST.\n")
            .await;
    }
    check(&app, "HEAD", "405 text/plain; charset=utf-8 POST").await;
    let app: Router = Router::new().route("/mcp", streamable(server()));
    check(&app, &call("reports"), "200 text/event-stream\n…").await;
    let app: Router = Router::new().route("/mcp", json(server()));
    check(&app, &call("reports"), "200 application/json\n…").await;
    let app: Router =
        Router::new().route("/mcp", Endpoint::json(server()).body_limit(1).into_route());
    check(&app, &call("reports"), "413 …").await;
}

#[tokio::test]
async fn a_service_makes_its_scope_of_the_head() {
    let service = Endpoint::streamable(who()).with_scope_fn(|request| {
        User(request.headers.get("x-user").map_or("nobody", |user| user.to_str().unwrap()).into())
    });
    check(&service, &format!("x-user: ann\n{}", call("who")), "200 …ann…").await;
    check(&service, &call("who"), "200 …nobody…").await;
    check(&service, "host: evil.example\n\n", "403 …").await;
    check(&Endpoint::streamable(who()).with_scope(User("bob".into())), &call("who"), "200 …bob…")
        .await;
}
