//! The headers that say what the body says, for those on the way who do not read bodies (2026-07-28, Streamable HTTP,
//! Standard Request Headers).

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use super::encoded::decode;
use crate::error::{Error, Kind};
use crate::protocol::envelope::Request;
use crate::protocol::meta::missing_envelope;
use crate::protocol::params::{Params, required_string};
use crate::protocol::version::ProtocolVersion;
use crate::server::{Peer, Transport};

static VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
static METHOD: HeaderName = HeaderName::from_static("mcp-method");
static NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What becomes of a request of a modern revision that lacks the headers `MCP-Protocol-Version`, `Mcp-Method` or
/// `Mcp-Name`.
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
    pub(super) headers: HeaderMap,
    pub(super) missing: MissingMirrorHeaders,
}

impl Mirror {
    /// The value of a header; repeating it does no harm as long as it says the same.
    fn value(&self, name: &HeaderName) -> Result<Option<Cow<'_, str>>, Error> {
        let mut values = self.headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|other| other.trim_ascii() != first.trim_ascii()) {
            return Err(mismatch(format!("the header {} is there twice and differs", Shown(name))));
        }
        match decode(first) {
            Ok(value) => Ok(Some(value)),
            Err(problem) => Err(mismatch(format!("the header {} {problem}", Shown(name)))),
        }
    }

    fn compare(&self, name: &HeaderName, body: &str) -> Result<(), Error> {
        match self.value(name)? {
            Some(value) if value == body => Ok(()),
            Some(value) => Err(mismatch(format!(
                "the header {} says `{value:.100}`, and the body `{body:.100}`",
                Shown(name)
            ))),
            None if self.missing == MissingMirrorHeaders::Allow => Ok(()),
            None => Err(mismatch(format!(
                "the header {} is missing; it has to say `{body:.100}`, as the body does",
                Shown(name)
            ))),
        }
    }

    fn says_modern(&self) -> bool {
        self.believed_revision().is_some_and(ProtocolVersion::is_modern)
    }
}

impl Transport for Mirror {
    fn believed_revision(&self) -> Option<ProtocolVersion> {
        ProtocolVersion::parse(&self.value(&VERSION).ok()??)
    }

    fn legacy_peer(&self, _: &Request<'_>) -> Result<Peer, Error> {
        let value = match self.value(&VERSION) {
            Ok(value) => value,
            // The code for headers is one of the modern revisions, and this client speaks none.
            Err(error) => return Err(Error::invalid_request(error.message().to_owned())),
        };
        // 2025-06-18, Protocol Version Header: a client that sends none speaks the last revision without it.
        let Some(value) = value else { return Ok(Peer::speaking(ProtocolVersion::V2025_03_26)) };
        match ProtocolVersion::parse(&value) {
            Some(revision) if revision.is_modern() => Err(missing_envelope("")),
            Some(revision) => Ok(Peer::speaking(revision)),
            None => Err(Error::unsupported_version(&value)),
        }
    }

    fn check_version(&self, version: &str) -> Result<(), Error> {
        match self.headers.contains_key(&VERSION) {
            true => self.compare(&VERSION, version),
            // A revision that is not served is the greater mistake, and is looked for in between.
            false => Ok(()),
        }
    }

    fn check_routing(&self, request: &Request<'_>, params: &Params<'_>) -> Result<(), Error> {
        // It was compared already, if it is there.
        if self.missing == MissingMirrorHeaders::Reject && !self.headers.contains_key(&VERSION) {
            return Err(mismatch(format!("the header {} is missing", Shown(&VERSION))));
        }
        self.compare(&METHOD, request.method)?;
        let name = match request.method {
            "tools/call" | "prompts/get" => required_string(params.name, "name"),
            "resources/read" => required_string(params.uri, "uri"),
            _ => return Ok(()),
        };
        match name {
            Ok(name) => self.compare(&NAME, &name),
            // There is nothing to compare with, and the method says better what is missing.
            Err(_) => Ok(()),
        }
    }

    fn responded(&self) -> Result<(), Error> {
        match self.says_modern() {
            true => Err(Error::invalid_request(
                "this revision has no requests of the server, so there is nothing to answer",
            )),
            false => Ok(()),
        }
    }
}

fn mismatch(message: String) -> Error {
    Error::of(Kind::HeaderMismatch, message)
}

/// The name of a header as the specification spells it.
struct Shown<'a>(&'a HeaderName);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self.0.as_str() {
            "mcp-protocol-version" => "MCP-Protocol-Version",
            "mcp-method" => "Mcp-Method",
            "mcp-name" => "Mcp-Name",
            other => other,
        })
    }
}
