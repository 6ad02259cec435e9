//! Handlers of one kind, in the order of their registration.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::hash::NameHash;
use super::{AlreadyRegistered, NotRegistered};
use crate::definition::{Prompt, Resource, Tool};
use crate::protocol::json::array;
use crate::protocol::version::ProtocolVersion;
use crate::settled::Settled;

/// What can be in a catalog.
pub(crate) trait Entry {
    /// What it is called in messages.
    const KIND: &'static str;

    fn name(&self) -> &str;

    /// Says what a rule about who may use it is told of it.
    #[cfg(feature = "auth")]
    fn listed(&self) -> crate::auth::Listed<'_>;

    /// Writes it as a revision lists it.
    fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion);
}

/// Handlers of one kind.
///
/// One entry is both the listing and the route, so a handler that is listed can be called. The text of a list is written
/// once, and again after a change. Most servers never change once they serve, so what is there at the first call is
/// settled.
pub(crate) struct Catalog<T>(Settled<Entries<T>>);

struct Entries<T> {
    order: Vec<Arc<T>>,
    by_name: HashMap<String, Arc<T>, NameHash>,
    lists: [OnceLock<Bytes>; ProtocolVersion::ALL.len()],
}

/// A handler that was looked up: borrowed from a catalog that never changed, which keeps it for as long as itself.
pub(crate) type Served<'c, T> = Cow<'c, Arc<T>>;

/// A part of a list.
pub(crate) struct Page {
    /// A JSON array.
    pub(crate) entries: Bytes,
    /// The name of the last entry, if another page comes after it.
    pub(crate) last_before_next: Option<String>,
}

impl<T: Entry> Catalog<T> {
    pub(crate) fn add(&self, entry: impl Into<Arc<T>>) -> Result<(), AlreadyRegistered> {
        let entry = entry.into();
        self.0.try_write(|entries| {
            if entries.by_name.contains_key(entry.name()) {
                return Err(AlreadyRegistered::new(T::KIND, entry.name()));
            }
            entries.by_name.insert(entry.name().to_owned(), Arc::clone(&entry));
            entries.order.push(entry);
            entries.lists = Default::default();
            Ok(())
        })
    }

    pub(crate) fn remove(&self, name: &str) -> Result<Arc<T>, NotRegistered> {
        self.0.try_write(|entries| {
            let entry =
                entries.by_name.remove(name).ok_or_else(|| NotRegistered::new(T::KIND, name))?;
            entries.order.retain(|other| other.name() != name);
            entries.lists = Default::default();
            Ok(entry)
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<T>> {
        self.0.read(|entries| entries.by_name.get(name).cloned())
    }

    /// The handler of this name, to be called.
    pub(crate) fn serve(&self, name: &str) -> Option<Served<'_, T>> {
        self.0.settle();
        match self.0.get() {
            Some(first) => first.by_name.get(name).map(Cow::Borrowed),
            None => self.get(name).map(Cow::Owned),
        }
    }

    /// The first handler that `pick` gives something for.
    pub(crate) fn find_map<R>(&self, mut pick: impl FnMut(&Arc<T>) -> Option<R>) -> Option<R> {
        self.0.read(|entries| entries.order.iter().find_map(&mut pick))
    }

    /// All handlers, in order.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.0.read(|entries| entries.order.clone())
    }

    /// Whether this holds of any handler.
    pub(crate) fn any(&self, holds: impl Fn(&T) -> bool) -> bool {
        self.0.read(|entries| entries.order.iter().any(|entry| holds(entry)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.read(|entries| entries.order.is_empty())
    }

    /// A page of these handlers, written anew; see [`page`](Self::page).
    #[cfg(feature = "auth")]
    pub(crate) fn page_of(
        entries: &[Arc<T>],
        revision: ProtocolVersion,
        after: Option<&str>,
        size: Option<usize>,
    ) -> Option<Page> {
        let (page, last_before_next) = cut(entries, after, size)?;
        Some(Page { entries: write(page, revision), last_before_next })
    }

    /// The handlers behind the one named `after`, at most `size` of them, as a revision lists them; `None` if there is
    /// no handler of that name.
    ///
    /// Only the text of the whole list is kept: pages are written anew, since there are as many as clients ask for.
    pub(crate) fn page(
        &self,
        revision: ProtocolVersion,
        after: Option<&str>,
        size: Option<usize>,
    ) -> Option<Page> {
        self.0.read(|entries| {
            let (page, last_before_next) = cut(&entries.order, after, size)?;
            let whole = page.len() == entries.order.len();
            let list = match entries.lists.get(revision.index()) {
                Some(list) if whole => list.get_or_init(|| write(page, revision)).clone(),
                _ => write(page, revision),
            };
            Some(Page { entries: list, last_before_next })
        })
    }
}

/// The entries of a page, and the name of the last one if another page comes after it.
fn cut<'e, T: Entry>(
    entries: &'e [Arc<T>],
    after: Option<&str>,
    size: Option<usize>,
) -> Option<(&'e [Arc<T>], Option<String>)> {
    let rest = match after {
        None => entries,
        Some(name) => {
            let before = entries.iter().position(|entry| entry.name() == name)?;
            entries.get(before.saturating_add(1)..)?
        }
    };
    let page = size.and_then(|size| rest.get(..size)).unwrap_or(rest);
    let last = page.last().filter(|_| page.len() < rest.len());
    Some((page, last.map(|last| last.name().to_owned())))
}

fn write<T: Entry>(page: &[Arc<T>], revision: ProtocolVersion) -> Bytes {
    let mut out = Vec::new();
    array(&mut out, page, |out, entry| entry.encode(out, revision));
    Bytes::from(out)
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { order: Vec::new(), by_name: HashMap::default(), lists: Default::default() }
    }
}

impl<T> Clone for Entries<T> {
    fn clone(&self) -> Self {
        Self { order: self.order.clone(), by_name: self.by_name.clone(), lists: Default::default() }
    }
}

impl<T> Default for Catalog<T> {
    fn default() -> Self {
        Self(Settled::default())
    }
}

impl<T: Entry> fmt::Debug for Catalog<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.read(|entries| {
            formatter.debug_list().entries(entries.order.iter().map(|entry| entry.name())).finish()
        })
    }
}

impl<S> Entry for Tool<S> {
    const KIND: &'static str = "tool";

    fn name(&self) -> &str {
        &self.listing.name
    }

    #[cfg(feature = "auth")]
    fn listed(&self) -> crate::auth::Listed<'_> {
        self.listing.listed(crate::definition::Kind::Tool, None)
    }

    fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        self.encode(out, revision);
    }
}

impl<S> Entry for Prompt<S> {
    const KIND: &'static str = "prompt";

    fn name(&self) -> &str {
        &self.listing.name
    }

    #[cfg(feature = "auth")]
    fn listed(&self) -> crate::auth::Listed<'_> {
        self.listing.listed(crate::definition::Kind::Prompt, None)
    }

    fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        self.encode(out, revision);
    }
}

impl<S> Entry for Resource<S> {
    const KIND: &'static str = "resource";

    fn name(&self) -> &str {
        &self.listing.name
    }

    #[cfg(feature = "auth")]
    fn listed(&self) -> crate::auth::Listed<'_> {
        self.listing.listed(crate::definition::Kind::Resource, Some(self.uri()))
    }

    fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        self.encode(out, revision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(String);

    impl Entry for Named {
        const KIND: &'static str = "tool";

        fn name(&self) -> &str {
            &self.0
        }

        #[cfg(feature = "auth")]
        fn listed(&self) -> crate::auth::Listed<'_> {
            unreachable!("nobody asks who may use it")
        }

        fn encode(&self, out: &mut Vec<u8>, _: ProtocolVersion) {
            crate::protocol::json::write_string(out, &self.0);
        }
    }

    fn add(catalog: &Catalog<Named>, name: &str) {
        catalog.add(Named(name.to_owned())).unwrap();
    }

    fn check(catalog: &Catalog<Named>, names: &[&str]) {
        let page = catalog.page(ProtocolVersion::LATEST, None, None).unwrap();
        assert_eq!(page.entries, serde_json::to_vec(names).unwrap());
        assert!(names.iter().all(|name| catalog.serve(name).is_some()));
        assert!(catalog.serve("x").is_none());
    }

    #[test]
    fn what_is_changed_after_a_call_is_seen_by_the_next() {
        let catalog = Catalog::default();
        add(&catalog, "a");
        check(&catalog, &["a"]);
        let running = catalog.serve("a").unwrap();
        assert!(matches!(running, Cow::Borrowed(_)));
        add(&catalog, "b");
        check(&catalog, &["a", "b"]);
        assert!(catalog.add(Named("a".into())).is_err());
        catalog.remove("a").unwrap();
        check(&catalog, &["b"]);
        assert_eq!((running.name(), catalog.serve("a").is_none()), ("a", true));
        assert!(catalog.remove("a").is_err());
    }
}
