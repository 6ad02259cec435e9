//! The methods that say what the server offers; they call no handler and wait for nothing.

use bytes::Bytes;

use super::dispatch::Incoming;
use super::{MiniMcp, Peer, Transport};
use crate::call::LogLevel;
use crate::error::Error;
use crate::protocol::json::Object;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;

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
            encode_cache_hints(result, incoming.revision());
        })
    }

    pub(super) fn answer_tools_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "tools", || self.registry().tools.list(incoming.revision()))
    }

    pub(super) fn answer_prompts_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "prompts", || self.registry().prompts.list(incoming.revision()))
    }

    pub(super) fn answer_resources_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        self.answer_list(incoming, "resources", || {
            self.registry().resources.fixed.list(incoming.revision())
        })
    }

    pub(super) fn answer_templates_list(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        let list = || self.registry().resources.templates.list(incoming.revision());
        self.answer_list(incoming, "resourceTemplates", list)
    }

    /// A list is one page, so no cursor was ever given out and none can be right.
    fn answer_list(
        &self,
        incoming: &Incoming<'_>,
        member: &'static str,
        list: impl FnOnce() -> Bytes,
    ) -> Result<Reply, Error> {
        if incoming.params.cursor.0.is_some_and(|cursor| cursor != "null") {
            return Err(Error::invalid_params("`params.cursor` is not one of this server's"));
        }
        let list = list();
        Ok(self.result(incoming, list.len() + 256, |result| {
            result.raw(member, &list);
            encode_cache_hints(result, incoming.revision());
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

/// How long the result may be kept, and by whom: not at all, unless the server knows better.
pub(super) fn encode_cache_hints(result: &mut Object<'_>, revision: ProtocolVersion) {
    if revision.has_cache_hints() {
        result.raw("ttlMs", b"0").raw("cacheScope", br#""private""#);
    }
}
