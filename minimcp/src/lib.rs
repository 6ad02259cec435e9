//! MCP servers from plain async functions.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::needless_pass_by_value
    )
)]
#![allow(clippy::match_bool, reason = "two arms read side by side")]

// The attributes write paths that begin with the name of the crate, in its own tests and examples as well.
#[allow(unused_extern_crates, reason = "used by expansions in tests and doctests")]
extern crate self as minimcp;

mod args;
mod call;
mod connection;
mod definition;
mod error;
mod outbox;
mod output;
mod param;
mod protocol;
mod registry;
mod schema;
mod server;
pub mod testing;
mod transport;
mod uri_template;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use call::{Call, Cancel, Progress, Report, Reported};
pub use connection::Connection;
pub use definition::{Handlers, Prompt, Resource, Tool};
pub use error::Error;
pub use outbox::{Closed, Inbox, Outbox};
pub use output::{PromptOutput, ResourceOutput, ToolOutput};
pub use param::{FromCall, FromScope, NoScope, Scope};
pub use protocol::reply::Reply;
pub use protocol::types::annotations::{Annotations, Role};
pub use protocol::types::blob::Blob;
pub use protocol::types::content::Content;
pub use protocol::types::icon::{Icon, Theme};
pub use protocol::types::message::{GetPromptResult, Message};
pub use protocol::types::resource::ResourceContents;
pub use protocol::types::tool_result::CallToolResult;
pub use protocol::version::ProtocolVersion;
pub use registry::{AlreadyRegistered, NotRegistered, Prompts, Resources, Tools};
pub use server::MiniMcp;
#[cfg(feature = "http")]
pub use transport::http;
#[cfg(feature = "stdio")]
pub use transport::stdio;

#[cfg(feature = "macros")]
pub use minimcp_macros::{handlers, prompt, resource, tool};
pub use schemars;
