//! Where a reference in a schema leads.

use serde_json::Value;

use super::keywords::{Keyword, keyword};
use crate::uri_template::decode;

/// Where a reference leads.
pub(super) enum Reference {
    /// To a place in the same document.
    Inside,
    /// To a place that the document does not have.
    Broken,
    /// Out of the document.
    Outside,
}

/// Follows a reference in a schema; `resource` is the schema with an `$id` around it, or the root.
pub(super) fn resolves(to: &str, resource: &Value, root: &Value) -> Reference {
    let (address, fragment) = to.split_once('#').unwrap_or((to, ""));
    let resource = match address {
        "" => Some(resource),
        address => find(root, &|schema| says(schema, "$id", address)),
    };
    let Some(resource) = resource else { return Reference::Outside };
    let found = match decode(fragment) {
        Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
            resource.pointer(&pointer).is_some()
        }
        Some(name) => {
            let names = |schema: &Value| {
                says(schema, "$anchor", &name) || says(schema, "$dynamicAnchor", &name)
            };
            find(root, &names).is_some()
        }
        None => false,
    };
    if found { Reference::Inside } else { Reference::Broken }
}

fn says(schema: &Value, keyword: &str, text: &str) -> bool {
    schema.get(keyword).and_then(Value::as_str).is_some_and(|own| own.trim_end_matches('#') == text)
}

/// The first schema that fits, among this one and those in it.
fn find<'s>(schema: &'s Value, fits: &dyn Fn(&Value) -> bool) -> Option<&'s Value> {
    if fits(schema) {
        return Some(schema);
    }
    schema.as_object()?.iter().find_map(|(name, value)| match keyword(name)? {
        Keyword::Schema => find(value, fits),
        Keyword::Schemas => value.as_array()?.iter().find_map(|schema| find(schema, fits)),
        Keyword::NamedSchemas => value.as_object()?.values().find_map(|schema| find(schema, fits)),
        _ => None,
    })
}
