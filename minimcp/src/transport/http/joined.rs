//! Short pieces that go out as one.

use std::io::{IoSlice, Write as _};

/// What is longer, in bytes, goes out as it is.
const SHORT: usize = 2048;

/// Gives `write` the pieces as one, if they are short: to tell the system of several costs it more than to copy them.
pub(super) fn joined<R>(pieces: &[IoSlice<'_>], write: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if pieces.iter().map(|piece| piece.len()).sum::<usize>() > SHORT {
        return None;
    }
    let mut joined = [0; SHORT];
    let mut room = &mut joined[..];
    for piece in pieces {
        room.write_all(piece).ok()?;
    }
    let left = room.len();
    joined.get(..SHORT - left).map(write)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&str], expected: Option<&str>) {
        let slices: Vec<_> = pieces.iter().map(|piece| IoSlice::new(piece.as_bytes())).collect();
        let found = joined(&slices, |bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn short_pieces_are_one_and_long_ones_are_not_copied() {
        check(&["head", "", "content"], Some("headcontent"));
        check(&[], Some(""));
        let (full, rest) = ("a".repeat(2048), "b".repeat(2047));
        check(&[&full], Some(&full));
        check(&["c", &rest], Some(&format!("c{rest}")));
        check(&[&full, "b"], None);
    }
}
