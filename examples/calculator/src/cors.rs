//! Which web pages may call, and what browsers have to know for it.

use axum::extract::Request;
use http::header::ACCESS_CONTROL_REQUEST_HEADERS;
use http::{HeaderName, HeaderValue, Method};
use minimcp::http::{Guard, REQUEST_HEADERS, RESPONSE_HEADERS};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::options::Options;
use crate::steps::CLIENT_ID;

/// Headers that repeat an argument; each tool has its own.
const MCP_PARAM: &str = "mcp-param-";

/// Answers preflights, and adds to all answers what lets a page of an allowed origin read them.
pub(crate) fn layer(options: &Options) -> CorsLayer {
    // The pages that the endpoints let in, and no others.
    let guard = Guard::new().allowed_origins(&options.origins);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, request| {
            guard.allows_origin(origin, request)
        }))
        .allow_methods([Method::GET, Method::POST, Method::DELETE, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(RESPONSE_HEADERS.clone())
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
            || may_be_sent().any(|known| known.as_str().eq_ignore_ascii_case(name))
    });
    let names: Vec<_> = names.collect();
    HeaderValue::from_str(&names.join(", ")).ok()
}

/// What pages may send, besides `Mcp-Param-…`. There is no wildcard here: it would not cover `Authorization`.
fn may_be_sent() -> impl Iterator<Item = &'static HeaderName> {
    REQUEST_HEADERS.iter().chain([&CLIENT_ID])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_pages_may_send() {
        let asked = HeaderValue::from_static(
            "content-type, x-evil,Mcp-Param-Region, MCP-Method,mcp-parameter",
        );
        assert_eq!(known(&asked).unwrap_or(asked), "content-type, Mcp-Param-Region, MCP-Method");
    }
}
