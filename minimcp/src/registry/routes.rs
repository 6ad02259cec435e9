//! Which resources a URI may lead to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::hash::NameHash;
use crate::definition::Resource;

/// The resources of a server by their URIs.
///
/// A template is found by what stands before its first variable, which every URI of it begins with. So the cost of finding
/// one depends on how many templates begin alike, and on how many lengths their beginnings have, which are never more than
/// the URI has characters; not on how many there are.
pub(super) struct Routes<S> {
    by_text: HashMap<String, Arc<Resource<S>>, NameHash>,
    /// The templates that begin alike.
    by_prefix: HashMap<String, Vec<Placed<S>>, NameHash>,
    /// The lengths of these prefixes, the shortest first.
    lengths: Vec<usize>,
    /// Templates, or fixed URIs, of the same shape match the same URIs.
    shapes: HashSet<String>,
    next: usize,
}

/// A template, with its place in the order of registration.
type Placed<S> = (usize, Arc<Resource<S>>);

impl<S> Routes<S> {
    /// Whether one that matches the same URIs is there.
    pub(super) fn has_shape_of(&self, resource: &Resource<S>) -> bool {
        self.shapes.contains(&shape(resource))
    }

    pub(super) fn add(&mut self, resource: &Arc<Resource<S>>) {
        self.shapes.insert(shape(resource));
        self.by_text.insert(resource.uri().to_owned(), Arc::clone(resource));
        if resource.is_template() {
            let prefix = resource.uri.prefix();
            let alike = self.by_prefix.entry(prefix.to_owned()).or_default();
            if let Err(place) = self.lengths.binary_search(&prefix.len()) {
                self.lengths.insert(place, prefix.len());
            }
            alike.push((self.next, Arc::clone(resource)));
            self.next += 1;
        }
    }

    pub(super) fn remove(&mut self, resource: &Arc<Resource<S>>) {
        self.shapes.remove(&shape(resource));
        self.by_text.remove(resource.uri());
        let prefix = resource.uri.prefix();
        let Some(alike) = self.by_prefix.get_mut(prefix) else { return };
        alike.retain(|(_, other)| !Arc::ptr_eq(other, resource));
        if alike.is_empty() {
            self.by_prefix.remove(prefix);
            if self.by_prefix.keys().all(|other| other.len() != prefix.len()) {
                self.lengths.retain(|length| *length != prefix.len());
            }
        }
    }

    /// The resource with just this URI, or the template with just this text.
    pub(super) fn with_text(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        self.by_text.get(uri).cloned()
    }

    /// Those that a URI may lead to, the first one first: one with just this URI, or templates in the order of their
    /// registration.
    pub(super) fn candidates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        match self.fixed(uri) {
            Some(fixed) => vec![fixed],
            None => self.templates(uri),
        }
    }

    /// As [`candidates`](Self::candidates), and the templates behind one with just this URI.
    #[cfg(feature = "auth")]
    pub(super) fn all_candidates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        self.fixed(uri).into_iter().chain(self.templates(uri)).collect()
    }

    fn fixed(&self, uri: &str) -> Option<Arc<Resource<S>>> {
        self.with_text(uri).filter(|resource| !resource.is_template())
    }

    fn templates(&self, uri: &str) -> Vec<Arc<Resource<S>>> {
        let mut found = Vec::new();
        for length in self.lengths.iter().take_while(|length| **length <= uri.len()) {
            let alike = uri.get(..*length).and_then(|prefix| self.by_prefix.get(prefix));
            found.extend(alike.into_iter().flatten().cloned());
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

fn shape<S>(resource: &Resource<S>) -> String {
    let kind = if resource.is_template() { "template" } else { "fixed" };
    format!("{kind} {}", resource.uri.shape())
}

impl<S> Default for Routes<S> {
    fn default() -> Self {
        Self {
            by_text: HashMap::default(),
            by_prefix: HashMap::default(),
            lengths: Vec::new(),
            shapes: HashSet::new(),
            next: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first candidate that matches is the first in the order of registration that does.
    fn check(templates: &[&str], uri: &str, expected: &[&str]) {
        let read = |_: serde_json::Value, _: crate::Call| async { Ok::<_, String>("x".to_owned()) };
        let mut routes = Routes::<()>::default();
        for (number, template) in templates.iter().enumerate() {
            routes.add(&Arc::new(Resource::from_fn(template, &number.to_string(), read)));
        }
        let found = routes.candidates(uri);
        let found: Vec<_> = found.iter().map(|entry| entry.uri()).collect();
        assert_eq!(found, expected, "{uri}");
    }

    #[test]
    fn templates_are_found_by_their_beginnings_and_keep_their_order() {
        const ALL: [&str; 9] = [
            "a://{x}",
            "a://b/{x}",
            "a:{+x}",
            "a://b/c/{x}",
            "a://b/{x}/y",
            "b://{x}",
            "a://b/1",
            "a://b/ü/{x}",
            "a://b{?q}",
        ];
        check(&ALL, "a://b/1", &["a://b/1"]);
        let under_b = ["a://{x}", "a://b/{x}", "a:{+x}", "a://b/{x}/y", "a://b{?q}"];
        check(&ALL, "a://b/2", &under_b);
        check(&ALL, "a://b/ö", &under_b);
        check(&ALL, "a://b/", &under_b);
        check(&ALL, "a://b?q=1", &["a://{x}", "a:{+x}", "a://b{?q}"]);
        check(&ALL, "a://a", &["a://{x}", "a:{+x}"]);
        check(&ALL, "a:", &["a:{+x}"]);
        check(&ALL, "b://b/", &["b://{x}"]);
        check(&ALL, "a://b/{x}", &under_b);
        for uri in ["", "a", "c://", "A://b", "\u{10ffff}"] {
            check(&ALL, uri, &[]);
        }
        check(
            &ALL,
            "a://b/c/d",
            &["a://{x}", "a://b/{x}", "a:{+x}", "a://b/c/{x}", "a://b/{x}/y", "a://b{?q}"],
        );
    }

    #[test]
    fn what_is_removed_is_not_found() {
        let read = |_: serde_json::Value, _: crate::Call| async { Ok::<_, String>("x".to_owned()) };
        let mut routes = Routes::<()>::default();
        let [one, other] =
            ["a://{x}", "a://{x}/y"].map(|uri| Arc::new(Resource::from_fn(uri, uri, read)));
        routes.add(&one);
        routes.add(&other);
        routes.remove(&one);
        assert_eq!(routes.candidates("a://1/y").len(), 1);
        assert!(!routes.has_shape_of(&one) && routes.has_shape_of(&other));
        routes.remove(&other);
        assert!(routes.candidates("a://1/y").is_empty() && routes.lengths.is_empty());
    }
}
