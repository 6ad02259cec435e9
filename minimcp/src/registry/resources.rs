//! The resources of a server: those with a URI, and templates.

use std::sync::Arc;

use serde::Serialize;

use super::{AlreadyRegistered, Catalog, NotRegistered};
use crate::definition::Resource;
use crate::error::Error;
use crate::protocol::types::resource::ResourceContents;
use crate::server::MiniMcp;
use crate::uri_template::Variables;

/// Resources and templates; names are unique among both.
pub(crate) struct ResourceCatalog<S> {
    pub(crate) fixed: Catalog<Resource<S>>,
    pub(crate) templates: Catalog<Resource<S>>,
}

impl<S> ResourceCatalog<S> {
    pub(crate) fn add(&self, resource: Resource<S>) -> Result<(), AlreadyRegistered> {
        let name = resource.resource_name();
        let (own, other) = match resource.is_template() {
            true => (&self.templates, &self.fixed),
            false => (&self.fixed, &self.templates),
        };
        if other.get(name).is_some() {
            return Err(AlreadyRegistered::new("resource", name));
        }
        let shape = resource.uri.shape();
        if own.find_map(|entry| (entry.uri.shape() == shape).then_some(())).is_some() {
            return Err(AlreadyRegistered::new("resource", resource.uri()));
        }
        own.add(resource)
    }

    pub(crate) fn remove(&self, name: &str) -> Result<Arc<Resource<S>>, NotRegistered> {
        self.fixed.remove(name).or_else(|_| self.templates.remove(name))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Resource<S>>> {
        self.fixed.get(name).or_else(|| self.templates.get(name))
    }

    /// The resource behind a URI: one with just this URI first, then the templates in the order of their
    /// registration.
    pub(crate) fn find(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        self.fixed.find_map(|entry| (entry.uri() == uri).then(|| Arc::clone(entry))).or_else(|| {
            self.templates
                .find_map(|entry| entry.uri.matches(uri).is_some().then(|| Arc::clone(entry)))
        })
    }

    /// All that are behind a URI, in the order of [`find`](Self::find).
    #[cfg(feature = "auth")]
    pub(crate) fn all_behind(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        let mut found = self.fixed.all();
        found.retain(|entry| entry.uri() == uri);
        let templates = self.templates.all().into_iter();
        found.extend(templates.filter(|entry| entry.uri.matches(uri).is_some()));
        found
    }

    /// The resource with just this URI, or the template with just this text.
    pub(crate) fn with_uri(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        let same = |entry: &Arc<Resource<S>>| (entry.uri() == uri).then(|| Arc::clone(entry));
        self.templates.find_map(same).or_else(|| self.fixed.find_map(same))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.templates.is_empty()
    }
}

impl<S> Default for ResourceCatalog<S> {
    fn default() -> Self {
        Self { fixed: Catalog::default(), templates: Catalog::default() }
    }
}

/// The variables of a URI that was found for this resource.
pub(crate) fn variables<'r, 'u, S>(resource: &'r Resource<S>, uri: &'u str) -> Variables<'r, 'u> {
    resource.uri.matches(uri).unwrap_or_default()
}

/// The resources of a server: add, remove, list and read them, at any time.
///
/// Clients that want to know of it are told when the list has changed; see [`Changes`](crate::Changes).
///
/// ```
/// use minimcp::{handlers, resource, MiniMcp};
/// use serde_json::json;
///
/// /// The profile of a user
/// #[resource("users://{id}/profile")]
/// async fn profile(id: u64) -> String { format!("user {id}") }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("users").handlers(handlers![profile]);
/// let resources = server.resources();
/// assert_eq!(resources.read("users://7/profile", ()).await?[0].as_text(), Some("user 7"));
/// let contents = resources.read_by_name("profile", json!({ "id": 7 }), ()).await?;
/// assert_eq!(contents[0].uri(), "users://7/profile");
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Resources<'s, S> {
    server: &'s MiniMcp<S>,
}

impl<'s, S: Send + Sync + 'static> Resources<'s, S> {
    pub(crate) fn of(server: &'s MiniMcp<S>) -> Self {
        Self { server }
    }

    /// Adds a resource or template after the others.
    ///
    /// # Errors
    ///
    /// When one of this name, of this URI, or of a template that matches the same URIs is there already.
    pub fn add(&self, resource: Resource<S>) -> Result<(), AlreadyRegistered> {
        self.server.registry().resources.add(resource)?;
        self.server.changes().resources();
        Ok(())
    }

    /// Removes a resource or template by its name and gives it.
    ///
    /// # Errors
    ///
    /// When there is none of this name.
    pub fn remove(&self, name: &str) -> Result<Arc<Resource<S>>, NotRegistered> {
        let resource = self.server.registry().resources.remove(name)?;
        self.server.changes().resources();
        Ok(resource)
    }

    /// The resources with a URI, in the order of their registration.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Resource<S>>> {
        self.server.registry().resources.fixed.all()
    }

    /// The templates, in the order of their registration.
    #[must_use]
    pub fn list_templates(&self) -> Vec<Arc<Resource<S>>> {
        self.server.registry().resources.templates.all()
    }

    /// Reads what is behind a URI.
    ///
    /// # Errors
    ///
    /// When there is nothing, a variable does not fit its parameter, the call is stopped, or the handler fails.
    pub async fn read(&self, uri: &str, scope: S) -> Result<Vec<ResourceContents>, Error> {
        self.server.read_resource(uri, &scope).await
    }

    /// Reads a resource by its name; the variables of a template are an object, or `null` for none.
    ///
    /// # Errors
    ///
    /// When there is no such resource, a variable is missing or does not fit, the call is stopped, or the handler
    /// fails.
    pub async fn read_by_name(
        &self,
        name: &str,
        variables: impl Serialize,
        scope: S,
    ) -> Result<Vec<ResourceContents>, Error> {
        self.server.read_resource_by_name(name, &variables, &scope).await
    }
}
