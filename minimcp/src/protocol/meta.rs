//! `params._meta`: how a request of a modern revision describes itself, and what any request may carry along.

use super::envelope::{Member, is_string};
use super::scan::Scanner;
use super::version::ProtocolVersion;
use crate::call::LogLevel;
use crate::error::Error;

/// The member that makes a request a modern one.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The members of `_meta` that the server itself reads; all others are left to handlers.
#[derive(Default, Debug, Clone, Copy)]
pub(crate) struct Meta<'a> {
    pub(crate) version: Member<'a>,
    pub(crate) client_capabilities: Member<'a>,
    pub(crate) client_info: Member<'a>,
    pub(crate) log_level: Member<'a>,
    progress_token: Member<'a>,
}

impl<'a> Meta<'a> {
    /// Reads `_meta` where the scanner is; gives its text. `twice` is then the first member that is there twice.
    pub(super) fn read(
        &mut self,
        scanner: &mut Scanner<'a>,
        twice: &mut Option<&'a str>,
    ) -> Option<&'a str> {
        if scanner.byte()? != b'{' {
            return scanner.value();
        }
        scanner.text_of(|scanner| {
            scanner.object(|scanner, name| {
                let value = scanner.value()?;
                let member = match name.decode()?.as_ref() {
                    VERSION => &mut self.version,
                    CAPABILITIES => &mut self.client_capabilities,
                    "io.modelcontextprotocol/clientInfo" => &mut self.client_info,
                    "io.modelcontextprotocol/logLevel" => &mut self.log_level,
                    "progressToken" => &mut self.progress_token,
                    _ => return Some(()),
                };
                member.put(value, name, twice);
                Some(())
            })
        })
    }

    /// Whether the request claims to be of a modern revision, well-formed or not.
    pub(crate) fn claims_modern(&self) -> bool {
        self.version.0.is_some()
    }

    /// The JSON text of the progress token. A token of the wrong type counts as none: progress is a courtesy.
    pub(crate) fn progress_token(&self) -> Option<&'a str> {
        self.progress_token.0.filter(|token| {
            is_string(token) || token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok()
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
        if !self.client_capabilities.is_object() {
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
