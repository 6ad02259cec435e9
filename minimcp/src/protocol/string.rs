//! The text of JSON strings: what of it stands for itself, and how the rest is written.

/// How many bytes there are before a quote, a backslash or a control character: what ends or interrupts the plain text
/// of a JSON string, and what has to be escaped when one is written.
///
/// Looks at eight bytes in one word. Most strings end in the first two, so those stand where they are looked at; only a
/// long string is worth the start of a faster loop.
#[inline]
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    // Behind as many whole words of those two as there are.
    short_plain_length(bytes).unwrap_or_else(|| plain_length_from(bytes, bytes.len().min(16) & !7))
}

/// The same, if what ends the plain text is in the first two words.
#[inline]
pub(crate) fn short_plain_length(bytes: &[u8]) -> Option<usize> {
    let (word, rest) = bytes.split_first_chunk()?;
    special_in(*word).or_else(|| Some(word.len() + special_in(*rest.first_chunk()?)?))
}

/// The same, where so many bytes are plain.
#[inline(never)]
fn plain_length_from(bytes: &[u8], mut length: usize) -> usize {
    while let Some(word) = bytes.get(length..).and_then(<[u8]>::first_chunk) {
        if let Some(special) = special_in(*word) {
            return length + special;
        }
        length += word.len();
        if length == LONG {
            length += plain_blocks(bytes.get(length..).unwrap_or_default());
        }
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

/// So many bytes are looked at in words before the faster loop begins.
const LONG: usize = 64;

/// The same in steps of 32 bytes, without the last one; the compiler makes vector instructions of it.
#[inline(never)]
fn plain_blocks(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<32>();
    let plain = |block: &[u8; 32]| {
        block.iter().fold(0, |found, byte| found | u8::from(is_special(*byte))) == 0
    };
    32 * blocks.iter().take_while(|block| plain(block)).count()
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Where the first special byte of a word is.
#[inline]
fn special_in(word: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let word = u64::from_le_bytes(word);
    let quotes = word ^ (ONES * b'"' as u64);
    let slashes = word ^ (ONES * b'\\' as u64);
    // A byte that is less than what is taken from it borrows, and so gets the highest bit that it had not.
    let borrowed = word.wrapping_sub(ONES * b' ' as u64)
        | quotes.wrapping_sub(ONES)
        | slashes.wrapping_sub(ONES);
    // That of the first byte is right; those after it may be borrowed from there, and are of no concern.
    let specials = borrowed & !word & (ONES << 7);
    (specials != 0).then(|| specials.trailing_zeros() as usize / 8)
}

/// Writes a string with its quotes and escapes, as serde_json writes it.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((plain, after)) = rest.split_at_checked(plain_length(rest)) {
        out.extend_from_slice(plain);
        let Some((special, after)) = after.split_first() else { break };
        write_escape(out, *special);
        rest = after;
    }
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, special: u8) {
    let letter = match special {
        b'"' | b'\\' => special,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out.extend_from_slice(b"\\u00");
            let digit = |four: u8| if four < 10 { b'0' + four } else { b'a' + four - 10 };
            return out.extend_from_slice(&[digit(special >> 4), digit(special & 15)]);
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) {
        let mut out = Vec::new();
        write_string(&mut out, text);
        assert_eq!(String::from_utf8_lossy(&out), serde_json::to_string(text).unwrap());
        let special = text.bytes().position(is_special).unwrap_or(text.len());
        assert_eq!(plain_length(text.as_bytes()), special, "{text:?}");
    }

    #[test]
    fn strings_are_written_as_serde_json_does() {
        for special in (0..=0x100).filter_map(char::from_u32).chain(['ü', '\u{7f}', '\u{10ffff}'])
        {
            for before in [0, 1, 7, 8, 9, 31, 32, 33, 40, 70] {
                for after in [0, 1, 31, 64] {
                    check(&format!("{}{special}{}", "a".repeat(before), "é".repeat(after)));
                    check(&format!("{}{special}\"{}", "€".repeat(before), "\\".repeat(after)));
                }
            }
        }
    }
}
