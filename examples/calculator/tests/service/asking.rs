//! Asking the application, and taking its answers apart.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use calculator::{App, Options, app};
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) fn plain_app() -> App {
    app(&Options::default())
}

/// A request to a path, from an address that the server sees.
pub(crate) fn to(method: &str, path: &str) -> request::Builder {
    let peer: SocketAddr = "192.0.2.1:4000".parse().unwrap();
    Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "127.0.0.1:8000")
        .extension(ConnectInfo(peer))
}

/// A message to a server; it goes along for the judge of its answer.
pub(crate) fn message(path: &str, message: &Value) -> Request<Body> {
    let request = to("POST", path).header(CONTENT_TYPE, "application/json");
    request.extension(Asked(message.to_string())).body(Body::from(message.to_string())).unwrap()
}

/// What was asked for.
#[derive(Clone)]
pub(crate) struct Asked(String);

impl Asked {
    /// Judges messages that answer it.
    pub(crate) fn judge(&self, sent: &str) {
        judge::over_http(None, &self.0, sent);
    }
}

pub(crate) fn list() -> Value {
    json!({ "jsonrpc": "2.0", "id": "2", "method": "tools/list" })
}

/// A call of a tool that asks for its steps, and for progress.
pub(crate) fn streamed_call(tool: &str, a: i32, b: i32) -> Value {
    let mut call = call(tool, json!({ "a": a, "b": b, "stream": true }));
    call["params"]["_meta"] = json!({ "progressToken": "p" });
    call
}

#[allow(clippy::needless_pass_by_value, reason = "written with json!")]
pub(crate) fn call(tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

pub(crate) async fn ask(app: &App, request: Request<Body>) -> Response {
    let asked = request.extensions().get::<Asked>().cloned();
    let mut response = app.router.clone().oneshot(request).await.unwrap();
    if let Some(asked) = asked {
        response.extensions_mut().insert(asked);
    }
    response
}

pub(crate) async fn ask_json(app: &App, request: Request<Body>) -> Value {
    let response = ask(app, request).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let asked = response.extensions().get::<Asked>().cloned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    if let Some(asked) = asked {
        asked.judge(std::str::from_utf8(&body).unwrap());
    }
    serde_json::from_slice(&body).unwrap()
}

pub(crate) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}
