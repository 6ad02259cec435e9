//! Serving over HTTP: routes for axum, an endpoint for any framework, and a ready-made server.
//!
//! The transport is Streamable HTTP (2025-03-26 and later). One endpoint serves clients of all revisions; see [`Endpoint`]
//! for what it checks and how it answers. Sessions of the revisions before 2026-07-28, which are optional, are the feature
//! `sessions`; see [`Endpoint::legacy`].
//!
//! In an application of your own, a server is a route, and its scope is any extractor:
//!
//! ```
//! use axum::Router;
//! use minimcp::MiniMcp;
//!
//! let server: MiniMcp = MiniMcp::new("math");
//! let app: Router = Router::new().route("/mcp", minimcp::http::streamable(server));
//! ```
//!
//! Without one, [`serve`] is all that is needed:
//!
//! ```no_run
//! use minimcp::{handlers, tool, MiniMcp};
//!
//! /// Add two numbers
//! #[tool]
//! async fn add(a: f64, b: f64) -> f64 { a + b }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
//!     minimcp::http::serve(server, "127.0.0.1:8000").await
//! }
//! ```

mod answer;
mod argument;
mod authority;
#[cfg(feature = "auth")]
mod authorization;
mod body;
mod builder;
mod checks;
mod closing;
mod connections;
mod content;
mod crowded;
mod door;
mod encoded;
mod endpoint;
mod event;
mod exchange;
mod guard;
mod health;
mod host;
mod joined;
mod legacy;
mod listener;
mod media;
mod mirror;
mod options;
mod origin;
#[cfg(feature = "page")]
mod page;
mod patience;
mod received;
mod rejection;
mod route;
mod scoped;
mod server;
#[cfg(feature = "sessions")]
mod session;
#[cfg(feature = "sse")]
mod sse;
mod stalled;
mod stream;
mod within;

#[cfg(feature = "auth")]
pub use authorization::Authorization;
pub use body::Body;
pub use connections::Connections;
pub use endpoint::Endpoint;
pub use guard::{Guard, Guarded, REQUEST_HEADERS, RESPONSE_HEADERS};
pub use health::health;
pub use legacy::Legacy;
pub use mirror::MissingMirrorHeaders;
#[cfg(feature = "page")]
pub use page::page;
pub use route::{json, streamable};
pub use scoped::Scoped;
pub use server::{Server, serve};
#[cfg(feature = "sessions")]
pub use session::{
    EventStore, LocalEvents, LocalSessions, SessionChange, SessionState, SessionStore, Sessions,
    StreamEvent,
};
#[cfg(feature = "sse")]
pub use sse::{Sse, sse};
