//! An issue tracker: an axum application with users and a database, and an MCP server as one of its routes.

pub mod accounts;
pub mod db;
pub mod issue;
pub mod server;
