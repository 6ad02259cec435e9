//! The texts that go with a call.

use std::ops::Range;

use bytes::Bytes;

/// A text that goes with a call. Most are parts of its message, which is shared once for all of them.
#[derive(Debug, Default)]
pub(crate) enum Part {
    #[default]
    Nothing,
    /// Where it stands in the message.
    Of(Range<usize>),
    /// It comes from somewhere else.
    Own(Box<str>),
}

impl Part {
    /// A part of a message; what is none is a text of its own.
    pub(crate) fn of(message: &Bytes, part: &str) -> Self {
        let start = (part.as_ptr() as usize).wrapping_sub(message.as_ptr() as usize);
        match start <= message.len() && part.len() <= message.len() - start {
            true => Self::Of(start..start + part.len()),
            false => Self::Own(part.into()),
        }
    }

    /// The text; messages were checked to be UTF-8 when they came in.
    pub(super) fn text<'a>(&'a self, message: &'a Bytes) -> &'a str {
        std::str::from_utf8(self.bytes(message)).unwrap_or_default()
    }

    /// The text, for who keeps it longer than the message.
    pub(crate) fn share(&self, message: &Bytes) -> Bytes {
        match self {
            Self::Own(text) => Bytes::copy_from_slice(text.as_bytes()),
            _ => message.slice_ref(self.bytes(message)),
        }
    }

    pub(crate) fn bytes<'a>(&'a self, message: &'a Bytes) -> &'a [u8] {
        match self {
            Self::Nothing => &[],
            Self::Of(range) => message.get(range.clone()).unwrap_or_default(),
            Self::Own(text) => text.as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_message_are_not_copied() {
        let message = Bytes::from_static(b"{\"id\":17}");
        let text = std::str::from_utf8(&message).unwrap();
        let check = |part: &str, of_it: bool| {
            let found = Part::of(&message, part);
            assert_eq!((found.text(&message), matches!(found, Part::Of(_))), (part, of_it));
        };
        check(text, true);
        check(&text[6..8], true);
        check(&text[9..], true);
        check("17", false);
        check("a longer text than the message is", false);
    }
}
