//! Whether a caller may use a handler.

#[cfg(feature = "auth")]
use std::any::{Any, TypeId};
use std::sync::Arc;

use super::MiniMcp;
#[cfg(feature = "auth")]
use crate::auth::{Access, Caller, Hook, Principal};
use crate::definition::{Prompt, Resource, Tool};
use crate::error::Error;
use crate::protocol::cache::CacheHints;
use crate::protocol::version::ProtocolVersion;
use crate::registry::{Catalog, Entry, Page, Served, lead};
use crate::uri_template::Variables;

/// Handlers that a caller asks for, if it may use them.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(super) fn tool_for(&self, name: &str, scope: &S) -> Result<Served<'_, Tool<S>>, Error> {
        let tool = self.tool(name)?;
        self.allow(&**tool, scope, || Error::unknown_handler("tool", name))?;
        Ok(tool)
    }

    pub(super) fn prompt_for(&self, name: &str, scope: &S) -> Result<Served<'_, Prompt<S>>, Error> {
        let prompt = self.prompt(name)?;
        self.allow(&**prompt, scope, || Error::unknown_handler("prompt", name))?;
        Ok(prompt)
    }

    /// The resources that a URI may lead to.
    pub(super) fn candidates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        #[cfg(feature = "auth")]
        if self.hides() {
            return self.registry().resources.all_candidates(uri);
        }
        self.registry().resources.candidates(uri)
    }

    /// The first resource behind a URI that the caller sees, and its variables.
    pub(super) fn resource_for<'r, 'u>(
        &self,
        candidates: &'r [Arc<Resource<S>>],
        uri: &'u str,
        scope: &S,
    ) -> Result<(&'r Arc<Resource<S>>, Variables<'r, 'u>), Error> {
        let unknown = || Error::resource_not_found(uri);
        let seen = candidates.iter().filter(|resource| self.sees(&***resource, scope));
        let (resource, variables) = lead(seen, uri).ok_or_else(unknown)?;
        self.allow(&**resource, scope, unknown)?;
        Ok((resource, variables))
    }

    /// Refuses what the caller may not use; `unknown` says that there is no such handler.
    pub(super) fn allow<T: Entry>(
        &self,
        entry: &T,
        scope: &S,
        unknown: impl FnOnce() -> Error,
    ) -> Result<(), Error> {
        #[cfg(feature = "auth")]
        {
            let listed = entry.listed();
            match self.replicas.hook.as_ref().map(|hook| hook(scope, listed)) {
                None | Some(Access::Allowed) => (),
                Some(Access::Refused(text)) => return Err(Error::forbidden(text.into_owned())),
                Some(Access::Hidden) => return Err(unknown()),
            }
            let caller = self.caller(scope);
            let has = |scope: &String| caller.is_some_and(|caller| caller.has_scope(scope));
            if !listed.scopes.iter().all(has) {
                return Err(Error::insufficient_scope(listed.scopes));
            }
        }
        let _ = (entry, scope, unknown);
        Ok(())
    }

    pub(super) fn sees<T: Entry>(&self, entry: &T, scope: &S) -> bool {
        #[cfg(feature = "auth")]
        if let Some(hook) = &self.replicas.hook {
            return hook(scope, entry.listed()) != Access::Hidden;
        }
        let _ = (entry, scope);
        true
    }
}

/// Lists as a caller sees them.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(super) fn page_for<T: Entry>(
        &self,
        catalog: &Catalog<T>,
        (revision, after): (ProtocolVersion, Option<&str>),
        scope: &S,
    ) -> Option<Page> {
        let size = self.options().page_size;
        #[cfg(feature = "auth")]
        if self.hides() {
            // The rule is the program's own, so it is asked when the catalog is not locked.
            let mut entries = catalog.all();
            entries.retain(|entry| self.sees(&**entry, scope));
            return Catalog::page_of(&entries, revision, after, size);
        }
        let _ = scope;
        catalog.page(revision, after, size)
    }

    /// Hints about what differs from caller to caller only where callers see different handlers.
    pub(super) fn list_hints(&self) -> CacheHints {
        private_if(self.hides(), self.options().list_hints)
    }

    /// Hints about what a resource says.
    pub(super) fn read_hints(&self, resource: &Resource<S>) -> CacheHints {
        #[cfg(feature = "auth")]
        let needs = !resource.listing.scopes.is_empty();
        #[cfg(not(feature = "auth"))]
        let needs = false;
        private_if(needs || self.hides(), resource.cache_hints)
    }
}

fn private_if(private: bool, hints: CacheHints) -> CacheHints {
    if private { CacheHints { scope: crate::CacheScope::Private, ..hints } } else { hints }
}

impl<S> MiniMcp<S> {
    /// Whether handlers may be hidden from somebody.
    #[cfg_attr(not(feature = "auth"), allow(clippy::unused_self, reason = "nothing is hidden"))]
    fn hides(&self) -> bool {
        #[cfg(feature = "auth")]
        return self.replicas.hook.is_some();
        #[cfg(not(feature = "auth"))]
        false
    }
}

/// Whose scopes are looked at.
#[cfg(feature = "auth")]
impl<S> MiniMcp<S> {
    pub(crate) fn set_hook(&mut self, hook: Arc<Hook<S>>) {
        self.replicas_mut().hook = Some(hook);
    }

    pub(crate) fn set_caller(&mut self, caller: Arc<Caller<S>>) {
        self.replicas_mut().caller = Some(caller);
    }
}

#[cfg(feature = "auth")]
impl<S: 'static> MiniMcp<S> {
    /// Who calls: the scope itself, or where it was said to be in it.
    pub(crate) fn caller<'s>(&self, scope: &'s S) -> Option<&'s Principal> {
        match &self.replicas.caller {
            Some(caller) => Some(caller(scope)),
            None => (scope as &dyn Any).downcast_ref(),
        }
    }

    /// A handler that needs scopes, on a server that cannot tell what scopes a caller has.
    pub(super) fn stray_scopes(&self) -> Option<String> {
        if self.replicas.caller.is_some() || TypeId::of::<S>() == TypeId::of::<Principal>() {
            return None;
        }
        let registry = self.registry();
        let mut named = None;
        registry.each_listed(&mut |listed| {
            if !listed.scopes.is_empty() && named.is_none() {
                named = Some(listed.name.to_owned());
            }
        });
        named.map(|name| {
            format!(
                "`{name}` needs scopes, and nothing says which ones a caller has: serve a `MiniMcp<Principal>`, or say with \
                 `authorized_by` where in its scope the principal is"
            )
        })
    }
}
