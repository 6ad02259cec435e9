//! The headers that say what the body says, for those on the way who do not read bodies (2026-07-28, Streamable HTTP,
//! Standard Request Headers).

use std::borrow::Cow;

use http::header::AsHeaderName;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::argument::{as_header, says};
use super::encoded::decode;
use crate::call::TraceContext;
use crate::definition::Mirrored;
use crate::error::{Error, Kind};
use crate::protocol::envelope::{Member, Request};
use crate::protocol::meta::missing_envelope;
use crate::protocol::params::{Params, required_string};
use crate::protocol::version::ProtocolVersion;

static VERSION: Header = Header::new("MCP-Protocol-Version", "mcp-protocol-version");
static METHOD: Header = Header::new("Mcp-Method", "mcp-method");
static NAME: Header = Header::new("Mcp-Name", "mcp-name");

static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
static BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// A header of the specification.
struct Header {
    /// The name as the specification writes it.
    name: &'static str,
    /// The name as it is looked up, ready, so that it is not read again for each request.
    key: HeaderName,
}

impl Header {
    const fn new(name: &'static str, key: &'static str) -> Self {
        Self { name, key: HeaderName::from_static(key) }
    }
}

/// What becomes of a request of a modern revision that lacks the headers `MCP-Protocol-Version`, `Mcp-Method`,
/// `Mcp-Name`, or `Mcp-Param-…` for an argument that its tool marks with `x-mcp-header`.
///
/// A header that is there and says something else than the body is refused in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MissingMirrorHeaders {
    /// It is refused with -32020 and status 400, as the specification demands (2026-07-28, Server Validation).
    #[default]
    Reject,
    /// It is served. For servers behind a bridge from another transport that sends none of these headers.
    Allow,
}

/// The headers of one request, to be compared with its body.
pub(super) struct Mirror {
    headers: HeaderMap,
    /// The revision that the headers name, if it is one: asked for several times, and read once.
    revision: Option<ProtocolVersion>,
    pub(super) missing: MissingMirrorHeaders,
    /// Whether answers can be streams.
    pub(super) streams: bool,
}

impl Mirror {
    pub(super) fn new(headers: HeaderMap, missing: MissingMirrorHeaders, streams: bool) -> Self {
        let mut mirror = Self { headers, revision: None, missing, streams };
        mirror.revision = mirror.read_revision();
        mirror
    }

    fn read_revision(&self) -> Option<ProtocolVersion> {
        let mut values = self.headers.get_all(&VERSION.key).iter();
        let first = values.next()?;
        // No revision has characters that would have to be encoded, so most values are read as they are.
        let plain = || ProtocolVersion::parse(first.to_str().ok()?.trim_ascii());
        if values.next().is_none()
            && let Some(revision) = plain()
        {
            return Some(revision);
        }
        let version = self.value(VERSION.name, &VERSION.key).ok()??;
        ProtocolVersion::parse(&version)
    }

    #[cfg(feature = "sessions")]
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header; repeating it does no harm as long as it says the same.
    fn value(&self, name: &str, key: impl AsHeaderName) -> Result<Option<Cow<'_, str>>, Error> {
        let mut values = self.headers.get_all(key).iter().map(HeaderValue::as_bytes);
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|other| other.trim_ascii() != first.trim_ascii()) {
            return Err(mismatch(format!("the header {name} is there twice and differs")));
        }
        match decode(first) {
            Ok(value) => Ok(Some(value)),
            Err(problem) => Err(mismatch(format!("the header {name} {problem}"))),
        }
    }

    fn compare(
        &self,
        (name, key): (&str, impl AsHeaderName),
        body: &str,
        says: impl FnOnce(&str, &str) -> bool,
    ) -> Result<(), Error> {
        match self.value(name, key)? {
            Some(value) if says(&value, body) => Ok(()),
            Some(value) => Err(mismatch(format!(
                "the header {name} says `{value:.100}`, and the body `{:.100}`",
                as_header(body)
            ))),
            None if self.missing == MissingMirrorHeaders::Allow => Ok(()),
            None => Err(mismatch(format!(
                "the header {name} is missing; it has to say `{:.100}`, as the body does",
                as_header(body)
            ))),
        }
    }

    /// [`compare`](Self::compare) with what a header says word for word.
    fn compare_text(&self, header: &Header, body: &str) -> Result<(), Error> {
        self.compare((header.name, &header.key), body, str::eq)
    }

    /// Whether the header names a revision whose messages describe themselves.
    pub(super) fn says_modern(&self) -> bool {
        self.revision.is_some_and(ProtocolVersion::is_modern)
    }

    /// The revision that the header names, if it is one.
    pub(super) fn revision(&self) -> Option<ProtocolVersion> {
        self.revision
    }

    /// The revision of a message that does not describe itself.
    pub(super) fn legacy_revision(&self) -> Result<ProtocolVersion, Error> {
        match self.revision {
            Some(revision) if revision.is_modern() => return Err(missing_envelope("")),
            Some(revision) => return Ok(revision),
            None => (),
        }
        match self.value(VERSION.name, &VERSION.key) {
            // 2025-06-18, Protocol Version Header: a client that sends none speaks the last revision without it.
            Ok(None) => Ok(ProtocolVersion::V2025_03_26),
            Ok(Some(value)) => Err(Error::unsupported_version(&value)),
            // The code for headers is one of the modern revisions, and this client speaks none.
            Err(error) => Err(Error::invalid_request(error.message().to_owned())),
        }
    }

    pub(super) fn takes_batches(&self) -> bool {
        self.legacy_revision().is_ok_and(ProtocolVersion::has_batches)
    }

    /// Compares the revision with that of a modern request.
    pub(super) fn check_version(&self, version: &str) -> Result<(), Error> {
        if self.revision.is_some_and(|revision| revision.as_str() == version) {
            return Ok(());
        }
        match self.headers.contains_key(&VERSION.key) {
            true => self.compare_text(&VERSION, version),
            // A revision that is not served is the greater mistake, and is looked for in between.
            false => Ok(()),
        }
    }

    /// Compares the method and the name with those of a modern request.
    pub(super) fn check_routing(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        mirrored: Option<Member<'_>>,
    ) -> Result<(), Error> {
        // It was compared already, if it is there.
        if self.missing == MissingMirrorHeaders::Reject
            && self.revision.is_none()
            && !self.headers.contains_key(&VERSION.key)
        {
            return Err(mismatch(format!("the header {} is missing", VERSION.name)));
        }
        self.compare_text(&METHOD, &request.method)?;
        let name = match request.method.as_ref() {
            "tools/call" | "prompts/get" => required_string(params.name, "name"),
            "resources/read" => required_string(params.uri, "uri"),
            _ => match mirrored {
                Some(member) => required_string(member, ""),
                None => return Ok(()),
            },
        };
        match name {
            Ok(name) => self.compare_text(&NAME, &name),
            // There is nothing to compare with, and the method says better what is missing.
            Err(_) => Ok(()),
        }
    }

    /// Compares the arguments that headers repeat.
    pub(super) fn check_arguments(
        &self,
        mirrored: &[Mirrored],
        arguments: &str,
    ) -> Result<(), Error> {
        for argument in mirrored {
            let header = argument.header.as_str();
            match argument.find(arguments)? {
                Some(json) => self.compare((header, header), json, says)?,
                None if self.headers.contains_key(header) => {
                    return Err(mismatch(format!(
                        "the header {header} repeats an argument that is not in the body"
                    )));
                }
                None => (),
            }
        }
        Ok(())
    }

    /// The trace that the headers name. Lists may be spread over several headers, and an identity may not.
    pub(super) fn trace(&self) -> TraceContext {
        // Most requests name none, and reading the names once costs less than looking three of them up.
        let names = [&TRACEPARENT, &TRACESTATE, &BAGGAGE];
        if !self.headers.keys().any(|name| names.contains(&name)) {
            return TraceContext::default();
        }
        let list = |name: &HeaderName| {
            let mut values = self.headers.get_all(name).iter().map(|value| value.to_str().ok());
            let first = values.next()??.to_owned();
            values.try_fold(first, |list, value| Some(list + "," + value?))
        };
        TraceContext::checked(list(&TRACEPARENT), list(&TRACESTATE), list(&BAGGAGE))
    }
}

fn mismatch(message: String) -> Error {
    Error::of(Kind::HeaderMismatch, message)
}
