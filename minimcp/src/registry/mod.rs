//! The handlers of a server: listed and looked up, added and removed while calls are running.

mod catalog;
mod hash;
mod prompts;
mod resources;
mod routes;
mod tools;

use std::fmt;
use std::sync::OnceLock;

pub(crate) use catalog::{Catalog, Entry, Page, Served};
pub use prompts::Prompts;
pub use resources::Resources;
pub(crate) use resources::{ResourceCatalog, lead};
pub use tools::Tools;

use crate::definition::{Prompt, Tool};

/// All handlers of a server.
pub(crate) struct Registry<S> {
    pub(crate) tools: Catalog<Tool<S>>,
    pub(crate) prompts: Catalog<Prompt<S>>,
    pub(crate) resources: ResourceCatalog<S>,
    /// Set when they were looked at as a whole.
    pub(crate) checked: OnceLock<()>,
}

impl<S> Registry<S> {
    /// Whether a handler can send log messages.
    pub(crate) fn logs(&self) -> bool {
        self.tools.any(|tool| tool.listing.logs)
            || self.prompts.any(|prompt| prompt.listing.logs)
            || self.resources.fixed.any(|resource| resource.listing.logs)
            || self.resources.templates.any(|resource| resource.listing.logs)
    }
}

#[cfg(feature = "auth")]
impl<S> Registry<S> {
    /// Shows every handler.
    pub(crate) fn each_listed(&self, show: &mut dyn FnMut(crate::auth::Listed<'_>)) {
        self.tools.all().iter().for_each(|tool| show(tool.listed()));
        self.prompts.all().iter().for_each(|prompt| show(prompt.listed()));
        for resources in [&self.resources.fixed, &self.resources.templates] {
            resources.all().iter().for_each(|resource| show(resource.listed()));
        }
    }
}

impl<S> fmt::Debug for Registry<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tools, prompts, resources, checked: _ } = self;
        formatter
            .debug_struct("Registry")
            .field("tools", tools)
            .field("prompts", prompts)
            .field("resources", &resources.fixed)
            .field("templates", &resources.templates)
            .finish()
    }
}

impl<S> Default for Registry<S> {
    fn default() -> Self {
        Self {
            tools: Catalog::default(),
            prompts: Catalog::default(),
            resources: ResourceCatalog::default(),
            checked: OnceLock::new(),
        }
    }
}

/// Another handler has this name, or this URI, already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadyRegistered {
    kind: &'static str,
    name: String,
}

impl AlreadyRegistered {
    pub(crate) fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

impl fmt::Display for AlreadyRegistered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} already registered", self.kind, self.name)
    }
}

impl std::error::Error for AlreadyRegistered {}

/// No handler has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRegistered {
    kind: &'static str,
    name: String,
}

impl NotRegistered {
    pub(crate) fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

impl fmt::Display for NotRegistered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Unknown {}: {}", self.kind, self.name)
    }
}

impl std::error::Error for NotRegistered {}
