//! Bytes that travel as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Bytes with a media type: what a resource handler returns for anything that is not text.
///
/// ```
/// use minimcp::{resource, Blob};
///
/// /// The logo
/// #[resource("app://logo", mime_type = "image/png")]
/// async fn logo() -> Blob {
///     Blob::new(vec![0x89, b'P', b'N', b'G'])
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub(crate) data: Bytes,
    pub(crate) mime_type: Option<String>,
}

impl Blob {
    /// Bytes of the media type that the handler declares, or `application/octet-stream`.
    pub fn new(data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), mime_type: None }
    }

    /// Says what the bytes are, over what the handler declares.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// The bytes.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.data
    }
}

impl From<Vec<u8>> for Blob {
    fn from(data: Vec<u8>) -> Self {
        Self::new(data)
    }
}

impl From<Bytes> for Blob {
    fn from(data: Bytes) -> Self {
        Self::new(data)
    }
}

/// Writes bytes as a JSON string of base64.
pub(crate) fn write_base64(out: &mut Vec<u8>, data: &[u8]) {
    out.push(b'"');
    let start = out.len();
    let length = base64::encoded_len(data.len(), true).unwrap_or(0);
    out.resize(start + length, 0);
    let written = out.get_mut(start..).map_or(Ok(0), |space| STANDARD.encode_slice(data, space));
    debug_assert_eq!(written.ok(), Some(length), "the space is as long as the text");
    out.push(b'"');
}

/// Reads base64 as it stands in a message.
pub(crate) fn read_base64(text: &str) -> Option<Bytes> {
    STANDARD.decode(text).ok().map(Bytes::from)
}
