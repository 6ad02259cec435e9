//! Who may call: those who know the token (RFC 6750).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::body::Body;
use axum::response::IntoResponse;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use subtle::ConstantTimeEq;
use tower_http::validate_request::ValidateRequest;

/// The token that callers have to send. Printing it for debugging does not show it.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// Compares in a time that does not tell how much of a guess was right.
    fn is(&self, guess: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(guess).into()
    }
}

impl FromStr for Token {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(text.into())),
            false => Err("a token is visible ASCII, and some of it"),
        }
    }
}

/// Checked by tower-http's layer for requests. That layer has no ready-made check for tokens any more, and had none
/// that answers with a challenge.
impl ValidateRequest<Body> for Token {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut Request<Body>) -> Result<(), Response<Body>> {
        match bearer(request.headers()) {
            Some(guess) if self.is(guess) => Ok(()),
            Some(_) => Err(challenge(r#"Bearer realm="calculator", error="invalid_token""#)),
            None => Err(challenge(r#"Bearer realm="calculator""#)),
        }
    }
}

/// What was sent as a bearer token. The name of the scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// The body is plain text and no JSON-RPC error: the message was not read, so its id could only be made up.
fn challenge(challenge: &'static str) -> Response<Body> {
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))];
    let says = "A token is needed: Authorization: Bearer TOKEN\n";
    (StatusCode::UNAUTHORIZED, challenge, says).into_response()
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}
