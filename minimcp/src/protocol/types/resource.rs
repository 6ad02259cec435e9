//! What a resource holds.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::blob::{Blob, read_base64, write_base64};
use super::{MetaMap, encode_meta, meta_method};
use crate::protocol::json::Object;

/// The contents of a resource, or of one part of it: text or bytes, under a URI.
///
/// A handler that returns one may answer with another URI than the one asked for, or with several parts.
///
/// ```
/// use minimcp::{resource, ResourceContents};
///
/// /// A folder
/// #[resource("notes://{folder}")]
/// async fn folder(folder: &str) -> Vec<ResourceContents> {
///     vec![
///         ResourceContents::text(format!("notes://{folder}/1"), "first"),
///         ResourceContents::text(format!("notes://{folder}/2"), "second").mime_type("text/markdown"),
///     ]
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceContents {
    uri: String,
    mime_type: Option<String>,
    body: Body,
    meta: Option<MetaMap>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Text(String),
    Blob(Bytes),
}

impl ResourceContents {
    /// Text.
    pub fn text(uri: impl Into<String>, text: impl Into<String>) -> Self {
        Self { uri: uri.into(), mime_type: None, body: Body::Text(text.into()), meta: None }
    }

    /// Bytes.
    pub fn blob(uri: impl Into<String>, blob: impl Into<Blob>) -> Self {
        let blob = blob.into();
        Self { uri: uri.into(), mime_type: blob.mime_type, body: Body::Blob(blob.data), meta: None }
    }

    /// Says what the contents are, over what the handler declares.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    meta_method!();

    /// The URI of these contents.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The text, if these contents are text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Blob(_) => None,
        }
    }

    /// The bytes, if these contents are bytes.
    #[must_use]
    pub fn as_blob(&self) -> Option<&Bytes> {
        match &self.body {
            Body::Blob(data) => Some(data),
            Body::Text(_) => None,
        }
    }

    /// The media type, if it was said.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.mime_type.as_deref()
    }

    /// Writes the contents; where they do not say their media type, `declared` does.
    pub(crate) fn encode(&self, out: &mut Vec<u8>, declared: Option<&str>) {
        let mut object = Object::open(out);
        object
            .member("uri", &self.uri)
            .optional("mimeType", self.mime_type.as_deref().or(declared));
        match &self.body {
            Body::Text(text) => object.member("text", text),
            Body::Blob(data) => object.with("blob", |out| write_base64(out, data)),
        };
        encode_meta(&mut object, self.meta.as_ref());
        object.close();
    }

    /// Gives the contents a media type, if they and the handler have none.
    pub(crate) fn or_mime_type(mut self, declared: Option<&str>) -> Self {
        if self.mime_type.is_none() {
            self.mime_type = declared.map(str::to_owned);
        }
        self
    }
}

/// Reads contents as any revision writes them.
impl<'de> Deserialize<'de> for ResourceContents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            uri: String,
            mime_type: Option<String>,
            text: Option<String>,
            blob: Option<String>,
            #[serde(rename = "_meta")]
            meta: Option<MetaMap>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let body = match (wire.text, wire.blob) {
            (Some(text), None) => Body::Text(text),
            (None, Some(blob)) => Body::Blob(
                read_base64(&blob).ok_or_else(|| D::Error::custom("`blob` is not base64"))?,
            ),
            _ => return Err(D::Error::custom("contents have either `text` or `blob`")),
        };
        Ok(Self { uri: wire.uri, mime_type: wire.mime_type, body, meta: wire.meta })
    }
}
