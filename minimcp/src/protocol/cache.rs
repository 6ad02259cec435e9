//! Caching hints: how long a result may be kept, and by whom (2026-07-28, Caching).

use std::time::Duration;

use super::json::Object;
use super::version::ProtocolVersion;

/// Who may keep a result (2026-07-28, Caching).
///
/// This is a hint for caches and no access control: what a caller may not see must not be in the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CacheScope {
    /// Whoever asked for it, for itself alone.
    #[default]
    Private,
    /// Anybody on the way, who may give it to others. Only for what is the same for every caller.
    Public,
}

/// The hints of one result: not to be kept by anybody, unless the server knows better.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CacheHints {
    pub(crate) ttl: Duration,
    pub(crate) scope: CacheScope,
}

impl CacheHints {
    /// The largest integer that every reader of JSON takes as it is.
    const LONGEST: u64 = (1 << 53) - 1;

    pub(crate) fn encode(self, result: &mut Object<'_>, revision: ProtocolVersion) {
        if !revision.has_cache_hints() {
            return;
        }
        let millis = u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX).min(Self::LONGEST);
        let scope = match self.scope {
            CacheScope::Private => "private",
            CacheScope::Public => "public",
        };
        result.member("ttlMs", &millis).member("cacheScope", scope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::json::object;

    fn check(ttl: Duration, scope: CacheScope, expected: &str) {
        let hints = CacheHints { ttl, scope };
        let text = |revision| object(|result| hints.encode(result, revision));
        let modern = text(ProtocolVersion::LATEST);
        assert_eq!(String::from_utf8_lossy(&modern), expected);
        assert_eq!(text(ProtocolVersion::LATEST_LEGACY), b"{}");
    }

    #[test]
    fn hints_are_whole_milliseconds_and_a_scope() {
        use CacheScope::{Private, Public};
        check(Duration::ZERO, Private, r#"{"ttlMs":0,"cacheScope":"private"}"#);
        check(Duration::from_secs(60), Public, r#"{"ttlMs":60000,"cacheScope":"public"}"#);
        check(Duration::from_micros(1999), Private, r#"{"ttlMs":1,"cacheScope":"private"}"#);
        check(Duration::MAX, Private, r#"{"ttlMs":9007199254740991,"cacheScope":"private"}"#);
    }
}
