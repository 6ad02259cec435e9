//! An issue tracker: an axum application with users and a database, and an MCP server as one of its routes.

pub mod accounts;
#[cfg(feature = "actix")]
pub mod actix;
pub mod app;
pub mod auth;
pub mod db;
pub mod issue;
pub mod server;
pub mod settings;
