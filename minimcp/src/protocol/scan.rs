//! Walking over JSON text: what is where in it, without building anything.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::string::{plain_length, short_plain_length};

/// A place in JSON text, on its way from the start to the end: always at something, never at a space before it.
///
/// What it has passed is JSON: each method gives `None` where the text is none, and the scanner is of no use then. It
/// says nothing about why; what serde_json says of the same text does.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// A string, as it stands in the text: what is between its quotes, or, if there are escapes in it, with its quotes. So it is
/// no more than a pointer and a length, and is handed on in registers; one that goes by way of memory is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// Objects and arrays in each other up to here are walked by calls in each other. Below, serde_json goes on, which
    /// keeps its way on the heap: so no depth is too much, and none can overflow the stack.
    const DEPTH: usize = 64;

    pub(crate) fn of(text: &'a str) -> Self {
        let mut scanner = Self { text, at: 0 };
        scanner.next();
        scanner
    }

    /// The first byte of what stands here.
    pub(crate) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from here on.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes a value of this length, which somebody else has read.
    pub(crate) fn skip(&mut self, length: usize) {
        self.at += length;
    }

    /// The end of the text, after spaces.
    pub(crate) fn end(&mut self) -> Option<()> {
        self.next().is_none().then_some(())
    }

    /// Passes a value, and gives its text.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        self.text_of(|scanner| scanner.pass(Self::DEPTH))
    }

    /// The text of a value that `pass` passes.
    pub(crate) fn text_of(
        &mut self,
        pass: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<&'a str> {
        let start = self.at;
        pass(self)?;
        self.text.get(start..self.at)
    }

    /// Passes an object; `member` is given the name of each member, and passes its value.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Quoted<'a>) -> Option<()>,
    ) -> Option<()> {
        self.sequence(b'{', b'}', |scanner| {
            let name = scanner.string()?;
            if scanner.next()? != b':' {
                return None;
            }
            scanner.at += 1;
            scanner.next()?;
            member(scanner, name)
        })
    }

    fn pass(&mut self, depth: usize) -> Option<()> {
        match self.byte()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' if depth == 0 => self.pass_deep(),
            b'{' => self.object(|scanner, _| scanner.pass(depth - 1)),
            b'[' => self.sequence(b'[', b']', |scanner| scanner.pass(depth - 1)),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn pass_deep(&mut self) -> Option<()> {
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }

    /// Passes what is between two brackets, and commas.
    fn sequence(
        &mut self,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if self.byte()? != open {
            return None;
        }
        self.at += 1;
        if self.next()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            let separator = self.next()?;
            self.at += 1;
            if separator == close {
                return Some(());
            }
            if separator != b',' {
                return None;
            }
            self.next()?;
        }
    }

    fn string(&mut self) -> Option<Quoted<'a>> {
        let inside = self.rest().strip_prefix('"')?;
        if let Some(length) = short_plain_length(inside.as_bytes())
            && inside.as_bytes().get(length) == Some(&b'"')
        {
            self.at += length + 2;
            return inside.get(..length).map(Quoted);
        }
        // The last thing that is done, so that a short string needs no frame.
        self.long_string()
    }

    #[inline(never)]
    fn long_string(&mut self) -> Option<Quoted<'a>> {
        let inside = self.rest().strip_prefix('"')?;
        let length = plain_length(inside.as_bytes());
        if *inside.as_bytes().get(length)? != b'"' {
            return self.string_with_escapes();
        }
        self.at += length + 2;
        inside.get(..length).map(Quoted)
    }

    #[cold]
    fn string_with_escapes(&mut self) -> Option<Quoted<'a>> {
        let start = self.at;
        self.at += 1;
        loop {
            self.at += plain_length(self.text.as_bytes().get(self.at..)?);
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at).map(Quoted);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        self.at += 2;
        match self.text.as_bytes().get(self.at - 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.byte()? == b'-' {
            self.at += 1;
        }
        match self.byte()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// Goes to the next byte that is no space.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match self.byte()? {
            b' ' | b'\n' | b'\t' | b'\r' => self.next_after_spaces(),
            byte => Some(byte),
        }
    }

    #[cold]
    fn next_after_spaces(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let spaces = rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'));
        self.at += spaces.unwrap_or(rest.len());
        self.byte()
    }
}

impl<'a> Quoted<'a> {
    /// What the string says; `None` where its escapes are no text.
    #[inline]
    pub(crate) fn decode(self) -> Option<Cow<'a, str>> {
        match self.has_escapes() {
            false => Some(Cow::Borrowed(self.0)),
            true => unescape(self.0),
        }
    }

    /// The text between the quotes.
    pub(crate) fn inside(self) -> &'a str {
        match self.has_escapes() {
            false => self.0,
            true => self.0.get(1..self.0.len() - 1).unwrap_or_default(),
        }
    }

    /// Whether it stands there with its quotes: no text between quotes begins with one.
    fn has_escapes(self) -> bool {
        self.0.starts_with('"')
    }
}

#[cold]
fn unescape<'a>(json: &str) -> Option<Cow<'a, str>> {
    serde_json::from_str(json).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What passes here is what serde_json takes.
    fn check(text: &str) {
        let mut scanner = Scanner::of(text);
        let passed = scanner.value().is_some() && scanner.end().is_some();
        assert_eq!(passed, serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text:?}");
    }

    const TEXTS: [&str; 14] = [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1.5,"b":-2}}}"#,
        " { \"a\" : [ 1 , true,false ,null, {} , [ ] ] , \"\\u00e4\\n\\\"\" : \"\u{e4}\\\\\" }\r\n\t ",
        "[0,-0,-1.5e+10,1E5,1e-2,0.0,123456789012345678901234567890]",
        r#""\ud800""#,
        r#""\ud83d\ude00 \/\b\f\r\t""#,
        "01",
        "1.",
        "+1",
        "-",
        "1e",
        ".5",
        "nul",
        "\u{feff}1",
        "\"a\u{7f}\u{80}\"",
    ];

    #[test]
    fn what_passes_is_what_serde_json_takes() {
        for text in TEXTS {
            check(text);
            for (at, _) in text.char_indices() {
                let (before, after) = text.split_at(at);
                check(before);
                check(after);
                for put in [
                    "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "e", ".", "-", "u", " ",
                    "\u{1}", "\u{a0}",
                ] {
                    check(&[before, put, after].concat());
                    let mut rest = after.chars();
                    rest.next();
                    check(&[before, put, rest.as_str()].concat());
                }
            }
        }
    }

    #[test]
    fn no_depth_is_too_much() {
        for depth in [1, 63, 64, 65, 66, 1_000, 1_000_000] {
            check(&["[".repeat(depth), "]".repeat(depth)].concat());
            check(&["[".repeat(depth), "]".repeat(depth - 1)].concat());
            check(&[r#"{"a":"#.repeat(depth), "1".into(), "}".repeat(depth)].concat());
            check(&["[{\"a\":".repeat(depth), "}]".repeat(depth)].concat());
        }
    }

    #[test]
    fn strings_are_decoded() {
        let decode = |json| Scanner::of(json).string().and_then(Quoted::decode);
        assert_eq!(decode(r#""abc" "#).as_deref(), Some("abc"));
        assert_eq!(decode(r#""a\/\u0062""#).as_deref(), Some("a/b"));
        assert_eq!(decode(r#""\ud800""#), None);
    }
}
