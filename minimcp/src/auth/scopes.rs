//! Texts that can be scopes (RFC 6749, section 3.3).

/// Whether a text is a scope that a handler can need, or what is wrong with it.
pub(crate) fn check_scope(scope: &str) -> Result<(), &'static str> {
    let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    match scope {
        "" => Err("a scope cannot be empty"),
        scope if scope.contains(' ') => {
            Err("a scope has no spaces: write `scopes(\"a\", \"b\")` for two of them")
        }
        scope if !scope.bytes().all(fits) => {
            Err("a scope has visible ASCII characters alone, and neither `\"` nor `\\`")
        }
        _ => Ok(()),
    }
}

/// Adds a scope to those that are needed.
///
/// # Panics
///
/// If it cannot be one.
#[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
pub(crate) fn require(scopes: &mut Vec<String>, scope: String) {
    if let Err(mistake) = check_scope(&scope) {
        panic!("`{scope}` cannot be a scope: {mistake}");
    }
    assert!(
        scope != OFFLINE,
        "`{OFFLINE}` is between client and authorization server, and nothing that a server needs: leave it out"
    );
    if !scopes.contains(&scope) {
        scopes.push(scope);
    }
}

/// The scope that asks for long-lived access. It is between client and authorization server and never what a server
/// needs (2026-07-28, Authorization, Scope Selection Strategy).
pub(crate) const OFFLINE: &str = "offline_access";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_one_word_of_ascii() {
        for scope in ["read", "issues:write", "https://a.example/b.c", "a!#[]~"] {
            assert_eq!(check_scope(scope), Ok(()), "{scope}");
        }
        for scope in ["", " ", "a b", "a\"b", "a\\b", "ä", "a\n"] {
            assert!(check_scope(scope).is_err(), "{scope}");
        }
    }
}
