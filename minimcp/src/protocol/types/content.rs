//! The blocks that tool results and prompt messages are made of.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::annotations::Annotations;
use super::blob::{read_base64, write_base64};
use super::resource::ResourceContents;
use super::{MetaMap, encode_meta, meta_method};
use crate::protocol::json::{Object, write_string};
use crate::protocol::version::ProtocolVersion;

/// A block of content: text, an image, sound, a resource, or a link to one.
///
/// A revision that does not know a kind gets the next best: up to 2024-11-05 sound becomes an embedded resource,
/// up to 2025-03-26 a link becomes text.
///
/// ```
/// use minimcp::{tool, Content};
///
/// /// Draw a point
/// #[tool]
/// async fn draw() -> Vec<Content> {
///     vec![Content::text("Here it is:"), Content::image(vec![0x89, 0x50], "image/png")]
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    block: Block,
    annotations: Option<Annotations>,
    meta: Option<MetaMap>,
}

#[derive(Clone, Debug, PartialEq)]
enum Block {
    Text(String),
    Image { data: Bytes, mime_type: String },
    Audio { data: Bytes, mime_type: String },
    Resource(ResourceContents),
    Link(ResourceLink),
}

#[derive(Clone, Debug, PartialEq)]
struct ResourceLink {
    uri: String,
    name: String,
    title: Option<String>,
    description: Option<String>,
    mime_type: Option<String>,
    size: Option<u64>,
}

impl Content {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Block::Text(text.into()))
    }

    /// An image, as the bytes of its file.
    pub fn image(data: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self::of(Block::Image { data: data.into(), mime_type: mime_type.into() })
    }

    /// Sound, as the bytes of its file.
    pub fn audio(data: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self::of(Block::Audio { data: data.into(), mime_type: mime_type.into() })
    }

    /// A resource, with its contents.
    ///
    /// A server whose tools or prompts embed resources should have them as resources too, so that clients are told of
    /// them (2025-06-18, Embedded Resources); nothing compares the two.
    #[must_use]
    pub fn resource(contents: ResourceContents) -> Self {
        Self::of(Block::Resource(contents))
    }

    /// A resource that the client may read if it wants to.
    pub fn resource_link(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self::of(Block::Link(ResourceLink {
            uri: uri.into(),
            name: name.into(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
        }))
    }

    /// Describes a link; other blocks have no description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        if let Block::Link(link) = &mut self.block {
            link.description = Some(description.into());
        }
        self
    }

    /// The media type behind a link; other blocks are created with theirs.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        if let Block::Link(link) = &mut self.block {
            link.mime_type = Some(mime_type.into());
        }
        self
    }

    /// The display name of a link; other blocks have none.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        if let Block::Link(link) = &mut self.block {
            link.title = Some(title.into());
        }
        self
    }

    /// How long what is behind a link is, in bytes; other blocks come with what they hold.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        if let Block::Link(link) = &mut self.block {
            link.size = Some(bytes);
        }
        self
    }

    /// Adds hints.
    #[must_use]
    pub fn annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    meta_method!();

    /// The text, if the block is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.block {
            Block::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of an image or of sound, with their media type.
    #[must_use]
    pub fn as_media(&self) -> Option<(&Bytes, &str)> {
        match &self.block {
            Block::Image { data, mime_type } | Block::Audio { data, mime_type } => {
                Some((data, mime_type))
            }
            _ => None,
        }
    }

    /// The embedded resource, if the block is one.
    #[must_use]
    pub fn as_resource(&self) -> Option<&ResourceContents> {
        match &self.block {
            Block::Resource(contents) => Some(contents),
            _ => None,
        }
    }

    /// The URI of an embedded resource or of a link.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        match &self.block {
            Block::Resource(contents) => Some(contents.uri()),
            Block::Link(link) => Some(&link.uri),
            _ => None,
        }
    }

    const fn of(block: Block) -> Self {
        Self { block, annotations: None, meta: None }
    }

    /// Writes the block as a revision knows it.
    pub(crate) fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        let mut object = match &self.block {
            Block::Text(text) => open_text(out, text),
            _ => Object::open(out),
        };
        match &self.block {
            Block::Text(_) => (),
            Block::Image { data, mime_type } => encode_media(&mut object, "image", data, mime_type),
            Block::Audio { data, mime_type } if revision.has_audio() => {
                encode_media(&mut object, "audio", data, mime_type);
            }
            Block::Audio { data, mime_type } => {
                object.member("type", "resource").object("resource", |object| {
                    object.member("uri", "audio:").member("mimeType", mime_type);
                    object.with("blob", |out| write_base64(out, data));
                });
            }
            Block::Resource(contents) => {
                object
                    .member("type", "resource")
                    .with("resource", |out| contents.encode(out, None));
            }
            Block::Link(link) if revision.has_resource_links() => link.encode(&mut object),
            Block::Link(link) => {
                object.member("type", "text").text("text", &link.uri);
            }
        }
        Annotations::encode(self.annotations.as_ref(), &mut object, revision);
        encode_meta(&mut object, self.meta.as_ref());
        object.close();
    }
}

impl ResourceLink {
    fn encode(&self, object: &mut Object<'_>) {
        object.member("type", "resource_link").member("uri", &self.uri).member("name", &self.name);
        object
            .optional("title", self.title.as_deref())
            .optional("description", self.description.as_deref());
        object.optional("mimeType", self.mime_type.as_deref()).optional("size", self.size);
    }
}

/// Opens a block of text.
pub(crate) fn open_text<'b>(out: &'b mut Vec<u8>, text: &str) -> Object<'b> {
    Object::open_with(out, r#"{"type":"text","text":"#, |out| write_string(out, text))
}

fn encode_media(object: &mut Object<'_>, kind: &str, data: &[u8], mime_type: &str) {
    object
        .member("type", kind)
        .with("data", |out| write_base64(out, data))
        .member("mimeType", mime_type);
}

/// Text is the content that needs no saying.
impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// Reads a block as any revision writes it.
impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            r#type: String,
            text: Option<String>,
            data: Option<String>,
            mime_type: Option<String>,
            resource: Option<ResourceContents>,
            uri: Option<String>,
            name: Option<String>,
            title: Option<String>,
            description: Option<String>,
            size: Option<u64>,
            annotations: Option<Annotations>,
            #[serde(rename = "_meta")]
            meta: Option<MetaMap>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let missing = |name| D::Error::missing_field(name);
        let bytes = |data: Option<String>| {
            let data = data.ok_or_else(|| missing("data"))?;
            read_base64(&data).ok_or_else(|| D::Error::custom("`data` is not base64"))
        };
        let block = match wire.r#type.as_str() {
            "text" => Block::Text(wire.text.ok_or_else(|| missing("text"))?),
            "image" => Block::Image {
                data: bytes(wire.data)?,
                mime_type: wire.mime_type.ok_or_else(|| missing("mimeType"))?,
            },
            "audio" => Block::Audio {
                data: bytes(wire.data)?,
                mime_type: wire.mime_type.ok_or_else(|| missing("mimeType"))?,
            },
            "resource" => Block::Resource(wire.resource.ok_or_else(|| missing("resource"))?),
            "resource_link" => Block::Link(ResourceLink {
                uri: wire.uri.ok_or_else(|| missing("uri"))?,
                name: wire.name.ok_or_else(|| missing("name"))?,
                title: wire.title,
                description: wire.description,
                mime_type: wire.mime_type,
                size: wire.size,
            }),
            other => return Err(D::Error::custom(format!("unknown content type `{other}`"))),
        };
        Ok(Self { block, annotations: wire.annotations, meta: wire.meta })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProtocolVersion as V;

    fn check(content: &Content, revision: ProtocolVersion, expected: &str) {
        let mut out = Vec::new();
        content.encode(&mut out, revision);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn sound_and_links_are_replaced_where_they_are_unknown() {
        let sound = Content::audio(vec![1, 2, 3], "audio/wav");
        check(&sound, V::V2025_03_26, r#"{"type":"audio","data":"AQID","mimeType":"audio/wav"}"#);
        check(
            &sound,
            V::V2024_11_05,
            r#"{"type":"resource","resource":{"uri":"audio:","mimeType":"audio/wav","blob":"AQID"}}"#,
        );
        let link = Content::resource_link("a://b", "b");
        check(&link, V::V2025_06_18, r#"{"type":"resource_link","uri":"a://b","name":"b"}"#);
        check(&link, V::V2025_03_26, r#"{"type":"text","text":"a://b"}"#);
    }

    #[test]
    fn hints_and_meta_go_along() {
        let content = Content::text("x")
            .annotations(Annotations::new().priority(2.0).last_modified("2026-01-01"))
            .meta("com.example/k", 1);
        check(
            &content,
            V::V2025_03_26,
            r#"{"type":"text","text":"x","annotations":{"priority":1.0},"_meta":{"com.example/k":1}}"#,
        );
    }

    #[test]
    fn what_is_written_can_be_read() {
        for content in [
            Content::text("ü\n"),
            Content::image(vec![0, 255], "image/png").meta("k", "v"),
            Content::audio(vec![0, 255], "audio/wav").annotations(Annotations::new().priority(0.5)),
            Content::resource(ResourceContents::text("a://b", "t")),
            Content::resource_link("a://b", "b").description("d").mime_type("text/plain"),
            Content::resource_link("a://b", "b").title("B").size(7),
        ] {
            let mut out = Vec::new();
            content.encode(&mut out, ProtocolVersion::LATEST);
            assert_eq!(serde_json::from_slice::<Content>(&out).unwrap(), content);
        }
    }
}
