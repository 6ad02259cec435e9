//! The values that handlers give and clients receive, and how each revision writes them.
//!
//! A value here is neutral: it knows nothing of revisions until `encode` writes it for one of them, leaving out or
//! replacing what that revision has no words for.

pub(crate) mod annotations;
pub(crate) mod blob;
pub(crate) mod completion;
pub(crate) mod content;
pub(crate) mod icon;
pub(crate) mod message;
pub(crate) mod resource;
pub(crate) mod tool_result;

use serde_json::{Map, Value};

use super::json::Object;

/// What a value carries in its `_meta`.
pub(crate) type MetaMap = Map<String, Value>;

/// Whether a key may be used in `_meta` by code that is not the protocol's own.
///
/// A key is a name, or a prefix of labels separated by dots, a slash, and a name. Prefixes whose second label is
/// `mcp` or `modelcontextprotocol` belong to the protocol (2026-07-28, `_meta`).
pub(crate) fn is_user_meta_key(key: &str) -> bool {
    let (prefix, name) =
        key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let name_fits = name.is_empty() && prefix.is_some() || has_name(name);
    let Some(prefix) = prefix else { return name_fits };
    let reserved = matches!(prefix.split('.').nth(1), Some("mcp" | "modelcontextprotocol"));
    name_fits && has_prefix(prefix) && !reserved
}

fn has_name(name: &str) -> bool {
    bounded_by(
        name,
        |c| c.is_ascii_alphanumeric(),
        |c| c.is_ascii_alphanumeric() || "-_.".contains(c),
    )
}

fn has_prefix(prefix: &str) -> bool {
    prefix.split('.').all(|label| {
        label.starts_with(|c: char| c.is_ascii_alphabetic())
            && bounded_by(
                label,
                |c| c.is_ascii_alphanumeric(),
                |c| c.is_ascii_alphanumeric() || c == '-',
            )
    })
}

/// Whether a key has a prefix and is well-formed, whoever the prefix belongs to.
pub(crate) fn is_prefixed_key(key: &str) -> bool {
    key.rsplit_once('/').is_some_and(|(prefix, name)| has_prefix(prefix) && has_name(name))
}

fn bounded_by(text: &str, ends: impl Fn(char) -> bool, inside: impl Fn(char) -> bool) -> bool {
    text.starts_with(&ends) && text.ends_with(&ends) && text.chars().all(inside)
}

/// Adds a value to `_meta` under a key of the user's.
///
/// # Panics
///
/// If the key is not well-formed, or belongs to the protocol.
pub(crate) fn insert_meta(meta: &mut Option<MetaMap>, key: &str, value: impl serde::Serialize) {
    assert!(
        is_user_meta_key(key),
        "`{key}` cannot be a key of `_meta`: write a name, or `example.com/name`; prefixes like `io.modelcontextprotocol/` are reserved"
    );
    let value = serde_json::to_value(value).unwrap_or(Value::Null);
    meta.get_or_insert_default().insert(key.to_owned(), value);
}

/// The builder method of values with a `_meta` of their own.
macro_rules! meta_method {
    () => {
        /// Adds a value to the `_meta` of this.
        ///
        /// # Panics
        ///
        /// If the key is reserved by the protocol.
        #[must_use]
        pub fn meta(mut self, key: &str, value: impl serde::Serialize) -> Self {
            crate::protocol::types::insert_meta(&mut self.meta, key, value);
            self
        }
    };
}

pub(crate) use meta_method;

/// Writes `_meta` if there is any.
pub(crate) fn encode_meta(object: &mut Object<'_>, meta: Option<&MetaMap>) {
    object.optional("_meta", meta);
}

#[cfg(test)]
mod tests {
    use super::is_user_meta_key;

    #[test]
    fn meta_keys_of_the_protocol_are_not_for_users() {
        for key in [
            "a",
            "a-b_c.d",
            "com.example/x",
            "com.example.mcp/x",
            "ui",
            "example/",
            "com.example-a/x9",
        ] {
            assert!(is_user_meta_key(key), "{key}");
        }
        for key in [
            "",
            "io.modelcontextprotocol/x",
            "com.mcp/x",
            "-a",
            "a-",
            "1.b/x",
            "a..b/x",
            "a b",
            "/x",
            "com./x",
        ] {
            assert!(!is_user_meta_key(key), "{key}");
        }
    }
}
