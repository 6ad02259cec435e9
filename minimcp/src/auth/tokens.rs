//! Tokens that never change.

use std::fmt;

use subtle::ConstantTimeEq;

use super::{Bearer, Principal, Refused, Verifier};
use crate::boxed::BoxFuture;

/// A few tokens that never change, for small deployments: a server for oneself, or for another program.
///
/// No authorization server issues them, so clients cannot get one by themselves: users put them into the settings of their
/// client. All are compared in constant time; how long they are may show.
///
/// ```
/// use minimcp::auth::{Principal, StaticTokens};
///
/// // From the environment, say: the output of `openssl rand -hex 32`.
/// let token = "4f3c1a5b7d9e0f2a4c6e8b0d1f3a5c7e9b1d3f5a7c9e0b2d4f6a8c0e2b4d6f8a";
/// let tokens = StaticTokens::new([(token, Principal::new("ci").with_scopes(["issues:read"]))]);
/// assert_eq!(format!("{tokens:?}"), "StaticTokens(1)");
/// ```
pub struct StaticTokens(Vec<(String, Principal)>);

impl StaticTokens {
    /// The tokens, and whose they are.
    ///
    /// # Panics
    ///
    /// If a token has fewer than 32 characters, or one that cannot be in a header: such a token would be guessed, or never
    /// be right.
    pub fn new<T: Into<String>>(tokens: impl IntoIterator<Item = (T, Principal)>) -> Self {
        let tokens: Vec<_> =
            tokens.into_iter().map(|(token, principal)| (token.into(), principal)).collect();
        for (token, principal) in &tokens {
            assert!(
                token.len() >= 32 && is_token(token),
                "the token of `{}` has to be 32 or more letters, digits or any of `-._~+/=`: write the output of \
                 `openssl rand -hex 32`",
                principal.subject()
            );
        }
        Self(tokens)
    }

    fn find(&self, shown: &str) -> Option<&Principal> {
        let mut found = None;
        // All of them, whichever is right: how long it takes says nothing.
        for (token, principal) in &self.0 {
            if bool::from(token.as_bytes().ct_eq(shown.as_bytes())) {
                found = Some(principal);
            }
        }
        found
    }
}

impl Verifier for StaticTokens {
    fn verify<'a>(&'a self, bearer: Bearer<'a>) -> BoxFuture<'a, Result<Principal, Refused>> {
        let found = self.find(bearer.token()).cloned();
        Box::pin(async move { found.ok_or_else(|| Refused::invalid("nobody has this token")) })
    }
}

/// Whether a text can be a bearer token (RFC 6750, section 2.1).
pub(crate) fn is_token(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

impl fmt::Debug for StaticTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("StaticTokens").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "0123456789abcdef0123456789abcdef";
    const BOB: &str = "0123456789abcdef0123456789abcdeX";

    fn check(shown: &str, expected: Option<&str>) {
        let tokens =
            StaticTokens::new([(ADA, Principal::new("ada")), (BOB, Principal::new("bob"))]);
        assert_eq!(tokens.find(shown).map(Principal::subject), expected, "{shown}");
    }

    #[test]
    fn a_token_is_its_owners_and_nothing_near_it_is() {
        check(ADA, Some("ada"));
        check(BOB, Some("bob"));
        for shown in ["", "0", &ADA[1..], &ADA.to_uppercase(), &format!("{ADA}0")] {
            check(shown, None);
        }
    }

    #[test]
    #[should_panic(expected = "the token of `ada` has to be 32 or more")]
    fn a_password_is_no_token() {
        StaticTokens::new([("password", Principal::new("ada"))]);
    }

    #[test]
    #[should_panic(expected = "openssl rand -hex 32")]
    fn what_cannot_be_in_a_header_is_no_token() {
        StaticTokens::new([(ADA.replace('a', " "), Principal::new("ada"))]);
    }
}
