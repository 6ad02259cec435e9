//! A calculator as a web service: two MCP servers in one axum application, with what a public service needs around
//! them. [`app()`] puts it together; start reading there.

mod app;
mod auth;
mod calculator;
mod cors;
mod follow;
mod options;
mod rate;
mod science;
mod serve;
mod steps;

pub use app::{App, app};
pub use auth::Token;
pub use follow::{Bounds, Feeds};
pub use options::{Options, USAGE, Wanted};
pub use serve::serve;
