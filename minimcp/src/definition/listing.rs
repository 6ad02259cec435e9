//! What tools, prompts and resources have in common: how they are shown, and the limits they run under.

use std::sync::Arc;
use std::time::Duration;

use crate::call::{CallLimit, Limit, Limits, Pace};
use crate::protocol::json::Object;
use crate::protocol::types::icon::Icon;
use crate::protocol::types::{MetaMap, encode_meta};
use crate::protocol::version::ProtocolVersion;

/// How a handler is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) icons: Vec<Icon>,
    pub(crate) meta: Option<MetaMap>,
    /// The handler can send log messages.
    pub(crate) logs: bool,
    /// The scopes that callers need.
    #[cfg(feature = "auth")]
    pub(crate) scopes: Vec<String>,
}

impl Listing {
    pub(crate) fn of(name: &str) -> Self {
        Self { name: name.trim().to_owned(), ..Self::default() }
    }

    #[cfg(feature = "auth")]
    pub(crate) fn listed<'l>(
        &'l self,
        kind: super::Kind,
        uri: Option<&'l str>,
    ) -> crate::auth::Listed<'l> {
        let Self { name, scopes, meta, .. } = self;
        crate::auth::Listed { kind, name, uri, scopes, meta: meta.as_ref() }
    }

    /// Writes the members that come first.
    pub(crate) fn encode(&self, object: &mut Object<'_>, revision: ProtocolVersion) {
        object.member("name", &self.name);
        if revision.has_titles() {
            object.optional("title", self.title.as_deref());
        }
        object.optional("description", self.description.as_deref());
    }

    /// Writes the members that come last.
    pub(crate) fn encode_end(&self, object: &mut Object<'_>, revision: ProtocolVersion) {
        if revision.has_icons() && !self.icons.is_empty() {
            object.member("icons", &self.icons);
        }
        encode_meta(object, self.meta.as_ref());
    }
}

/// How one handler is run: its limits, where they differ from those of the server, and how fast it has been.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// The idle timeout: none given, none wanted, or this long.
    timeout: Option<Option<Duration>>,
    concurrency: Option<usize>,
    queue: Option<usize>,
    limits: Limits,
    pub(crate) pace: Pace,
    #[cfg(feature = "metrics")]
    pub(crate) meters: crate::observe::Meters,
}

impl Policy {
    /// As many calls may wait for a handler of its own limit, unless it says otherwise.
    const QUEUE: usize = 100;

    pub(crate) fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = Some(timeout);
    }

    pub(crate) fn set_concurrency(&mut self, concurrency: usize) {
        self.concurrency = Some(concurrency);
        self.set_limit();
    }

    pub(crate) fn set_queue(&mut self, queue: usize) {
        self.queue = Some(queue);
        self.set_limit();
    }

    fn set_limit(&mut self) {
        self.limits.handler = self.concurrency.map(|concurrency| {
            Arc::new(Limit::new(concurrency, self.queue.unwrap_or(Self::QUEUE)))
        });
    }

    /// The idle timeout, given the server's.
    pub(crate) fn timeout(&self, server: Option<Duration>) -> Option<Duration> {
        self.timeout.unwrap_or(server)
    }

    pub(crate) fn set_group(&mut self, limit: &CallLimit) {
        self.limits.group = Some(limit.shared());
    }

    /// The limits that calls run under, beside the server's.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// The builder methods that tools, prompts and resources share.
macro_rules! listing_methods {
    () => {
        fn logs(mut self, logs: bool) -> Self {
            self.listing.logs = logs;
            self
        }

        /// The display name, for people.
        #[must_use]
        pub fn title(mut self, title: impl Into<String>) -> Self {
            self.listing.title = Some(title.into());
            self
        }

        /// What it is for.
        #[must_use]
        pub fn description(mut self, description: impl Into<String>) -> Self {
            self.listing.description = Some(description.into());
            self
        }

        /// Adds an icon.
        #[must_use]
        pub fn icon(mut self, icon: impl Into<crate::Icon>) -> Self {
            self.listing.icons.push(icon.into());
            self
        }

        /// Adds a value to `_meta` in the listing.
        ///
        /// # Panics
        ///
        /// If the key is reserved by the protocol.
        #[must_use]
        pub fn meta(mut self, key: &str, value: impl serde::Serialize) -> Self {
            crate::protocol::types::insert_meta(&mut self.listing.meta, key, value);
            self
        }

        /// Adds scopes that a caller needs, all of them; `#[…(scopes("…"))]` says it.
        ///
        /// A caller without them still sees it in lists. Over HTTP a call is refused with status 403, which names all that
        /// it takes, so that the client can ask its user for more (2025-11-25 and later, Authorization, Scope Challenge
        /// Handling); elsewhere with -32602. See [`Principal`](crate::auth::Principal) for whose scopes they are.
        ///
        /// # Panics
        ///
        /// If a scope is empty, has a space or another character that no scope has, or is `offline_access`, which is
        /// between client and authorization server.
        #[cfg(feature = "auth")]
        #[must_use]
        pub fn scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
            for scope in scopes {
                crate::auth::require_scope(&mut self.listing.scopes, scope.into());
            }
            self
        }

        // Always there, so that without the feature there is one error, which names it.
        #[doc(hidden)]
        #[must_use]
        pub fn __scopes(self, scopes: impl IntoIterator<Item = &'static str>) -> Self {
            #[cfg(feature = "auth")]
            return self.scopes(scopes);
            #[cfg(not(feature = "auth"))]
            {
                let _ = scopes;
                self
            }
        }

        /// How long a call may be silent before it is stopped, over the server's setting; `None` for ever.
        #[must_use]
        pub fn timeout(mut self, timeout: Option<std::time::Duration>) -> Self {
            self.policy.set_timeout(timeout);
            self
        }

        /// How many calls of this handler run at once, at least one; the server's limit holds as well.
        #[must_use]
        pub fn concurrency(mut self, concurrency: usize) -> Self {
            self.policy.set_concurrency(concurrency);
            self
        }

        /// How many calls may wait when [`concurrency`](Self::concurrency) is reached; 100 unless it is said. Further
        /// ones are refused.
        #[must_use]
        pub fn queue(mut self, queue: usize) -> Self {
            self.policy.set_queue(queue);
            self
        }

        /// Puts this handler under a limit that it shares with others; the server's holds as well. The last one that is
        /// said counts.
        #[must_use]
        pub fn limit(mut self, limit: &crate::CallLimit) -> Self {
            self.policy.set_group(limit);
            self
        }

        /// The entry as the newest revision lists it.
        #[must_use]
        pub fn to_json(&self) -> serde_json::Value {
            let mut out = Vec::new();
            self.encode(&mut out, crate::ProtocolVersion::LATEST);
            crate::protocol::json::value_of(&out)
        }
    };
}

pub(crate) use listing_methods;
