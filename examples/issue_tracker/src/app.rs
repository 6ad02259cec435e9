//! The application: routes of its own, and the MCP server as one more.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use minimcp::http::Endpoint;
use serde::Deserialize;

use crate::accounts::{Accounts, User};
use crate::auth::{Unauthorized, authenticate};
use crate::db::Db;
use crate::issue::{IssueError, Page};
use crate::server::Session;

/// The application: its state is the database. Leave `endpoint` out, and it is one like any other.
pub fn app(db: Db, accounts: Accounts, endpoint: Endpoint<Session>) -> Router {
    Router::new()
        .route("/mcp", endpoint.into_route())
        .route("/issues", get(issues))
        .route("/health", get(|| async { "ok\n" }))
        .layer(from_fn_with_state(Arc::new(accounts), authenticate))
        .with_state(db)
}

/// The scope of the MCP server is an extractor: who sends no password does not get past it.
impl FromRequestParts<Db> for Session {
    type Rejection = Unauthorized;

    async fn from_request_parts(parts: &mut Parts, db: &Db) -> Result<Self, Unauthorized> {
        Ok(Self { user: User::from_request_parts(parts, db).await?, db: db.clone() })
    }
}

#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

async fn issues(
    _: User,
    State(db): State<Db>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<Page>, StatusCode> {
    let listed = tokio::task::spawn_blocking(move || db.list(50, before)).await;
    match listed {
        Ok(Ok(page)) => Ok(Json(page)),
        Ok(Err(IssueError::Unavailable)) => Err(StatusCode::SERVICE_UNAVAILABLE),
        Ok(Err(_)) | Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
