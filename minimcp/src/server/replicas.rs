//! What several processes share that serve the same clients, and on whose behalf they do.

use std::fmt;
use std::sync::Arc;

use super::MiniMcp;
use crate::bus::Bus;
use crate::changes::Changes;
#[cfg(feature = "seal")]
use crate::seal::{Seal, SealKey};

/// What makes a server one of many; clones of the server share it.
pub(super) struct Replicas<S> {
    #[cfg(feature = "seal")]
    seal: Seal,
    principal: Option<Arc<Principal<S>>>,
    #[cfg(feature = "auth")]
    pub(super) caller: Option<Arc<crate::auth::Caller<S>>>,
    #[cfg(feature = "auth")]
    pub(super) hook: Option<Arc<crate::auth::Hook<S>>>,
}

type Principal<S> = dyn Fn(&S) -> String + Send + Sync;

impl<S> MiniMcp<S> {
    /// Says who a scope belongs to: a text that is the same for the same person and differs for others, such as the
    /// subject of a token. Without it all callers are the same one, unless the scope holds an `auth::Principal` (feature
    /// `auth`): then it is its id.
    ///
    /// Whatever a client keeps for the server, or refers to by an id, is bound to it: sessions, the state of calls that
    /// wait for an answer, tasks. One principal cannot use another's (2026-07-28, Security Best Practices, State Handle
    /// Hijacking). Never take it from what clients say of themselves in a message.
    ///
    /// ```
    /// use minimcp::MiniMcp;
    ///
    /// #[derive(Clone)]
    /// struct User { id: u64 }
    ///
    /// let server: MiniMcp<User> = MiniMcp::new("issues").principal(|user: &User| user.id.to_string());
    /// ```
    #[must_use]
    pub fn principal<P: Into<String>>(
        mut self,
        principal: impl Fn(&S) -> P + Send + Sync + 'static,
    ) -> Self {
        self.replicas_mut().principal = Some(Arc::new(move |scope| principal(scope).into()));
        self
    }

    /// The bus that brings news from one process to the others, a [`LocalBus`](crate::LocalBus) unless it is said.
    #[must_use]
    pub fn bus(mut self, bus: impl Bus) -> Self {
        self.options_mut().bus = Arc::new(bus);
        self
    }

    /// The keys that seal what clients keep for the server: the first one seals, all of them open. A random one unless it
    /// is said, so that no other process can open it, nor this one after a restart.
    ///
    /// To change the key without losing anybody, add the new one behind the old one everywhere; then put it first; then
    /// drop the old one.
    ///
    /// ```
    /// use minimcp::{MiniMcp, SealKey};
    ///
    /// let (new, old) = (SealKey::generate(), SealKey::generate());
    /// let server: MiniMcp = MiniMcp::new("booking").seal_keys([new, old]);
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no key.
    #[cfg(feature = "seal")]
    #[must_use]
    pub fn seal_keys(mut self, keys: impl IntoIterator<Item = SealKey>) -> Self {
        let keys: Vec<_> = keys.into_iter().collect();
        assert!(
            !keys.is_empty(),
            "a server without keys cannot seal: give one, or leave `seal_keys` out"
        );
        self.replicas_mut().seal = Seal::new(keys);
        self
    }

    /// What tells clients of changes, outside of a call; see [`Changes`].
    ///
    /// ```
    /// use minimcp::MiniMcp;
    ///
    /// let server: MiniMcp = MiniMcp::new("weather");
    /// let changes = server.changes();
    /// std::thread::spawn(move || changes.resource("weather://today"));
    /// ```
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.options().changes()
    }

    pub(super) fn replicas_mut(&mut self) -> &mut Replicas<S> {
        Arc::make_mut(&mut self.replicas)
    }

    pub(crate) fn news(&self) -> &Arc<dyn Bus> {
        &self.options().bus
    }

    #[cfg(feature = "seal")]
    #[cfg_attr(
        not(any(feature = "ask", feature = "sessions")),
        allow(dead_code, reason = "the features that seal bring this one")
    )]
    pub(crate) fn seal(&self) -> &Seal {
        &self.replicas.seal
    }
}

impl<S: 'static> MiniMcp<S> {
    /// On whose behalf a call with this scope is made.
    #[cfg_attr(
        not(any(feature = "ask", feature = "sessions")),
        allow(dead_code, reason = "only what is sealed is bound to it")
    )]
    pub(crate) fn principal_of(&self, scope: &S) -> String {
        if let Some(principal) = &self.replicas.principal {
            return principal(scope);
        }
        #[cfg(feature = "auth")]
        if let Some(caller) = self.caller(scope) {
            return caller.id();
        }
        let _ = scope;
        String::new()
    }
}

impl<S> Default for Replicas<S> {
    fn default() -> Self {
        Self {
            #[cfg(feature = "seal")]
            seal: Seal::new([SealKey::generate()]),
            principal: None,
            #[cfg(feature = "auth")]
            caller: None,
            #[cfg(feature = "auth")]
            hook: None,
        }
    }
}

impl<S> Clone for Replicas<S> {
    fn clone(&self) -> Self {
        Self {
            #[cfg(feature = "seal")]
            seal: self.seal.clone(),
            principal: self.principal.clone(),
            #[cfg(feature = "auth")]
            caller: self.caller.clone(),
            #[cfg(feature = "auth")]
            hook: self.hook.clone(),
        }
    }
}

impl<S> fmt::Debug for Replicas<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Replicas").finish_non_exhaustive()
    }
}
