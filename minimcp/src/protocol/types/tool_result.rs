//! What `tools/call` answers.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::content::{Content, open_text};
use super::{MetaMap, meta_method};
use crate::protocol::json::{Object, array};
use crate::protocol::version::ProtocolVersion;

/// What a tool answers: content for the model, a structured value for the program, or an error for the model.
///
/// Tools rarely build one: a string becomes text, any other value becomes a structured value with its text, and an
/// error becomes an error. Build one to send several blocks beside a structured value, or `_meta`.
///
/// ```
/// use minimcp::{tool, CallToolResult, Content};
/// use serde_json::json;
///
/// /// Measure a room
/// #[tool]
/// async fn measure() -> CallToolResult {
///     CallToolResult::new([Content::text("3 by 4 metres")])
///         .structured(&json!({ "width": 3, "height": 4 }))
///         .meta("com.example/unit", "m")
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallToolResult {
    pub(crate) content: Vec<Content>,
    pub(crate) structured: Option<Structured>,
    /// The blocks are the whole value of the tool's type: one text, or nothing. A tool whose schema allows other values
    /// too sends it as a structured value as well.
    pub(crate) is_value: bool,
    pub(crate) is_error: bool,
    pub(crate) meta: Option<MetaMap>,
}

/// A structured value, as JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Structured {
    pub(crate) json: String,
    /// The value is repeated as a block of text, for clients that show text alone.
    pub(crate) as_text: bool,
}

impl CallToolResult {
    /// These blocks.
    pub fn new(content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..Self::default() }
    }

    /// One block of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new([Content::text(text)])
    }

    /// One block of text, which is the whole value of the tool's type.
    pub(crate) fn value(text: String) -> Self {
        Self { is_value: true, ..Self::text(text) }
    }

    /// An error that the model reads and may react to.
    pub fn error(message: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(message) }
    }

    /// Adds a structured value (2025-06-18, Structured Content). Up to 2025-11-25 only objects can be sent: other
    /// values are left out there. A value that cannot be JSON is left out everywhere.
    #[must_use]
    pub fn structured(mut self, value: &impl Serialize) -> Self {
        self.structured =
            serde_json::to_string(value).ok().map(|json| Structured { json, as_text: false });
        self
    }

    meta_method!();

    /// The blocks.
    ///
    /// The text that repeats a structured value is one of them only in an answer that came over the wire.
    #[must_use]
    pub fn content(&self) -> &[Content] {
        &self.content
    }

    /// All text, the blocks separated by line breaks; for a structured value without blocks, its JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut texts: Vec<&str> = self.content.iter().filter_map(Content::as_text).collect();
        if let Some(structured) = &self.structured
            && structured.as_text
        {
            texts.push(&structured.json);
        }
        texts.join("\n")
    }

    /// Whether this is an error for the model.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.is_error
    }

    /// The JSON of the structured value, if there is one.
    #[must_use]
    pub fn structured_json(&self) -> Option<&str> {
        self.structured.as_ref().map(|structured| structured.json.as_str())
    }

    /// The structured value, read into a type.
    ///
    /// A value that had to be wrapped as `{"result": …}` for its revision is unwrapped where the type asks for it.
    ///
    /// # Errors
    ///
    /// When there is no structured value, or it does not fit the type.
    pub fn structured_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        #[derive(Deserialize)]
        struct Wrapped<T> {
            result: T,
        }
        let json = self.structured_json().unwrap_or_default();
        serde_json::from_str(json).or_else(|error| {
            serde_json::from_str::<Wrapped<T>>(json)
                .map(|wrapped| wrapped.result)
                .map_err(|_| error)
        })
    }

    /// About how many bytes it is written in: somewhat more than its texts, where they have a few escapes.
    pub(crate) fn length(&self) -> usize {
        let texts = self.content.iter().map(|content| content.as_text().map_or(0, str::len) + 64);
        let json = self.structured.as_ref().map_or(0, |structured| structured.json.len());
        let length = texts.sum::<usize>() + json * 2;
        length + length / 8 + 192
    }

    /// Writes the members of the result but `_meta`, which the server adds to.
    ///
    /// `wrap` says that the tool's structured values are no objects, so that a revision which knows objects alone
    /// gets them wrapped.
    pub(crate) fn encode(&self, object: &mut Object<'_>, revision: ProtocolVersion, wrap: bool) {
        object.with("content", |out| match &self.structured {
            Some(Structured { json, as_text: true }) if self.content.is_empty() => {
                array(out, [json], |out, json| open_text(out, json).close());
            }
            _ => array(out, &self.content, |out, content| content.encode(out, revision)),
        });
        if let Some(json) = self.structured_value(wrap)
            && revision.has_structured_content()
        {
            if revision.has_any_structured_content() || (!wrap && json.starts_with('{')) {
                object.raw("structuredContent", json.as_bytes());
            } else if wrap {
                object.with("structuredContent", |out| {
                    out.extend_from_slice(br#"{"result":"#);
                    out.extend_from_slice(json.as_bytes());
                    out.push(b'}');
                });
            }
        }
        if self.is_error {
            object.raw("isError", b"true");
        }
    }
}

impl CallToolResult {
    /// The JSON of the structured value that has to be sent.
    fn structured_value(&self, wrap: bool) -> Option<Cow<'_, str>> {
        match &self.structured {
            Some(structured) => Some(Cow::Borrowed(&structured.json)),
            None if self.is_value && wrap => match self.content.first() {
                Some(content) => serde_json::to_string(content.as_text()?).ok().map(Cow::Owned),
                None => Some(Cow::Borrowed("null")),
            },
            None => None,
        }
    }
}

/// Reads a result as any revision writes it.
impl<'de> Deserialize<'de> for CallToolResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            content: Vec<Content>,
            #[serde(default, deserialize_with = "present")]
            structured_content: Option<Box<RawValue>>,
            #[serde(default)]
            is_error: bool,
            #[serde(default, rename = "_meta")]
            meta: Option<MetaMap>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let structured = wire
            .structured_content
            .map(|raw| Structured { json: raw.get().into(), as_text: false });
        Ok(Self {
            content: wire.content,
            structured,
            is_value: false,
            is_error: wire.is_error,
            meta: wire.meta,
        })
    }
}

/// Keeps an explicit `null` apart from a value that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProtocolVersion as V;

    fn check(result: &CallToolResult, wrap: bool, revision: ProtocolVersion, expected: &str) {
        let json = crate::protocol::json::object(|object| result.encode(object, revision, wrap));
        assert_eq!(String::from_utf8_lossy(&json), expected);
    }

    fn number() -> CallToolResult {
        let structured = Some(Structured { json: "3.0".into(), as_text: true });
        CallToolResult { structured, ..CallToolResult::default() }
    }

    #[test]
    fn a_value_that_is_no_object_is_wrapped_where_objects_alone_are_known() {
        let text = r#"{"content":[{"type":"text","text":"3.0"}]"#;
        check(&number(), true, V::V2025_03_26, &format!("{text}}}"));
        check(
            &number(),
            true,
            V::V2025_06_18,
            &format!(r#"{text},"structuredContent":{{"result":3.0}}}}"#),
        );
        check(&number(), true, V::V2026_07_28, &format!(r#"{text},"structuredContent":3.0}}"#));
    }

    #[test]
    fn a_value_of_no_declared_shape_is_left_out_unless_it_is_an_object() {
        let result = CallToolResult::text("x").structured(&[1]);
        check(&result, false, V::V2025_11_25, r#"{"content":[{"type":"text","text":"x"}]}"#);
        check(
            &result,
            false,
            V::V2026_07_28,
            r#"{"content":[{"type":"text","text":"x"}],"structuredContent":[1]}"#,
        );
    }

    #[test]
    fn a_text_or_nothing_is_a_value_where_the_schema_allows_others_too() {
        let value = CallToolResult { is_value: true, ..CallToolResult::text("\"") };
        let text = r#"{"content":[{"type":"text","text":"\""}]"#;
        check(&value, false, V::V2026_07_28, &format!("{text}}}"));
        check(&value, true, V::V2025_03_26, &format!("{text}}}"));
        check(
            &value,
            true,
            V::V2025_11_25,
            &format!(r#"{text},"structuredContent":{{"result":"\""}}}}"#),
        );
        let nothing = CallToolResult { is_value: true, ..CallToolResult::default() };
        let expected = r#"{"content":[],"structuredContent":null}"#;
        check(&nothing, true, V::V2026_07_28, expected);
    }

    #[test]
    fn content_is_always_there() {
        check(&CallToolResult::default(), false, V::V2026_07_28, r#"{"content":[]}"#);
        check(
            &CallToolResult::error("no"),
            false,
            V::V2024_11_05,
            r#"{"content":[{"type":"text","text":"no"}],"isError":true}"#,
        );
    }
}
