//! Requests that are turned away before their body is read as a message.

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use super::body::Body;
use crate::observe::{Plain, refused};

/// Why a request was turned away.
///
/// The answer is a status and a line of text, no JSON-RPC error: its id could only be made up, and clients take an
/// answer with a wrong id for one to something else.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    Host(String),
    Origin(String),
    Method {
        allowed: &'static str,
    },
    ContentType,
    ContentEncoding,
    TooLarge {
        limit: usize,
    },
    NotAcceptable {
        offers: &'static str,
    },
    Unreadable,
    /// The content did not come in time.
    Slow,
    #[cfg(feature = "sessions")]
    Version,
    #[cfg(feature = "sessions")]
    NoSessionNamed,
    #[cfg(feature = "sessions")]
    NoSuchSession,
    #[cfg(feature = "sessions")]
    NoSuchStream,
    #[cfg(feature = "sessions")]
    Busy,
}

impl Rejection {
    pub(super) fn into_response(self) -> Response<Body> {
        let text = self.text();
        tracing::debug!(reason = %Plain(&text), "a request was turned away");
        refused("request");
        let mut response = Response::new(Body::full(text.into()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if let Self::Method { allowed } = self {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) | Self::Origin(_) => StatusCode::FORBIDDEN,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::ContentType | Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            #[cfg(feature = "sessions")]
            Self::Version | Self::NoSessionNamed | Self::NoSuchStream => StatusCode::BAD_REQUEST,
            #[cfg(feature = "sessions")]
            Self::NoSuchSession => StatusCode::NOT_FOUND,
            #[cfg(feature = "sessions")]
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Host(host) => format!(
                "The host `{host:.200}` is not allowed. Allow it on the server with `allowed_hosts`.\n"
            ),
            Self::Origin(origin) => format!(
                "The origin `{origin:.200}` is not allowed. Allow it on the server with `allowed_origins`.\n"
            ),
            Self::Method { .. } => "Messages are sent with POST.\n".into(),
            Self::ContentType => "The content type has to be application/json.\n".into(),
            Self::ContentEncoding => "The content may not be encoded.\n".into(),
            Self::TooLarge { limit } => format!("The content is longer than {limit} bytes.\n"),
            Self::NotAcceptable { offers } => format!("The answer can only be {offers}.\n"),
            Self::Unreadable => "The content could not be read to its end.\n".into(),
            Self::Slow => "The content did not come in time.\n".into(),
            #[cfg(feature = "sessions")]
            Self::Version => {
                "The header MCP-Protocol-Version names no revision of a session.\n".into()
            }
            #[cfg(feature = "sessions")]
            Self::NoSessionNamed => "The header Mcp-Session-Id is missing.\n".into(),
            #[cfg(feature = "sessions")]
            Self::NoSuchSession => "There is no such session, or it has ended.\n".into(),
            #[cfg(feature = "sessions")]
            Self::NoSuchStream => {
                "There is no such stream in this session, or nothing is kept of it any more.\n"
                    .into()
            }
            #[cfg(feature = "sessions")]
            Self::Busy => "The server cannot do this now; try again later.\n".into(),
        }
    }
}
