//! Handlers of one kind, in the order of their registration.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;

use super::hash::NameHash;
use super::{AlreadyRegistered, NotRegistered};
use crate::definition::{Prompt, Resource, Tool};
use crate::protocol::json::array;
use crate::protocol::version::ProtocolVersion;

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
/// One entry is both the listing and the route, so a handler that is listed can be called. The lock is held for a
/// look-up or a change and never while anything runs; the text of a list is written once, and again after a change.
pub(crate) struct Catalog<T> {
    entries: RwLock<Entries<T>>,
}

struct Entries<T> {
    order: Vec<Arc<T>>,
    by_name: HashMap<String, Arc<T>, NameHash>,
    lists: [OnceLock<Bytes>; ProtocolVersion::ALL.len()],
}

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
        let mut entries = self.write();
        if entries.by_name.contains_key(entry.name()) {
            return Err(AlreadyRegistered::new(T::KIND, entry.name()));
        }
        entries.by_name.insert(entry.name().to_owned(), Arc::clone(&entry));
        entries.order.push(entry);
        entries.lists = Default::default();
        Ok(())
    }

    pub(crate) fn remove(&self, name: &str) -> Result<Arc<T>, NotRegistered> {
        let mut entries = self.write();
        let entry =
            entries.by_name.remove(name).ok_or_else(|| NotRegistered::new(T::KIND, name))?;
        entries.order.retain(|other| other.name() != name);
        entries.lists = Default::default();
        Ok(entry)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<T>> {
        self.read().by_name.get(name).cloned()
    }

    /// The first handler that `pick` gives something for.
    pub(crate) fn find_map<R>(&self, mut pick: impl FnMut(&Arc<T>) -> Option<R>) -> Option<R> {
        self.read().order.iter().find_map(&mut pick)
    }

    /// All handlers, in order.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.read().order.clone()
    }

    /// Whether this holds of any handler.
    pub(crate) fn any(&self, holds: impl Fn(&T) -> bool) -> bool {
        self.read().order.iter().any(|entry| holds(entry))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.read().order.is_empty()
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
        let entries = self.read();
        let (page, last_before_next) = cut(&entries.order, after, size)?;
        let whole = page.len() == entries.order.len();
        let list = match entries.lists.get(revision.index()) {
            Some(list) if whole => list.get_or_init(|| write(page, revision)).clone(),
            _ => write(page, revision),
        };
        Some(Page { entries: list, last_before_next })
    }

    // A panic under the lock could only come from an allocation; the entries are whole even then.
    fn read(&self) -> RwLockReadGuard<'_, Entries<T>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries<T>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
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

impl<T> Default for Catalog<T> {
    fn default() -> Self {
        let entries =
            Entries { order: Vec::new(), by_name: HashMap::default(), lists: Default::default() };
        Self { entries: RwLock::new(entries) }
    }
}

impl<T: Entry> fmt::Debug for Catalog<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.read().order.iter().map(|entry| entry.name())).finish()
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
