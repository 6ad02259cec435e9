//! Bearer tokens, and who checks them.

use std::fmt;

use super::Principal;
use crate::boxed::BoxFuture;

/// Checks bearer tokens and says whose they are.
///
/// [`Jwt`](super::Jwt) and [`StaticTokens`](super::StaticTokens) are ready-made; one of your own asks a database, or an
/// authorization server by RFC 7662. It has to refuse tokens that were issued for anybody else but this server: nothing
/// looks at them after it (2026-07-28, Authorization, Token Handling).
///
/// ```
/// use minimcp::auth::{Bearer, Principal, Refused, Verifier};
/// use minimcp::BoxFuture;
///
/// struct Database;
///
/// impl Database {
///     async fn owner_of(&self, token: &str) -> Result<Option<String>, std::io::Error> {
///         Ok((token == "0123456789").then(|| "ada".to_owned()))
///     }
/// }
///
/// impl Verifier for Database {
///     fn verify<'a>(&'a self, bearer: Bearer<'a>) -> BoxFuture<'a, Result<Principal, Refused>> {
///         Box::pin(async move {
///             let owner = self.owner_of(bearer.token()).await.map_err(Refused::unavailable)?;
///             owner.map(Principal::new).ok_or(Refused::invalid("nobody has this token"))
///         })
///     }
/// }
/// ```
pub trait Verifier: Send + Sync + 'static {
    /// Says whose token this is.
    ///
    /// # Errors
    ///
    /// When the token is not good, or nobody can tell now.
    fn verify<'a>(&'a self, bearer: Bearer<'a>) -> BoxFuture<'a, Result<Principal, Refused>>;
}

/// What a client showed: a bearer token (RFC 6750).
///
/// The token is a secret: do not log it or send it to anybody. A log shows none of it.
#[derive(Clone, Copy)]
pub struct Bearer<'a>(&'a str);

impl<'a> Bearer<'a> {
    /// For tests of verifiers, and for transports of your own.
    #[must_use]
    pub fn new(token: &'a str) -> Self {
        Self(token)
    }

    /// The token itself.
    #[must_use]
    pub fn token(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Bearer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bearer(…)")
    }
}

/// Why a token was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(Why);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    Invalid(&'static str),
    Unavailable(String),
}

impl Refused {
    /// The token is not good. The client gets status 401, and the reason, which should say nothing of the token.
    #[must_use]
    pub fn invalid(reason: &'static str) -> Self {
        Self(Why::Invalid(reason))
    }

    /// Nobody can tell now. The client gets status 503, and the cause goes to the log.
    #[must_use]
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        Self(Why::Unavailable(cause.to_string()))
    }

    #[cfg(feature = "http")]
    pub(crate) fn why(&self) -> &Why {
        &self.0
    }
}

#[cfg(feature = "http")]
pub(crate) use Why as RefusedWhy;

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Invalid(reason) => formatter.write_str(reason),
            Why::Unavailable(cause) => write!(formatter, "nobody can tell now: {cause}"),
        }
    }
}

impl std::error::Error for Refused {}
