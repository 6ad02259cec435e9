//! The methods that say what the server offers; they call no handler and wait for nothing.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Incoming, Introduction, MiniMcp, Peer, Transport, cursor};
use crate::call::LogLevel;
use crate::changes::Filter;
use crate::error::Error;
use crate::protocol::json::Object;
use crate::protocol::reply::Reply;
use crate::protocol::version::ProtocolVersion;
use crate::registry::{Catalog, Entry};

/// How long the text of a list is, in bytes, if it is worth a piece of its own in an answer.
///
/// A shorter one is copied for less than a piece costs. Behind a longer one the end of the answer would be a write of its
/// own, since servers of HTTP write what they have once it is as much as they buffer: `http::serve` 64 KB unless it is said.
const APART: RangeInclusive<usize> = 4 * 1024..=48 * 1024;

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

    pub(super) fn offers_subscriptions(&self, transport: &dyn Transport) -> bool {
        transport.notifies() && !self.registry().resources.is_empty()
    }

    pub(super) fn answer_initialize(&self, incoming: &Incoming<'_>) -> Result<Reply, Error> {
        if incoming.request.params.is_none() {
            return Err(Error::invalid_params("`params` of `initialize` has to be an object"));
        }
        let asked =
            incoming.params.seldom().protocol_version.as_str().and_then(ProtocolVersion::parse);
        let revision =
            asked.filter(|asked| !asked.is_modern()).unwrap_or(ProtocolVersion::LATEST_LEGACY);
        incoming.transport.negotiated(Peer {
            revision,
            introduction: Some(Arc::new(Introduction {
                capabilities: incoming.share(incoming.params.seldom().capabilities.0),
                info: incoming.share(incoming.params.seldom().client_info.0),
                told_of: self.told_of(incoming.transport.notifies()),
            })),
            log_level: Some(LogLevel::Info),
            #[cfg(feature = "ask")]
            questions: None,
        })?;
        Ok(Reply::result(incoming.request.id, 256, |result| {
            result.member("protocolVersion", revision.as_str());
            result.object("capabilities", |object| {
                let (logs, changes) =
                    (incoming.transport.remembers_log_level(), incoming.transport.notifies());
                self.encode_capabilities(object, revision, logs, changes);
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
                self.encode_capabilities(
                    object,
                    incoming.revision(),
                    true,
                    incoming.transport.listens(),
                );
            });
            result.optional("instructions", self.instructions());
            self.list_hints().encode(result, incoming.revision());
        })
    }

    pub(super) fn answer_tools_list(
        &self,
        incoming: &Incoming<'_>,
        scope: &S,
    ) -> Result<Reply, Error> {
        self.answer_list(incoming, "tools", &self.registry().tools, scope)
    }

    pub(super) fn answer_prompts_list(
        &self,
        incoming: &Incoming<'_>,
        scope: &S,
    ) -> Result<Reply, Error> {
        self.answer_list(incoming, "prompts", &self.registry().prompts, scope)
    }

    pub(super) fn answer_resources_list(
        &self,
        incoming: &Incoming<'_>,
        scope: &S,
    ) -> Result<Reply, Error> {
        self.answer_list(incoming, "resources", &self.registry().resources.fixed, scope)
    }

    pub(super) fn answer_templates_list(
        &self,
        incoming: &Incoming<'_>,
        scope: &S,
    ) -> Result<Reply, Error> {
        self.answer_list(incoming, "resourceTemplates", &self.registry().resources.templates, scope)
    }

    fn answer_list<T: Entry>(
        &self,
        incoming: &Incoming<'_>,
        member: &'static str,
        catalog: &Catalog<T>,
        scope: &S,
    ) -> Result<Reply, Error> {
        let wrong = || Error::invalid_params("`params.cursor` is not one of this server's");
        let after = match incoming.params.seldom().cursor.0 {
            None | Some("null") => None,
            Some(_) => {
                let cursor = incoming.params.seldom().cursor.decode().ok_or_else(wrong)?;
                Some(cursor::read(member, &cursor).ok_or_else(wrong)?)
            }
        };
        let page = self
            .page_for(catalog, (incoming.revision(), after.as_deref()), scope)
            .ok_or_else(wrong)?;
        let apart = APART.contains(&page.entries.len()) && incoming.transport.takes_pieces();
        let copied = if apart { &[] } else { &*page.entries };
        let mut at = 0;
        let reply = self.result(incoming, copied.len() + 256, |result| {
            result.with(member, |out| {
                at = out.len();
                out.extend_from_slice(copied);
            });
            if let Some(last) = &page.last_before_next {
                result.member("nextCursor", &cursor::write(member, last));
            }
            self.list_hints().encode(result, incoming.revision());
        });
        Ok(if apart { reply.with_piece(at, page.entries) } else { reply })
    }

    /// The lists whose changes a client is told of.
    fn told_of(&self, changes: bool) -> Filter {
        let registry = self.registry();
        Filter {
            tools: changes && !registry.tools.is_empty(),
            prompts: changes && !registry.prompts.is_empty(),
            resources: changes && !registry.resources.is_empty(),
            uris: Vec::new(),
        }
    }

    /// Says what the server has; `logs` that the client can be sent log messages, `changes` that it is told of changes.
    fn encode_capabilities(
        &self,
        object: &mut Object<'_>,
        revision: ProtocolVersion,
        logs: bool,
        changes: bool,
    ) {
        let registry = self.registry();
        if logs && registry.logs() {
            object.raw("logging", b"{}");
        }
        if !registry.tools.is_empty() {
            object.object("tools", |tools| {
                tools.member("listChanged", &changes);
            });
        }
        if !registry.prompts.is_empty() {
            object.object("prompts", |prompts| {
                prompts.member("listChanged", &changes);
            });
        }
        if !registry.resources.is_empty() {
            object.object("resources", |resources| {
                resources.member("subscribe", &changes).member("listChanged", &changes);
            });
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
