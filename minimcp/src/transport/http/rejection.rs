//! Requests that are turned away before their body is read as a message.

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use super::body::Body;

/// Why a request was turned away.
///
/// The answer is a status and a line of text, no JSON-RPC error: its id could only be made up, and clients take an
/// answer with a wrong id for one to something else.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    Host(String),
    Origin(String),
    Method,
    ContentType,
    ContentEncoding,
    TooLarge { limit: usize },
    NotAcceptable { offers: &'static str },
    Unreadable,
}

impl Rejection {
    pub(super) fn into_response(self) -> Response<Body> {
        tracing::debug!(reason = ?self, "a request was turned away");
        let mut response = Response::new(Body::full(self.text().into()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if self == Self::Method {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) | Self::Origin(_) => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::ContentType | Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
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
            Self::Method => "Messages are sent with POST.\n".into(),
            Self::ContentType => "The content type has to be application/json.\n".into(),
            Self::ContentEncoding => "The content may not be encoded.\n".into(),
            Self::TooLarge { limit } => format!("The content is longer than {limit} bytes.\n"),
            Self::NotAcceptable { offers } => format!("The answer can only be {offers}.\n"),
            Self::Unreadable => "The content could not be read to its end.\n".into(),
        }
    }
}
