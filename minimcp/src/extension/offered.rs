//! The extensions that a server offers.

use std::sync::Arc;

use super::{Extension, Method};
use crate::protocol::json::Object;
use crate::protocol::version::ProtocolVersion;

/// The methods of the protocol itself, in any revision, and what begins like them.
const PROTOCOL: [&str; 15] = [
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "completion/complete",
    "logging/setLevel",
];

/// Extensions in the order in which they were added.
pub(crate) struct Offered<S>(Vec<Arc<Extension<S>>>);

impl<S> Offered<S> {
    pub(super) fn add(&mut self, extension: Extension<S>) {
        let id = &extension.id;
        assert!(
            self.0.iter().all(|other| other.id != *id),
            "the server has the extension `{id}` already"
        );
        for Method { name, .. } in &extension.methods {
            assert!(
                !PROTOCOL.contains(name) && !name.starts_with("notifications/"),
                "`{name}` cannot be a method of the extension `{id}`: it is one of the protocol"
            );
            let mut others = self.0.iter().flat_map(|other| &other.methods);
            assert!(
                others.all(|other| other.name != *name),
                "`{name}` cannot be a method of the extension `{id}`: another extension has it"
            );
        }
        self.0.push(Arc::new(extension));
    }

    /// The method of this name, where the revision has it.
    pub(crate) fn method(
        &self,
        name: &str,
        revision: ProtocolVersion,
    ) -> Option<(&Arc<Extension<S>>, &Method<S>)> {
        self.0.iter().find_map(|extension| {
            let method = extension.methods.iter().find(|method| method.name == name)?;
            let here = match &method.revisions {
                Some(revisions) => revisions.contains(&revision),
                None => extension.is_for(revision),
            };
            here.then_some((extension, method))
        })
    }

    /// The extensions of a revision that answer calls of tools.
    pub(super) fn taking(
        &self,
        revision: ProtocolVersion,
    ) -> impl Iterator<Item = &Arc<Extension<S>>> {
        self.0.iter().filter(move |one| one.taking.is_some() && one.is_for(revision))
    }

    /// The extensions of a revision that add to subscriptions.
    #[cfg(feature = "tasks")]
    pub(super) fn listening(
        &self,
        revision: ProtocolVersion,
    ) -> impl Iterator<Item = &Arc<Extension<S>>> {
        self.0.iter().filter(move |one| one.listening.is_some() && one.is_for(revision))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|extension| extension.id == id)
    }

    /// Writes the capability `extensions`, with `{}` for those that handlers bring along, unless it is empty.
    pub(crate) fn encode(
        &self,
        object: &mut Object<'_>,
        revision: ProtocolVersion,
        brought: Option<&'static str>,
    ) {
        let brought = brought.filter(|id| !self.has(id));
        let mut own = self.0.iter().filter(|extension| extension.is_for(revision)).peekable();
        if own.peek().is_none() && brought.is_none() {
            return;
        }
        object.object("extensions", |object| {
            for extension in own {
                object.named(&extension.id, &extension.settings);
            }
            if let Some(id) = brought {
                object.raw(id, b"{}");
            }
        });
    }
}

impl<S> Default for Offered<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S> Clone for Offered<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
