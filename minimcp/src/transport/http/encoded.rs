//! Values of the protocol in headers: plain ASCII, or `=?base64?…?=` for anything else (2026-07-28, Value Encoding).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a header says, decoded.
///
/// # Errors
///
/// What is wrong with it: characters that a header cannot carry, or base64 that is none.
pub(super) fn decode(value: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    let value = value.trim_ascii();
    // One pass without a way out of it takes a fraction of the instructions of one that stops.
    let is_plain =
        value.iter().fold(true, |plain, byte| plain & matches!(byte, b'\t' | b' '..=b'~'));
    let text = std::str::from_utf8(value)
        .ok()
        .filter(|_| is_plain)
        .ok_or("has characters that are not visible ASCII; encode it as `=?base64?…?=`")?;
    let Some(encoded) = text.strip_prefix("=?base64?").and_then(|text| text.strip_suffix("?="))
    else {
        return Ok(Cow::Borrowed(text));
    };
    STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cow::Owned)
        .ok_or("is no base64 of UTF-8 text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Option<&str>) {
        assert_eq!(decode(header.as_bytes()).ok().as_deref(), expected, "{header}");
    }

    #[test]
    fn plain_and_encoded_values() {
        check("us-west1", Some("us-west1"));
        check("  two words\t", Some("two words"));
        check("=?base64?SGVsbG8sIOS4lueVjA==?=", Some("Hello, 世界"));
        check("=?base64?IHBhZGRlZCA=?=", Some(" padded "));
        check("=?base64?bGluZTEKbGluZTI=?=", Some("line1\nline2"));
        check("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", Some("=?base64?literal?="));
        check("=?base64??=", Some(""));
    }

    #[test]
    fn markers_that_are_none_are_text() {
        for text in ["=?BASE64?SGk=?=", "=?base64?SGk=", "SGk=?=", "=?base64?="] {
            check(text, Some(text));
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for text in [
            "=?base64?SGVsbG8?=",
            "=?base64?SGVs_G8=?=",
            "=?base64?/w==?=",
            "=?base64?SGVs!!!bG8=?=",
            "=?base64?SGk= ?=",
            "wörld",
            "a\u{1}b",
        ] {
            check(text, None);
        }
    }
}
