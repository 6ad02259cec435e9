//! Writing JSON objects member by member, straight into the buffer that goes out.

use serde::Serialize;
use serde_json::Value;

pub(crate) use super::string::write_string;

/// An object under construction at the end of a buffer.
///
/// Members may be added through [`member`](Self::member), which serialises a value, or through
/// [`raw`](Self::raw), for text that is JSON already.
pub(crate) struct Object<'b> {
    out: &'b mut Vec<u8>,
    empty: bool,
}

impl<'b> Object<'b> {
    /// Opens an object.
    pub(crate) fn open(out: &'b mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Opens an object with this text, which ends where a value is to stand, and with the value that `write` puts there.
    pub(crate) fn open_with(
        out: &'b mut Vec<u8>,
        text: &'static str,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Self {
        out.extend_from_slice(text.as_bytes());
        write(out);
        Self { out, empty: false }
    }

    /// Adds a member whose value is serialised.
    ///
    /// A value that cannot be serialised becomes `null`: all values that come here are the crate's own types,
    /// strings and numbers, or user values that were serialised once before.
    pub(crate) fn member<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> &mut Self {
        write_value(self.key(name), value);
        self
    }

    /// Adds a member that is a string.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) -> &mut Self {
        write_string(self.key(name), text);
        self
    }

    /// Adds a member whose name is somebody else's, and may have any characters.
    pub(crate) fn named<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> &mut Self {
        self.separate();
        write_string(self.out, name);
        self.out.push(b':');
        write_value(self.out, value);
        self
    }

    /// Adds a member if there is a value for it.
    pub(crate) fn optional<T: Serialize>(
        &mut self,
        name: &'static str,
        value: Option<T>,
    ) -> &mut Self {
        match value {
            Some(value) => self.member(name, &value),
            None => self,
        }
    }

    /// Adds a member whose value is JSON text already.
    pub(crate) fn raw(&mut self, name: &'static str, json: impl AsRef<[u8]>) -> &mut Self {
        self.key(name).extend_from_slice(json.as_ref());
        self
    }

    /// Adds a member that `write` puts into the buffer.
    pub(crate) fn with(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> &mut Self {
        write(self.key(name));
        self
    }

    /// Adds a member that is an object itself.
    pub(crate) fn object(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut Object<'_>),
    ) -> &mut Self {
        let mut object = Object::open(self.key(name));
        write(&mut object);
        object.close();
        self
    }

    /// Adds a member that is an array, one element for each item.
    pub(crate) fn array<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Vec<u8>, T),
    ) -> &mut Self {
        array(self.key(name), items, write);
        self
    }

    /// Adds members that are JSON text already, without the braces around them.
    pub(crate) fn splice(&mut self, members: &[u8]) -> &mut Self {
        if !members.is_empty() {
            self.separate();
            self.out.extend_from_slice(members);
        }
        self
    }

    /// Closes the object.
    pub(crate) fn close(self) {
        self.out.push(b'}');
    }

    #[inline(never)]
    /// A name of the protocol's own: none has a character that would have to be escaped.
    fn key(&mut self, name: &'static str) -> &mut Vec<u8> {
        debug_assert!(!name.contains(|c: char| c.is_control() || "\"\\".contains(c)), "{name}");
        // Once for all that follows.
        self.out.reserve(name.len() + 4);
        self.separate();
        // Single bytes are pushed: a call to copy one costs more than the byte.
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'"');
        self.out.push(b':');
        self.out
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
    }
}

/// Writes an array, one element for each item.
pub(crate) fn array<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Writes a value, or `null` for one that cannot be serialised.
fn write_value<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

/// The value of a JSON text; `null` if it is none.
///
/// Always by way of a `str`: serde_json has a reader for bytes as well, which would be a second copy of the same code in
/// each program.
pub(crate) fn value_of(json: &[u8]) -> Value {
    std::str::from_utf8(json)
        .ok()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

/// The JSON text of an object.
pub(crate) fn object(write: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut object = Object::open(&mut out);
    write(&mut object);
    object.close();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl FnOnce(&mut Object<'_>), expected: &str) {
        assert_eq!(String::from_utf8_lossy(&object(write)), expected);
    }

    #[test]
    fn members_are_separated() {
        check(|_| (), "{}");
        check(|object| _ = object.member("a", &1).member("b", "x\n"), r#"{"a":1,"b":"x\n"}"#);
        check(|object| _ = object.named("\"\n", &1), r#"{"\"\n":1}"#);
        check(|object| _ = object.optional("a", None::<u8>).optional("b", Some(2)), r#"{"b":2}"#);
        check(
            |object| _ = object.splice(b"").splice(br#""a":1"#).raw("b", "[]"),
            r#"{"a":1,"b":[]}"#,
        );
        check(
            |object| _ = object.array("a", [1, 2], |out, n| write_string(out, &n.to_string())),
            r#"{"a":["1","2"]}"#,
        );
    }
}
