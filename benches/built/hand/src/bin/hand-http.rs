//! Over HTTP.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

async fn respond(message: Bytes) -> Response {
    match built_hand::answer(&message) {
        Ok(Some(answer)) => ([(header::CONTENT_TYPE, "application/json")], answer).into_response(),
        Ok(None) => StatusCode::ACCEPTED.into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let app = Router::new().route("/mcp", post(respond));
    let ended = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app).with_graceful_shutdown(ended).await
}
