//! The resources of a server: those with a URI, and templates.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde::Serialize;

use super::routes::Routes;
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
    /// Changed together with the catalogs, under its lock.
    routes: RwLock<Routes<S>>,
}

impl<S> ResourceCatalog<S> {
    pub(crate) fn add(&self, resource: Resource<S>) -> Result<(), AlreadyRegistered> {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let name = resource.resource_name();
        let (own, other) = match resource.is_template() {
            true => (&self.templates, &self.fixed),
            false => (&self.fixed, &self.templates),
        };
        if other.get(name).is_some() {
            return Err(AlreadyRegistered::new("resource", name));
        }
        if routes.has_shape_of(&resource) {
            return Err(AlreadyRegistered::new("resource", resource.uri()));
        }
        let resource = Arc::new(resource);
        own.add(Arc::clone(&resource))?;
        routes.add(&resource);
        Ok(())
    }

    pub(crate) fn remove(&self, name: &str) -> Result<Arc<Resource<S>>, NotRegistered> {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let resource = self.fixed.remove(name).or_else(|_| self.templates.remove(name))?;
        routes.remove(&resource);
        Ok(resource)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Resource<S>>> {
        self.fixed.get(name).or_else(|| self.templates.get(name))
    }

    /// The resources that a URI may lead to: one with just this URI, or templates in the order of their registration. It
    /// leads to the first that it matches.
    pub(crate) fn candidates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        self.routes().candidates(uri)
    }

    /// The resource behind a URI.
    pub(crate) fn find(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        self.candidates(uri).into_iter().find(|resource| resource.uri.matches(uri).is_some())
    }

    /// As [`candidates`](Self::candidates), and the templates behind a resource with just this URI.
    #[cfg(feature = "auth")]
    pub(crate) fn all_candidates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        self.routes().all_candidates(uri)
    }

    /// The resource with just this URI, or the template with just this text.
    pub(crate) fn with_uri(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        self.routes().with_text(uri)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.templates.is_empty()
    }

    fn routes(&self) -> RwLockReadGuard<'_, Routes<S>> {
        self.routes.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Default for ResourceCatalog<S> {
    fn default() -> Self {
        Self { fixed: Catalog::default(), templates: Catalog::default(), routes: RwLock::default() }
    }
}

/// The resource that a URI leads to, and the variables in it.
pub(crate) fn lead<'r, 'u, S>(
    candidates: impl IntoIterator<Item = &'r Arc<Resource<S>>>,
    uri: &'u str,
) -> Option<(&'r Arc<Resource<S>>, Variables<'r, 'u>)> {
    candidates.into_iter().find_map(|resource| Some((resource, resource.uri.matches(uri)?)))
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
