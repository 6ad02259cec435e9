//! Saying what is missing: the header `WWW-Authenticate` (RFC 6750, section 3; RFC 9728, section 5.1).

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::transport::http::body::Body;

/// Why a request is not answered, and what would change that.
#[derive(Debug)]
pub(super) struct Challenge {
    pub(super) error: Error,
    /// The scopes that the request needs, as far as they are known.
    pub(super) scopes: Vec<String>,
    /// Where the metadata of the resource are.
    pub(super) metadata: Option<String>,
}

#[derive(Debug)]
pub(super) enum Error {
    /// The request shows no token.
    Missing,
    InvalidRequest(&'static str),
    InvalidToken(&'static str),
    InsufficientScope,
    Unavailable,
}

/// On a response, until it goes out: the scopes without which the call was refused.
#[derive(Debug, Clone)]
pub(in crate::transport::http) struct Needs(pub(in crate::transport::http) Box<[String]>);

impl Challenge {
    pub(super) fn into_response(self) -> Response<Body> {
        tracing::debug!(reason = ?self.error, "a request was turned away");
        let text = format!("{}.\n", sentence(self.error.description()));
        let mut response = Response::new(Body::full(text.into()));
        *response.status_mut() = self.error.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.error {
            Error::Unavailable => drop(headers.insert(RETRY_AFTER, HeaderValue::from_static("5"))),
            _ => self.write(headers),
        }
        response
    }

    /// Writes the header. All that the request needs is in one challenge.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let mut members = Vec::new();
        if let Some(code) = self.error.code() {
            members.push(("error", code.to_owned()));
            members.push(("error_description", self.error.description().to_owned()));
        }
        if let Some(metadata) = &self.metadata {
            members.push(("resource_metadata", metadata.clone()));
        }
        if !self.scopes.is_empty() {
            members.push(("scope", self.scopes.join(" ")));
        }
        // No member has a quote or a backslash: a reason is ours or an application's, and URIs and scopes have none.
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!(r#"{name}="{}""#, value.replace(['"', '\\'], "'")))
            .collect();
        let challenge = format!("Bearer {}", members.join(", "));
        let value = HeaderValue::from_str(challenge.trim_end());
        headers.insert(WWW_AUTHENTICATE, value.unwrap_or(HeaderValue::from_static("Bearer")));
    }
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::Missing | Self::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest(_) => StatusCode::BAD_REQUEST,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code; a request without a token made no mistake.
    fn code(&self) -> Option<&'static str> {
        match self {
            Self::Missing | Self::Unavailable => None,
            Self::InvalidRequest(_) => Some("invalid_request"),
            Self::InvalidToken(_) => Some("invalid_token"),
            Self::InsufficientScope => Some("insufficient_scope"),
        }
    }

    fn description(&self) -> &'static str {
        match self {
            Self::Missing => "this server wants a bearer token",
            Self::InvalidRequest(mistake) => mistake,
            Self::InvalidToken(reason) => reason,
            Self::InsufficientScope => "this needs more scopes than were granted",
            Self::Unavailable => "tokens cannot be checked now; try again later",
        }
    }
}

/// The same words with a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a verifier gives for a reason, and the header that it becomes.
    fn check(reason: &'static str, expected: &str) {
        let error = Error::InvalidToken(reason);
        let response =
            Challenge { error, scopes: vec!["a b".into()], metadata: None }.into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], expected);
        assert_eq!(response.headers().len(), 3, "{:?}", response.headers());
    }

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        check("no", r#"Bearer error="invalid_token", error_description="no", scope="a b""#);
        let quoted =
            r#"Bearer error="invalid_token", error_description="a', scope='all'", scope="a b""#;
        check(r#"a", scope="all\"#, quoted);
        // What cannot be in a header is left out with all the rest.
        check("a\r\nset-cookie: b=c", "Bearer");
        check("a\0", "Bearer");
    }
}
