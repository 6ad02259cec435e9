//! Authorization: who calls, what they may do, and what they get to see.
//!
//! A [`Principal`] is who calls. Over HTTP it comes of a bearer token that a [`Verifier`] checked: [`Jwt`] for the tokens of
//! an authorization server, [`StaticTokens`] for a few that never change, or one of your own. `http::Endpoint::authorize`
//! puts it in front of a server (2026-07-28, Authorization). Handlers say with `scopes(…)` what their callers need, and
//! [`MiniMcp::access`](crate::MiniMcp::access) says which of them a caller gets to see at all.
//!
//! Tokens go no further than the verifier: no handler sees one, none is logged, and none is sent on.

mod access;
mod bearer;
mod cache;
mod claims;
#[cfg(feature = "jwks")]
mod fetch;
mod jwt;
mod keys;
mod principal;
mod resource;
mod scopes;
mod tokens;

pub use access::{Access, Listed};
pub(crate) use access::{Caller, Hook};
#[cfg(feature = "http")]
pub(crate) use bearer::RefusedWhy;
pub use bearer::{Bearer, Refused, Verifier};
#[cfg(feature = "jwks")]
pub use fetch::Jwks;
pub use jwt::{Algorithm, Jwt};
pub use keys::{InvalidKeySet, KeySet, KeySource};
pub use principal::Principal;
#[cfg(feature = "http")]
pub(crate) use resource::ResourceUri;
#[cfg(feature = "http")]
pub(crate) use scopes::OFFLINE;
pub(crate) use scopes::require as require_scope;
pub use tokens::StaticTokens;
#[cfg(feature = "http")]
pub(crate) use tokens::is_token;

pub use crate::definition::Kind;
