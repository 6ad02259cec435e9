//! Cursors: which entry of which list the next page comes after (all revisions, Pagination).
//!
//! A cursor is self-contained, so nothing is remembered and any instance of the same server can answer it. It is encoded
//! to show clients that there is nothing in it for them, not to hide anything: it names what was listed before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The cursor of a list for the page after this entry; never empty.
pub(super) fn write(list: &str, entry: &str) -> String {
    URL_SAFE_NO_PAD.encode([tag(list), ":", entry].concat())
}

/// The entry that a cursor of this list names.
pub(super) fn read(list: &str, cursor: &str) -> Option<String> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    decoded.strip_prefix(tag(list))?.strip_prefix(':').map(str::to_owned)
}

/// What tells the cursors of one list from those of another, where a tool may have the name of a prompt.
fn tag(list: &str) -> &str {
    match list {
        "resourceTemplates" => "u",
        list => list.get(..1).unwrap_or(list),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: [&str; 4] = ["tools", "prompts", "resources", "resourceTemplates"];

    fn check(cursor: &str, expected: Option<&str>) {
        assert_eq!(read("tools", cursor).as_deref(), expected, "{cursor}");
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        for list in LISTS {
            for entry in ["add", "ä ∞", "t:x"] {
                let cursor = write(list, entry);
                for other in LISTS {
                    let expected = (other == list).then_some(entry);
                    assert_eq!(read(other, &cursor).as_deref(), expected, "{other} {cursor}");
                }
            }
        }
    }

    #[test]
    fn what_was_not_written_here_is_no_cursor() {
        check(&write("tools", "add"), Some("add"));
        for cursor in ["", "add", "dDphZGQ=", "dDphZGR", "dDphZGQ ", "t:add", "_w", "ä"] {
            check(cursor, None);
        }
    }
}
