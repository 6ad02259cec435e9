//! The parameters of all methods, read in one pass; values stay text until something needs them.

use std::borrow::Cow;

use serde::Deserialize;

use super::envelope::Member;
use super::meta::Meta;
use crate::error::Error;

/// The members of `params` that the methods of this server know.
#[derive(Deserialize, Default, Debug, Clone, Copy)]
#[serde(default)]
pub(crate) struct Params<'a> {
    #[serde(borrow)]
    pub(crate) name: Member<'a>,
    #[serde(borrow)]
    pub(crate) uri: Member<'a>,
    #[serde(borrow)]
    pub(crate) arguments: Member<'a>,
    #[serde(borrow, rename = "ref")]
    pub(crate) reference: Member<'a>,
    #[serde(borrow)]
    pub(crate) argument: Member<'a>,
    #[serde(borrow)]
    pub(crate) context: Member<'a>,
    #[serde(borrow)]
    pub(crate) cursor: Member<'a>,
    #[serde(borrow, rename = "protocolVersion")]
    pub(crate) protocol_version: Member<'a>,
    #[serde(borrow)]
    pub(crate) capabilities: Member<'a>,
    #[serde(borrow, rename = "clientInfo")]
    pub(crate) client_info: Member<'a>,
    #[serde(borrow)]
    pub(crate) level: Member<'a>,
    #[serde(borrow)]
    pub(crate) notifications: Member<'a>,
    #[serde(borrow, rename = "requestId")]
    pub(crate) request_id: Member<'a>,
    #[cfg(feature = "ask")]
    #[serde(borrow, rename = "inputResponses")]
    pub(crate) input_responses: Member<'a>,
    #[cfg(feature = "ask")]
    #[serde(borrow, rename = "requestState")]
    pub(crate) request_state: Member<'a>,
    #[serde(borrow, rename = "_meta")]
    pub(crate) raw_meta: Member<'a>,
}

impl<'a> Params<'a> {
    /// Reads the parameters of a request; absent ones are empty ones.
    ///
    /// # Errors
    ///
    /// -32602 when they are not an object, or name a member twice.
    pub(crate) fn parse(params: Option<&'a str>) -> Result<Self, Error> {
        let Some(params) = params else { return Ok(Self::default()) };
        if !params.starts_with('{') {
            return Err(Error::invalid_params("`params` has to be an object"));
        }
        serde_json::from_str(params)
            .map_err(|error| Error::invalid_params(format!("`params`: {error}")))
    }

    /// Reads `_meta`; absent is empty.
    pub(crate) fn meta(&self) -> Result<Meta<'a>, Error> {
        match self.raw_meta.0 {
            None | Some("null") => Ok(Meta::default()),
            Some(meta) if meta.starts_with('{') => serde_json::from_str(meta)
                .map_err(|error| Error::invalid_params(format!("`params._meta`: {error}"))),
            Some(_) => Err(Error::invalid_params("`params._meta` has to be an object")),
        }
    }
}

/// The text of a member that has to be a string.
///
/// # Errors
///
/// -32602 naming the member, when it is absent or no string.
pub(crate) fn required_string<'a>(member: Member<'a>, name: &str) -> Result<Cow<'a, str>, Error> {
    if let Some(text) = member.decode() {
        return Ok(text);
    }
    Err(Error::invalid_params(match member.0 {
        None => format!("`params.{name}` is missing"),
        Some(_) => format!("`params.{name}` has to be a string"),
    }))
}
