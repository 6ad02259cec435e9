//! What a tool says of its page.

use serde_json::{Map, json};

use super::SCHEME;
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
    pub(crate) uri: Option<String>,
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
        let mut ui = Map::new();
        if let Some(uri) = uri {
            ui.insert("resourceUri".into(), json!(uri));
        }
        if !visible_to.is_empty() {
            let names = visible_to.iter().map(|whom| match whom {
                Visibility::Model => "model",
                Visibility::App => "app",
            });
            ui.insert("visibility".into(), names.collect());
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
}
