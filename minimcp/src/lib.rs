//! MCP servers from plain async functions.
//!
//! Put [`#[tool]`](macro@tool), [`#[prompt]`](macro@prompt) or [`#[resource("uri")]`](macro@resource) on a function, list it
//! in [`handlers!`], and serve the list over stdio or HTTP to any client of the
//! [Model Context Protocol](https://modelcontextprotocol.io), of every revision from 2024-11-05 to 2026-07-28.
//!
//! ```no_run
//! use minimcp::{handlers, tool, MiniMcp};
//!
//! /// Add two numbers
//! #[tool]
//! async fn add(
//!     /// The first number
//!     a: f64,
//!     /// The second number
//!     b: f64,
//! ) -> f64 {
//!     a + b
//! }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     minimcp::stdio::serve(MiniMcp::new("math").handlers(handlers![add]), ()).await
//! }
//! ```
//!
//! # Where to look
//!
//! * **Handlers**: the attributes say what they take; [`FromCall`], [`Scope`], [`Progress`], [`Log`], [`Changes`], [`Cancel`],
//!   [`Call`] and `Client` (feature `ask`) are parameters that are filled in; a [`Completer`] says what can be typed for one; [`ToolOutput`],
//!   [`PromptOutput`], [`ResourceOutput`] and [`Error`] say what can come back.
//! * **The server**: [`MiniMcp`] is a value with options; [`MiniMcp::handle`] answers one message, and is all that a transport
//!   needs. [`Tools`], [`Prompts`] and [`Resources`] add, remove and call handlers at run time.
//! * **Transports**: [`stdio`]; [`http`], as routers for axum, an endpoint for any framework, and a server;
//!   [`Connection`] for your own.
//! * **Beyond the protocol**: [`extension`], methods of your own and other ways to answer a call;
//!   [`apps`], pages that clients show beside results.
//! * **Tests**: [`testing::Client`].
//!
//! # Features
//!
//! | feature | default | what it is |
//! |---|---|---|
//! | `macros` | yes | the attributes and [`handlers!`] |
//! | `stdio` | yes | [`stdio`] |
//! | `http` | yes | [`http`] |
//! | `page` | no | a page on which people look at a server: `http::page`; brings `http` |
//! | `pattern` | no | regular expressions in `#[arg(pattern = "…")]` |
//! | `ask` | no | asking the client from a handler |
//! | `sessions` | no | sessions and resumable streams for HTTP clients of revisions before 2026-07-28 |
//! | `tasks` | no | calls of tools that go on after their request was answered: [`MiniMcp::tasks`] |
//! | `metrics` | no | numbers about calls, through the facade `metrics`: `describe_metrics` |
//! | `sse` | no | HTTP+SSE, the deprecated transport of 2024-11-05; brings `sessions` |
//! | `auth` | no | [`auth`]: bearer tokens over HTTP, scopes that handlers need, handlers that are not for everybody |
//! | `jwks` | no | fetching the keys of an authorization server; brings `auth` and `http` |
//! | `seal` | no | keys for what clients keep for the server; the three features above bring it |

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic,)
)]
#![allow(clippy::match_bool, reason = "two arms read side by side")]

// The attributes write paths that begin with the name of the crate, in its own tests and examples as well.
#[allow(unused_extern_crates, reason = "used by expansions in tests and doctests")]
extern crate self as minimcp;

pub mod apps;
mod args;
#[cfg(feature = "ask")]
mod ask;
#[cfg(feature = "auth")]
pub mod auth;
mod boxed;
mod bus;
mod call;
mod changes;
mod completion;
mod connection;
mod definition;
mod error;
pub mod extension;
mod observe;
mod outbox;
mod output;
mod param;
mod protocol;
mod registry;
mod schema;
#[cfg(feature = "seal")]
#[cfg_attr(
    not(any(feature = "ask", feature = "sessions")),
    allow(dead_code, reason = "the keys alone, for those who switch on the rest elsewhere")
)]
mod seal;
mod server;
mod settled;
#[cfg(feature = "tasks")]
mod tasks;
pub mod testing;
mod transport;
mod uri_template;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "ask")]
pub use ask::{
    Client, CreateMessageResult, Elicit, ElicitResponse, ElicitUrl, Elicited, IncludeContext,
    ListRoots, Root, Sample, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
pub use boxed::BoxFuture;
pub use bus::{Bus, LocalBus, Subscription};
pub use call::{
    Call, CallLimit, Cancel, Log, LogLevel, Progress, Report, Reported, Reporting, TraceContext,
};
pub use changes::Changes;
pub use completion::{Completer, CompletionContext, CompletionOutput};
pub use connection::Connection;
pub use definition::{Handlers, Prompt, Resource, Tool};
pub use error::Error;
#[cfg(feature = "metrics")]
pub use observe::describe_metrics;
pub use outbox::{Closed, Inbox, Outbox};
pub use output::{PromptOutput, ResourceOutput, ToolOutput};
pub use param::{FromCall, FromScope, NoScope, Scope};
pub use protocol::cache::CacheScope;
pub use protocol::reply::Reply;
pub use protocol::types::annotations::{Annotations, Role};
pub use protocol::types::blob::Blob;
pub use protocol::types::completion::Completion;
pub use protocol::types::content::Content;
pub use protocol::types::icon::{Icon, Theme};
pub use protocol::types::message::{GetPromptResult, Message};
pub use protocol::types::resource::ResourceContents;
pub use protocol::types::tool_result::CallToolResult;
pub use protocol::version::ProtocolVersion;
pub use registry::{AlreadyRegistered, NotRegistered, Prompts, Resources, Tools};
#[cfg(feature = "seal")]
pub use seal::{InvalidSealKey, SealKey};
pub use server::MiniMcp;
#[cfg(feature = "tasks")]
pub use tasks::{MemoryTasks, Task, TaskRecord, TaskStore, Tasks};
#[cfg(feature = "http")]
pub use transport::http;
#[cfg(any(feature = "stdio", feature = "http"))]
pub use transport::signal::stop_signal;
#[cfg(feature = "stdio")]
pub use transport::stdio;

#[cfg(feature = "macros")]
pub use minimcp_macros::{handlers, prompt, resource, tool};
pub use schemars;

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "macros", feature = "stdio", feature = "http", feature = "ask"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// And so are those of the pages about one thing each.
#[cfg(all(doctest, feature = "macros", feature = "stdio", feature = "http"))]
mod pages;
