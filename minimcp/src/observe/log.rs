//! Errors in the log, and what clients sent in it.

use std::fmt::{self, Write as _};

use super::Outcome;
use crate::error::Error;

/// Writes an error to the log, as loudly as its outcome deserves.
pub(crate) fn log(error: &Error) {
    let outcome = Outcome::of(error.kind());
    // Each level needs a call site of its own.
    match outcome.level() {
        tracing::Level::ERROR => {
            tracing::error!(error = %Plain(error.message()), outcome = outcome.word(), "a call failed");
        }
        tracing::Level::WARN => {
            tracing::warn!(error = %Plain(error.message()), outcome = outcome.word(), "a call failed");
        }
        _ => {
            tracing::debug!(error = %Plain(error.message()), outcome = outcome.word(), "a call was refused");
        }
    }
}

/// Text that may come from a client, as it can be shown in a log: on one line, without what a terminal would obey, and at
/// most 500 characters of it.
pub(crate) struct Plain<'t>(pub(crate) &'t str);

impl Plain<'_> {
    const MOST: usize = 500;
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, char) in self.0.chars().enumerate() {
            if place == Self::MOST {
                return formatter.write_char('…');
            }
            match char {
                // Quotes stay as they are; the backslash has to be told from those that are written here.
                '\'' | '"' => formatter.write_char(char)?,
                _ => write!(formatter, "{}", char.escape_debug())?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Plain(text).to_string(), expected);
    }

    #[test]
    fn text_of_clients_is_one_harmless_line() {
        check("add `x`: \"größe\"", "add `x`: \"größe\"");
        check("a\r\nERROR forged", r"a\r\nERROR forged");
        check("\u{1b}[2J\u{202e}\u{2028}\u{0}", r"\u{1b}[2J\u{202e}\u{2028}\0");
        check(r"a\n", r"a\\n");
        check(&"x".repeat(501), &("x".repeat(500) + "…"));
        check(&"x".repeat(500), &"x".repeat(500));
    }
}
