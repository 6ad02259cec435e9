//! The methods that say what the server offers; they call no handler and wait for nothing.

use super::dispatch::Incoming;
use super::{MiniMcp, Peer, Transport, cursor};
use crate::call::LogLevel;
use crate::error::Error;
use crate::protocol::json::Object;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;
use crate::registry::{Catalog, Entry};

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// A modern client is told that there is no such method where there is nothing to list; an older one gets an
    /// empty list, since many ask for lists that were not announced.
    pub(super) fn offers_tools(&self, modern: bool) -> bool {
        !modern || !self.registry().tools.is_empty()
    }

    pub(super) fn offers_prompts(&self, modern: bool) -> bool {
        !modern || !self.registry().prompts.is_empty()
    }

    pub(super) fn offers_resources(&self, modern: bool) -> bool {
        !modern || !self.registry().resources.is_empty()
    }

    pub(super) fn answer_initialize(
        &self,
        incoming: &Incoming<'_>,
        transport: &dyn Transport,
    ) -> Result<Reply, Error> {
        if incoming.request.params.is_none() {
            return Err(Error::invalid_params("`params` of `initialize` has to be an object"));
        }
        let asked = incoming.params.protocol_version.as_str().and_then(ProtocolVersion::parse);
        let revision =
            asked.filter(|asked| !asked.is_modern()).unwrap_or(ProtocolVersion::LATEST_LEGACY);
        transport.negotiated(Peer {
            revision,
            capabilities: incoming.share(incoming.params.capabilities.0),
            info: incoming.share(incoming.params.client_info.0),
            log_level: Some(LogLevel::Info),
            ..Peer::speaking(revision)
        });
        Ok(Reply::result(incoming.request.id, 256, |result| {
            result.member("protocolVersion", revision.as_str());
            result.object("capabilities", |object| {
                self.encode_capabilities(object, revision, transport.remembers_log_level());
            });
            result.object("serverInfo", |object| self.options().encode_info(object, revision));
            result.optional("instructions", self.instructions());
        }))
    }

    pub(super) fn answer_discover(&self, incoming: &Incoming<'_>) -> Reply {
        self.result(incoming, 256, |result| {
            result
                .member("supportedVersions", &ProtocolVersion::MODERN.map(ProtocolVersion::as_str));
            result.object("capabilities", |object| {
                self.encode_capabilities(object, incoming.revision(), true);
            });
            result.optional("instructions", self.instructions());
            self.options().list_hints.encode(result, incoming.revision());
        })
    }

    pub(super) fn answer_tools_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "tools", &self.registry().tools)
    }

    pub(super) fn answer_prompts_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "prompts", &self.registry().prompts)
    }

    pub(super) fn answer_resources_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "resources", &self.registry().resources.fixed)
    }

    pub(super) fn answer_templates_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "resourceTemplates", &self.registry().resources.templates)
    }

    fn answer_list<T: Entry>(
        &self,
        incoming: &Incoming<'_>,
        member: &'static str,
        catalog: &Catalog<T>,
    ) -> Result<Reply, Error> {
        let wrong = || Error::invalid_params("`params.cursor` is not one of this server's");
        let after = match incoming.params.cursor.0 {
            None | Some("null") => None,
            Some(_) => {
                let cursor = incoming.params.cursor.decode().ok_or_else(wrong)?;
                Some(cursor::read(member, &cursor).ok_or_else(wrong)?)
            }
        };
        let page = catalog
            .page(incoming.revision(), after.as_deref(), self.options().page_size)
            .ok_or_else(wrong)?;
        Ok(self.result(incoming, page.entries.len() + 256, |result| {
            result.raw(member, &page.entries);
            if let Some(last) = &page.last_before_next {
                result.member("nextCursor", &cursor::write(member, last));
            }
            self.options().list_hints.encode(result, incoming.revision());
        }))
    }

    /// Says what the server has; `logs` that the client can be sent log messages.
    fn encode_capabilities(&self, object: &mut Object<'_>, revision: ProtocolVersion, logs: bool) {
        let registry = self.registry();
        if logs && registry.logs() {
            object.raw("logging", b"{}");
        }
        if !registry.tools.is_empty() {
            object.raw("tools", br#"{"listChanged":false}"#);
        }
        if !registry.prompts.is_empty() {
            object.raw("prompts", br#"{"listChanged":false}"#);
        }
        if !registry.resources.is_empty() {
            object.raw("resources", br#"{"subscribe":false,"listChanged":false}"#);
        }
        if revision.has_completions_capability() && self.offers_completions() {
            object.raw("completions", b"{}");
        }
        self.offered().encode(object, revision, self.brings_apps());
    }

    /// A result with the members that its revision adds to every result.
    pub(super) fn result(
        &self,
        incoming: &Incoming<'_>,
        capacity: usize,
        write: impl FnOnce(&mut Object<'_>),
    ) -> Reply {
        self.result_with_meta(incoming, capacity, None, write)
    }
}
