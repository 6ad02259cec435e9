//! What a caller gets to see and may call.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::Principal;
use crate::definition::Kind;
use crate::protocol::types::MetaMap;
use crate::server::MiniMcp;

/// Whether a caller may use a handler; see [`MiniMcp::access`].
///
/// `true` is [`Allowed`](Self::Allowed), `false` is [`Hidden`](Self::Hidden).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// It may, if it has the scopes that the handler needs.
    Allowed,
    /// It sees the handler in lists, and whatever it asks of it is refused with this text.
    Refused(Cow<'static, str>),
    /// For this caller there is no such handler: it is in no list, and to ask for it is to ask for what does not exist.
    Hidden,
}

impl From<bool> for Access {
    fn from(allowed: bool) -> Self {
        if allowed { Self::Allowed } else { Self::Hidden }
    }
}

/// A tool, prompt or resource that somebody lists or asks for; see [`MiniMcp::access`].
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a str,
    pub(crate) uri: Option<&'a str>,
    pub(crate) scopes: &'a [String],
    pub(crate) meta: Option<&'a MetaMap>,
}

impl<'a> Listed<'a> {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The URI of a resource, or its template.
    #[must_use]
    pub fn uri(&self) -> Option<&'a str> {
        self.uri
    }

    /// The scopes that it needs.
    #[must_use]
    pub fn scopes(&self) -> &'a [String] {
        self.scopes
    }

    /// A value of its `_meta`.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&'a Value> {
        self.meta?.get(key)
    }
}

/// Takes who calls out of the scope of a call.
pub(crate) type Caller<S> = dyn for<'s> Fn(&'s S) -> &'s Principal + Send + Sync;

/// Says what a caller gets to see.
pub(crate) type Hook<S> = dyn Fn(&S, Listed<'_>) -> Access + Send + Sync;

/// Who may use what.
impl<S> MiniMcp<S> {
    /// Says which handlers a caller gets to see and may use. It is asked for every handler of a list, and before every
    /// call, so it should be quick; all are allowed unless it is said.
    ///
    /// A handler that is hidden is not listed, called, read, got, completed or subscribed to: for that caller it does not
    /// exist. Results that depend on it are never [`CacheScope::Public`](crate::CacheScope). Calls of the program itself are
    /// not asked about. What a call may do with its arguments, the handler decides, and returns
    /// [`Error::forbidden`](crate::Error::forbidden).
    ///
    /// ```
    /// use minimcp::{auth::Principal, handlers, testing::Client, tool, MiniMcp};
    ///
    /// /// List the issues
    /// #[tool]
    /// async fn issues() -> Vec<String> { Vec::new() }
    ///
    /// /// Delete everything
    /// #[tool(meta("com.example/staff" = true))]
    /// async fn wipe() {}
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server: MiniMcp<Principal> = MiniMcp::new("issues").handlers(handlers![issues, wipe]).access(
    ///     |caller: &Principal, handler| {
    ///         handler.meta("com.example/staff").is_none() || caller.claim("staff") == Some(true)
    ///     },
    /// );
    /// let tools = Client::new(&server, Principal::new("ada")).list_tools().await?;
    /// assert_eq!(tools.len(), 1);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn access<A: Into<Access>>(
        mut self,
        access: impl Fn(&S, Listed<'_>) -> A + Send + Sync + 'static,
    ) -> Self {
        self.set_hook(Arc::new(move |scope, listed| access(scope, listed).into()));
        self
    }

    /// Says where in the scope the principal is; not to be said where the scope is one.
    ///
    /// It is whose scopes are compared with those that handlers need. Its id is also what
    /// [`principal`](Self::principal) gives, unless that is said.
    ///
    /// ```
    /// use minimcp::{auth::Principal, MiniMcp};
    ///
    /// struct Session { caller: Principal, language: String }
    ///
    /// let server: MiniMcp<Session> =
    ///     MiniMcp::new("issues").authorized_by(|session: &Session| &session.caller);
    /// ```
    #[must_use]
    pub fn authorized_by(
        mut self,
        principal: impl for<'s> Fn(&'s S) -> &'s Principal + Send + Sync + 'static,
    ) -> Self {
        self.set_caller(Arc::new(principal));
        self
    }
}
