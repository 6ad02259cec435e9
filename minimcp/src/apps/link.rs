//! What a tool says of its page.

use serde_json::{Value, json};

use super::{MIME_TYPE, SCHEME};
use crate::definition::Tool;
use crate::protocol::types::insert_meta;
use crate::server::MiniMcp;

/// Who may call a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Visibility {
    /// The model.
    Model,
    /// The page that the client shows.
    App,
}

/// The page of a tool, and who may call it.
#[derive(Debug, Default)]
pub(crate) struct Link {
    uri: Option<String>,
    visible_to: Vec<Visibility>,
}

impl<S> Tool<S> {
    /// The page that clients show beside the results, the URI of a resource: `_meta.ui.resourceUri` (MCP Apps). In all
    /// revisions.
    ///
    /// The results have to make sense without the page.
    ///
    /// # Panics
    ///
    /// If the URI does not begin with `ui://`.
    #[must_use]
    pub fn ui(mut self, uri: impl Into<String>) -> Self {
        let uri = uri.into();
        assert!(
            uri.starts_with(SCHEME),
            "`{uri}` cannot be the page of a tool: its URI begins with `{SCHEME}`"
        );
        self.app.get_or_insert_default().uri = Some(uri);
        self.tell_of_app()
    }

    /// Adds somebody who may call the tool: `_meta.ui.visibility` (MCP Apps). The model and the page unless it is said.
    /// Clients heed it; the server does not know who calls.
    #[must_use]
    pub fn visible_to(mut self, whom: Visibility) -> Self {
        let visible_to = &mut self.app.get_or_insert_default().visible_to;
        if !visible_to.contains(&whom) {
            visible_to.push(whom);
        }
        self.tell_of_app()
    }

    fn tell_of_app(mut self) -> Self {
        let Some(Link { uri, visible_to }) = &self.app else { return self };
        let mut ui = json!({});
        if let Some(uri) = uri {
            ui["resourceUri"] = json!(uri);
        }
        if !visible_to.is_empty() {
            let names = visible_to.iter().map(|whom| match whom {
                Visibility::Model => "model",
                Visibility::App => "app",
            });
            ui["visibility"] = names.collect::<Value>();
        }
        insert_meta(&mut self.listing.meta, "ui", ui);
        self
    }
}

impl<S> MiniMcp<S> {
    /// The extension, if a tool has something to say about pages.
    pub(crate) fn brings_apps(&self) -> Option<&'static str> {
        self.registry().tools.any(|tool| tool.app.is_some()).then_some(super::ID)
    }

    /// A tool whose calls become tasks, on a server without tasks.
    pub(crate) fn stray_task(&self) -> Option<String> {
        if self.offered().has("io.modelcontextprotocol/tasks") {
            return None;
        }
        self.registry().tools.find_map(|tool| {
            tool.task_support().map(|_| {
                format!(
                    "calls of the tool `{}` become tasks, and the server has none: write `.tasks(Tasks::new())`",
                    tool.tool_name()
                )
            })
        })
    }

    /// What is wrong with the page of a tool.
    pub(crate) fn broken_page(&self) -> Option<String> {
        self.registry().tools.find_map(|tool| {
            let uri = tool.app.as_ref()?.uri.as_deref()?;
            let name = tool.tool_name();
            match self.registry().resources.find(uri) {
                None => Some(format!(
                    "the tool `{name}` has the page `{uri}`, and no resource has that URI: write `#[resource(\"{uri}\")]` and list \
                     it among the handlers"
                )),
                Some(page) if page.declared_mime_type() != Some(MIME_TYPE) => Some(format!(
                    "the tool `{name}` has the page `{uri}`, whose resource declares another media type: leave `mime_type` out, \
                     and it is `{MIME_TYPE}`"
                )),
                Some(_) => None,
            }
        })
    }
}
