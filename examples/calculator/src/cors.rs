//! Which web pages may call, and what browsers have to know for it.

use axum::extract::Request;
use http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_HEADERS, AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::options::Options;
use crate::steps::CLIENT_ID;

const MCP_PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const MCP_SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
/// Headers that repeat an argument; each tool has its own.
const MCP_PARAM: &str = "mcp-param-";

/// What pages may send, besides `Mcp-Param-…`. There is no wildcard here: it would not cover `Authorization`.
const KNOWN: [HeaderName; 12] = [
    ACCEPT,
    AUTHORIZATION,
    CONTENT_TYPE,
    CLIENT_ID,
    MCP_PROTOCOL_VERSION,
    MCP_SESSION_ID,
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];

/// Answers preflights, and adds to all answers what lets a page of an allowed origin read them.
pub(crate) fn layer(options: &Options) -> CorsLayer {
    let origins = options.origins.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, request| {
            let Ok(origin) = origin.to_str() else { return false };
            let listed = origins.iter().any(|listed| listed.eq_ignore_ascii_case(origin));
            listed || is_local_page(origin) && is_local(request)
        }))
        .allow_methods([Method::GET, Method::POST, Method::DELETE, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([MCP_SESSION_ID, MCP_PROTOCOL_VERSION, WWW_AUTHENTICATE, RETRY_AFTER])
}

/// Takes out of a preflight the headers that pages may not send, before [`layer`] mirrors the rest. That layer takes a
/// list or mirrors all; the names of `Mcp-Param-…` are as many as there are arguments, and no list has them.
pub(crate) async fn ask_for_known_headers(mut request: Request) -> Request {
    if let Some(asked) = request.headers_mut().remove(ACCESS_CONTROL_REQUEST_HEADERS)
        && let Some(known) = known(&asked)
    {
        request.headers_mut().insert(ACCESS_CONTROL_REQUEST_HEADERS, known);
    }
    request
}

fn known(asked: &HeaderValue) -> Option<HeaderValue> {
    let names = asked.to_str().ok()?.split(',').map(str::trim).filter(|name| {
        let prefix = name.get(..MCP_PARAM.len());
        prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(MCP_PARAM))
            || KNOWN.iter().any(|known| known.as_str().eq_ignore_ascii_case(name))
    });
    let names: Vec<_> = names.collect();
    HeaderValue::from_str(&names.join(", ")).ok()
}

/// Whether a page comes from this machine, as those of development servers do; any port.
fn is_local_page(origin: &str) -> bool {
    match origin.split_once("://") {
        Some(("http" | "https", authority)) => is_loopback(authority),
        _ => false,
    }
}

/// Whether the service is asked under a name of this machine. Under another one it is a public service, to which
/// pages of the user's machine are as foreign as any.
fn is_local(request: &Parts) -> bool {
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(is_loopback)
}

fn is_loopback(authority: &str) -> bool {
    let Ok(parsed) = authority.parse::<Authority>() else { return false };
    !authority.contains('@') && matches!(parsed.host(), "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine() {
        for origin in
            ["http://localhost", "http://localhost:5173", "https://127.0.0.1", "http://[::1]:1"]
        {
            assert!(is_local_page(origin), "{origin}");
        }
        for origin in [
            "null",
            "localhost",
            "ftp://localhost",
            "http://localhost/x",
            "http://localhost.evil.example",
            "http://x@localhost",
        ] {
            assert!(!is_local_page(origin), "{origin}");
        }
    }

    #[test]
    fn headers_that_pages_may_send() {
        let asked = HeaderValue::from_static(
            "content-type, x-evil,Mcp-Param-Region, MCP-Method,mcp-parameter",
        );
        assert_eq!(known(&asked).unwrap_or(asked), "content-type, Mcp-Param-Region, MCP-Method");
    }
}
