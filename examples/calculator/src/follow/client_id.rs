//! The id under which the steps of a client's calls are told.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

/// What a client calls itself, checked: short, and harmless in a path, a header and a log.
///
/// Whoever knows an id can follow it. It is chosen by the client, and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ClientId(Arc<str>);

impl ClientId {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(fits)).then(|| Self(text.into()))
    }
}

impl TryFrom<String> for ClientId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a client id is 1 to 64 letters, digits, `-`, `_` and `.`")
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        for id in ["a", "page-1", "A_b.9", &"x".repeat(64)] {
            assert!(ClientId::parse(id).is_some(), "{id}");
        }
        for id in ["", "a b", "a/b", "é", "a\n", &"x".repeat(65)] {
            assert!(ClientId::parse(id).is_none(), "{id}");
        }
    }
}
