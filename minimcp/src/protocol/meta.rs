//! `params._meta`: how a request of a modern revision describes itself, and what any request may carry along.

use serde::Deserialize;

use super::envelope::Member;
use super::version::ProtocolVersion;
use crate::call::LogLevel;
use crate::error::Error;

/// The member that makes a request a modern one.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The members of `_meta` that the server itself reads; all others are left to handlers.
#[derive(Deserialize, Default, Debug, Clone, Copy)]
#[serde(default)]
pub(crate) struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    pub(crate) version: Member<'a>,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientCapabilities")]
    pub(crate) client_capabilities: Member<'a>,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientInfo")]
    pub(crate) client_info: Member<'a>,
    #[serde(borrow, rename = "io.modelcontextprotocol/logLevel")]
    pub(crate) log_level: Member<'a>,
    #[serde(borrow, rename = "progressToken")]
    progress_token: Member<'a>,
}

impl<'a> Meta<'a> {
    /// Whether the request claims to be of a modern revision, well-formed or not.
    pub(crate) fn claims_modern(&self) -> bool {
        self.version.0.is_some()
    }

    /// The JSON text of the progress token. A token of the wrong type counts as none: progress is a courtesy.
    pub(crate) fn progress_token(&self) -> Option<&'a str> {
        self.progress_token.0.filter(|token| {
            token.starts_with('"') || token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok()
        })
    }

    /// Checks what every modern request has to say of itself, and gives the revision that it names.
    ///
    /// # Errors
    ///
    /// -32602 for a missing or ill-typed member, naming all of them. The revision is not looked up: a name that
    /// this server does not know has an error of its own, after the headers were compared.
    pub(crate) fn envelope(&self) -> Result<&'a str, Error> {
        let version = self.version.as_str();
        let mut missing = Vec::new();
        if version.is_none() {
            missing.push(format!("`{VERSION}` (a string)"));
        }
        if !self.client_capabilities.0.is_some_and(|json| json.starts_with('{')) {
            missing.push(format!("`{CAPABILITIES}` (an object)"));
        }
        if self.client_info.0.is_some_and(|json| !json.starts_with('{')) {
            missing.push("`io.modelcontextprotocol/clientInfo` (an object, if given)".into());
        }
        if self.log_level.0.is_some() && self.log_level.as_str().and_then(LogLevel::parse).is_none()
        {
            missing.push(format!(
                "`io.modelcontextprotocol/logLevel` (one of {}, if given)",
                LogLevel::ALL.map(LogLevel::as_str).join(", ")
            ));
        }
        match version {
            Some(version) if missing.is_empty() => Ok(version),
            _ => Err(missing_envelope(&missing.join(", "))),
        }
    }
}

/// The error for a request that has to describe itself and does not.
pub(crate) fn missing_envelope(missing: &str) -> Error {
    let missing = if missing.is_empty() {
        format!("`{VERSION}`, `{CAPABILITIES}`")
    } else {
        missing.to_owned()
    };
    Error::invalid_params(format!("`params._meta` is missing or has wrong values for {missing}"))
        .with_data(&serde_json::json!({ "supported": ProtocolVersion::MODERN.map(ProtocolVersion::as_str) }))
}
