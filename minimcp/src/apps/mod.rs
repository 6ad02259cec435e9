//! MCP Apps, the extension `io.modelcontextprotocol/ui` (2026-01-26): pages that clients show beside the results of tools.
//!
//! A tool links a page, `#[tool(ui = "ui://…")]`; the page is a resource under that URI, `#[resource("ui://…")]`, which
//! returns an [`App`] or plain HTML. The server then announces the extension in all revisions.
//!
//! ```
//! use minimcp::{apps::{App, Permission}, handlers, resource, tool, MiniMcp};
//!
//! /// Say what time it is
//! #[tool(ui = "ui://clock")]
//! async fn time() -> &'static str { "a quarter past nine" }
//!
//! /// A clock
//! #[resource("ui://clock")]
//! async fn clock() -> App {
//!     App::new("<!doctype html><title>Clock</title>")
//!         .connect("https://time.example.com")
//!         .permission(Permission::Geolocation)
//!         .prefers_border(true)
//! }
//!
//! let server: MiniMcp = MiniMcp::new("clock").handlers(handlers![time, clock]);
//! ```

mod app;
mod link;

pub use app::{App, Permission};
pub(crate) use link::Link;
pub use link::Visibility;

use serde_json::Value;

use crate::call::Call;

/// The id of the extension.
pub const ID: &str = "io.modelcontextprotocol/ui";

/// The media type of a page.
pub const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// How the URI of a page begins.
pub(crate) const SCHEME: &str = "ui://";

impl Call {
    /// Whether the client shows MCP Apps: it declared the extension, and for pages of the type [`MIME_TYPE`].
    ///
    /// A tool with a page says in plain text too what the page shows; it may say less to those who see the page.
    ///
    /// ```
    /// use minimcp::{tool, Call};
    ///
    /// /// List all flights
    /// #[tool]
    /// async fn flights(call: Call) -> &'static str {
    ///     if call.shows_apps() { "the flights are on the page" } else { "LH 454, LX 38, and many more" }
    /// }
    /// ```
    #[must_use]
    pub fn shows_apps(&self) -> bool {
        let settings = self.client_extension(ID);
        settings.is_some_and(|settings| match settings.get("mimeTypes") {
            Some(Value::Array(types)) => types.iter().any(|shown| shown == MIME_TYPE),
            _ => false,
        })
    }
}
