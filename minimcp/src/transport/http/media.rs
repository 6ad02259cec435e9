//! Content negotiation: what the client sends, and what it takes for an answer.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

use super::rejection::Rejection;

/// Which of the two kinds of answer the client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) json: bool,
    pub(super) stream: bool,
}

impl Accepted {
    /// Reads `Accept` (RFC 9110, section 12.5.1): the most specific range decides, and `q=0` excludes. The protocol
    /// wants clients to list both kinds; many list one, or send `*/*`, or nothing, and all of them are served.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let (mut json, mut stream) = (Best::default(), Best::default());
        let mut said_nothing = true;
        for line in headers.get_all(ACCEPT) {
            let mut rest = line.as_bytes();
            while let Some(range) = Range::take(&mut rest) {
                said_nothing = false;
                json.consider(range.json, range.wanted);
                stream.consider(range.stream, range.wanted);
            }
        }
        Self { json: said_nothing || json.wanted, stream: said_nothing || stream.wanted }
    }
}

const JSON: &[u8] = b"application/json";

/// The ranges that cover JSON or events, and how specific they are about each.
const RANGES: [(&[u8], u8, u8); 5] = [
    (JSON, 3, 0),
    (b"text/event-stream", 0, 3),
    (b"*/*", 1, 1),
    (b"application/*", 2, 0),
    (b"text/*", 0, 2),
];

/// One of the ranges of media types that `Accept` lists, and how specific it is about both kinds of answer; nothing about
/// what it does not cover.
struct Range {
    json: u8,
    stream: u8,
    wanted: bool,
}

impl Range {
    /// Takes the first range of a line; `None` at its end. There may be nothing between two commas.
    fn take(line: &mut &[u8]) -> Option<Self> {
        while let [b',' | b' ' | b'\t', others @ ..] = *line {
            *line = others;
        }
        if line.is_empty() {
            return None;
        }
        // Its end is looked for only where no range that is known ends at its own.
        let known = RANGES
            .iter()
            .find_map(|(types, json, stream)| Some((behind(line, types)?, *json, *stream)));
        let (mut rest, json, stream) = known.unwrap_or_else(|| (cut(line).1, 0, 0));
        let mut wanted = true;
        while let [b';', parameters @ ..] = rest {
            let (parameter, others) = cut(parameters);
            wanted &= !is_zero_quality(parameter.trim_ascii());
            rest = others;
        }
        *line = rest;
        Some(Self { json, stream, wanted })
    }
}

/// What comes behind a media type at the beginning of a text, if it ends there.
fn behind<'a>(text: &'a [u8], types: &[u8]) -> Option<&'a [u8]> {
    let (begins, rest) = text.split_at_checked(types.len())?;
    let rest = rest.trim_ascii_start();
    (matches!(rest, [] | [b',' | b';', ..]) && begins.eq_ignore_ascii_case(types)).then_some(rest)
}

/// A text before its first comma or semicolon, and from there on.
fn cut(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b',' | b';')).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// The most specific range so far that covers a media type.
#[derive(Default)]
struct Best {
    specificity: u8,
    wanted: bool,
}

impl Best {
    fn consider(&mut self, specificity: u8, wanted: bool) {
        if specificity == 0 {
            return;
        }
        if specificity > self.specificity {
            *self = Self { specificity, wanted };
        } else if specificity == self.specificity {
            self.wanted |= wanted;
        }
    }
}

/// `q=0`, with up to three decimals.
fn is_zero_quality(parameter: &[u8]) -> bool {
    match parameter {
        [b'q' | b'Q', b'=', b'0', rest @ ..] => rest.iter().all(|byte| matches!(byte, b'.' | b'0')),
        _ => false,
    }
}

/// Checks that the content is JSON. A web page of another origin cannot send that without asking first.
pub(super) fn check_content(headers: &HeaderMap) -> Result<(), Rejection> {
    let mut types = headers.get_all(CONTENT_TYPE).iter().peekable();
    let json = types.peek().is_some() && types.all(|value| is_json(value.as_bytes()));
    if !json {
        return Err(Rejection::ContentType);
    }
    let plain =
        |value: &http::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    match headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        true => Ok(()),
        false => Err(Rejection::ContentEncoding),
    }
}

/// Whether a content type is that of JSON, whatever its parameters.
fn is_json(kind: &[u8]) -> bool {
    behind(kind.trim_ascii_start(), JSON).is_some_and(|rest| !rest.starts_with(b","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&'static str], json: bool, stream: bool) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT, http::HeaderValue::from_static(line));
        }
        assert_eq!(Accepted::of(&headers), Accepted { json, stream }, "{lines:?}");
    }

    #[test]
    fn what_clients_take() {
        check(&[], true, true);
        check(&[""], true, true);
        check(&["*/*"], true, true);
        check(&["application/json, text/event-stream"], true, true);
        check(&["application/json", "text/event-stream"], true, true);
        check(&["Application/JSON;charset=utf-8 , TEXT/Event-Stream; q=0.5"], true, true);
        check(&["application/json"], true, false);
        check(&["application/*"], true, false);
        check(&["text/event-stream"], false, true);
        check(&["text/*;q=0.1"], false, true);
        check(&["text/html"], false, false);
        check(&["application/jsonx, json, text/event-streams"], false, false);
        check(&[",, ,"], true, true);
        check(&[";q=1"], false, false);
        check(&[" , application/json ,"], true, false);
        check(&["application/json;q=1;q=0, text/*;x"], false, true);
    }

    #[test]
    fn the_most_specific_range_decides() {
        check(&["*/*, application/json;q=0"], false, true);
        check(&["application/json;q=0, */*"], false, true);
        check(&["*/*;q=0, application/json"], true, false);
        check(&["application/json; q=0.000"], false, false);
        check(&["application/json; q=0.001"], true, false);
        check(&["text/*;q=0", "*/*"], true, false);
    }

    #[test]
    fn content_is_json_as_it_is() {
        let mut headers = HeaderMap::new();
        assert_eq!(check_content(&headers), Err(Rejection::ContentType));
        for (value, fits) in [
            ("application/json", true),
            ("Application/JSON ; charset=UTF-8", true),
            ("application/json;", true),
            ("application/json, text/plain", false),
            ("application/json x", false),
            ("application/jso", false),
            ("x application/json", false),
            ("application/json-rpc", false),
            ("text/plain", false),
            ("text/plain, application/json", false),
            ("", false),
        ] {
            headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(value));
            assert_eq!(check_content(&headers).is_ok(), fits, "{value}");
        }
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        assert_eq!(check_content(&headers), Err(Rejection::ContentEncoding));
        headers.insert(CONTENT_ENCODING, http::HeaderValue::from_static("identity"));
        assert_eq!(check_content(&headers), Ok(()));
        headers.append(CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
        assert_eq!(check_content(&headers), Err(Rejection::ContentType));
    }
}
