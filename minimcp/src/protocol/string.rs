//! The text of JSON strings: what of it stands for itself, and how the rest is written.

/// How many bytes there are before a quote, a backslash or a control character: what ends or interrupts the plain text
/// of a JSON string, and what has to be escaped when one is written.
///
/// Looks at eight bytes in one word, since most strings are short; a long one goes on with 32 bytes at once, in a loop
/// that the compiler makes vector instructions of.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let (start, rest) = bytes.split_at_checked(SHORT).unwrap_or((bytes, &[]));
    let length = plain_words(start);
    if length < SHORT || rest.is_empty() {
        return length;
    }
    let (blocks, _) = rest.as_chunks::<32>();
    let plain =
        |block: &[u8; 32]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let length = SHORT + 32 * blocks.iter().take_while(|block| plain(block)).count();
    length + plain_words(bytes.get(length..).unwrap_or_default())
}

/// What is looked at in words first.
const SHORT: usize = 32;

fn plain_words(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let special = specials(u64::from_le_bytes(*word));
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += word.len();
    }
    length + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// The highest bit of each byte that is special, from the first such byte on; whatever comes after it is of no concern.
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // Borrows from a byte that is less than `least`; only bytes above 127 have the bit without.
    let below = |word: u64, least: u8| word.wrapping_sub(ONES * u64::from(least)) & !word;
    let quotes = below(word ^ (ONES * u64::from(b'"')), 1);
    let slashes = below(word ^ (ONES * u64::from(b'\\')), 1);
    (below(word, b' ') | quotes | slashes) & (ONES << 7)
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
