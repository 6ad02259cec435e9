//! The headers that say what the body says, for those on the way who do not read bodies (2026-07-28, Streamable HTTP,
//! Standard Request Headers).

use std::borrow::Cow;

use std::sync::Arc;

use http::HeaderMap;

use super::argument::{as_header, says};
use super::encoded::decode;
use crate::call::TraceContext;
use crate::changes::Ending;
use crate::definition::Mirrored;
use crate::error::{Error, Kind};
use crate::protocol::envelope::Request;
use crate::protocol::meta::missing_envelope;
use crate::protocol::params::{Params, required_string};
use crate::protocol::version::ProtocolVersion;

const VERSION: &str = "MCP-Protocol-Version";
const METHOD: &str = "Mcp-Method";
const NAME: &str = "Mcp-Name";

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
    pub(super) headers: HeaderMap,
    pub(super) missing: MissingMirrorHeaders,
    /// Whether answers can be streams.
    pub(super) streams: bool,
    pub(super) ending: Arc<Ending>,
}

impl Mirror {
    /// The value of a header; repeating it does no harm as long as it says the same.
    fn value(&self, name: &str) -> Result<Option<Cow<'_, str>>, Error> {
        let mut values = self.headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
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
        name: &str,
        body: &str,
        says: impl FnOnce(&str, &str) -> bool,
    ) -> Result<(), Error> {
        match self.value(name)? {
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

    /// Whether the header names a revision whose messages describe themselves.
    pub(super) fn says_modern(&self) -> bool {
        self.revision().is_some_and(ProtocolVersion::is_modern)
    }

    /// The revision that the header names, if it is one.
    pub(super) fn revision(&self) -> Option<ProtocolVersion> {
        ProtocolVersion::parse(&self.value(VERSION).ok()??)
    }

    /// The revision of a message that does not describe itself.
    pub(super) fn legacy_revision(&self) -> Result<ProtocolVersion, Error> {
        let value = match self.value(VERSION) {
            Ok(value) => value,
            // The code for headers is one of the modern revisions, and this client speaks none.
            Err(error) => return Err(Error::invalid_request(error.message().to_owned())),
        };
        match legacy_revision(value.as_deref()) {
            Some(revision) if revision.is_modern() => Err(missing_envelope("")),
            Some(revision) => Ok(revision),
            None => Err(Error::unsupported_version(&value.unwrap_or_default())),
        }
    }

    pub(super) fn takes_batches(&self) -> bool {
        self.legacy_revision().is_ok_and(ProtocolVersion::has_batches)
    }

    /// Compares the revision with that of a modern request.
    pub(super) fn check_version(&self, version: &str) -> Result<(), Error> {
        match self.headers.contains_key(VERSION) {
            true => self.compare(VERSION, version, str::eq),
            // A revision that is not served is the greater mistake, and is looked for in between.
            false => Ok(()),
        }
    }

    /// Compares the method and the name with those of a modern request.
    pub(super) fn check_routing(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
    ) -> Result<(), Error> {
        // It was compared already, if it is there.
        if self.missing == MissingMirrorHeaders::Reject && !self.headers.contains_key(VERSION) {
            return Err(mismatch(format!("the header {VERSION} is missing")));
        }
        self.compare(METHOD, &request.method, str::eq)?;
        let name = match request.method.as_ref() {
            "tools/call" | "prompts/get" => required_string(params.name, "name"),
            "resources/read" => required_string(params.uri, "uri"),
            _ => return Ok(()),
        };
        match name {
            Ok(name) => self.compare(NAME, &name, str::eq),
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
                Some(json) => self.compare(header, json, says)?,
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
        let list = |name: &str| {
            let values: Option<Vec<_>> =
                self.headers.get_all(name).iter().map(|value| value.to_str().ok()).collect();
            values.filter(|values| !values.is_empty()).map(|values| values.join(","))
        };
        TraceContext::checked(list("traceparent"), list("tracestate"), list("baggage"))
    }
}

/// The revision of a client whose messages do not describe themselves, if its header names one.
fn legacy_revision(header: Option<&str>) -> Option<ProtocolVersion> {
    // 2025-06-18, Protocol Version Header: a client that sends none speaks the last revision without it.
    header.map_or(Some(ProtocolVersion::V2025_03_26), ProtocolVersion::parse)
}

fn mismatch(message: String) -> Error {
    Error::of(Kind::HeaderMismatch, message)
}
