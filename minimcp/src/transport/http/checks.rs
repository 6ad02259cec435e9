//! What is checked of every request, whoever sends it.

use http::request::Parts;

use super::host::Hosts;
use super::origin::Origins;
use super::rejection::Rejection;

/// The hosts under which requests may be addressed, and the pages that they may come from: of an endpoint, or of the
/// routes beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct Checks {
    pub(super) hosts: Hosts,
    pub(super) origins: Origins,
}

impl Checks {
    /// Panics if one of them is no host.
    pub(super) fn allow_hosts<H: AsRef<str>>(&mut self, hosts: impl IntoIterator<Item = H>) {
        hosts.into_iter().for_each(|host| self.hosts.allow(host.as_ref()));
    }

    /// Panics if one of them is no origin.
    pub(super) fn allow_origins<O: AsRef<str>>(&mut self, origins: impl IntoIterator<Item = O>) {
        origins.into_iter().for_each(|origin| self.origins.allow(origin.as_ref()));
    }

    pub(super) fn check(&self, request: &Parts) -> Result<(), Rejection> {
        self.hosts.check(request)?;
        self.origins.check(request)
    }
}
