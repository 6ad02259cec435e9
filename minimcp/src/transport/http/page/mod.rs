//! The page: a look at a running server from a browser.
//!
//! The files beside this one are joined into one document when the crate is built. It loads nothing else, and its policy
//! (Content Security Policy) names the digests of its style and its script, so that nothing else runs in it.

use std::fmt::Write as _;

use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use super::body::Body;
use crate::protocol::version::ProtocolVersion;

/// What the document looks like.
const STYLE: &str =
    concat!(include_str!("base.css"), include_str!("layout.css"), include_str!("forms.css"));

/// What it does: one module of JavaScript. The order is from what stands alone to what rests on it.
const SCRIPT: &str = concat!(
    include_str!("dom.js"),
    include_str!("json.js"),
    include_str!("schema.js"),
    include_str!("combobox.js"),
    include_str!("fields.js"),
    include_str!("groups.js"),
    include_str!("form.js"),
    include_str!("table.js"),
    include_str!("template.js"),
    include_str!("events.js"),
    include_str!("log.js"),
    include_str!("failure.js"),
    include_str!("session.js"),
    include_str!("client.js"),
    include_str!("call.js"),
    include_str!("content.js"),
    include_str!("results.js"),
    include_str!("questions.js"),
    include_str!("copies.js"),
    include_str!("try.js"),
    include_str!("handlers.js"),
    include_str!("overview.js"),
    include_str!("nav.js"),
    include_str!("wire.js"),
    include_str!("settings.js"),
    include_str!("listen.js"),
    include_str!("main.js"),
);

/// What is shown before the script runs.
const CONTENT: &str = include_str!("index.html");

/// What the document may do: run this script with this style, show data that came in messages, and talk to the server that
/// it came from. No page can hold it in a frame, and no markup is ever parsed from a text.
const POLICY: &str = concat!(
    "default-src 'none'; script-src 'sha256-",
    include_str!("script.sha256"),
    "'; style-src 'sha256-",
    include_str!("style.sha256"),
    "'; img-src data:; media-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
);

/// A route with a page on which people read what a server offers, try it, and watch what goes over the wire. It is served
/// for GET, beside the endpoint, whose path it is told.
///
/// The path is taken as a link on the page would be: `/mcp` is at the root of the server, and `mcp` beside the page, which
/// helps where a router is nested or a proxy cuts prefixes off. The page can do what its user can do with any other client,
/// and no more: it is a client like any other, of the same origin as the endpoint. The document itself holds nothing of the
/// server, so it may be served to people who have no token yet; the page asks them for one.
///
/// See [docs/page.md](https://github.com/sreenaths/minimcp/blob/main/docs/page.md).
///
/// ```
/// use axum::Router;
/// use minimcp::MiniMcp;
///
/// let server: MiniMcp = MiniMcp::new("math");
/// let app: Router = Router::new()
///     .route("/mcp", minimcp::http::streamable(server))
///     .route("/docs", minimcp::http::page("/mcp"));
/// ```
///
/// # Panics
///
/// If the endpoint is no path: the page can reach nothing but the server that it comes from.
pub fn page<A: Clone + Send + Sync + 'static>(endpoint: &str) -> MethodRouter<A> {
    let page = Page::new(endpoint);
    get(move || {
        let page = page.clone();
        async move { page.respond(&Method::GET) }
    })
}

/// The document for one endpoint.
#[derive(Debug, Clone)]
pub(super) struct Page {
    document: Bytes,
}

impl Page {
    pub(super) fn new(endpoint: &str) -> Self {
        assert!(
            is_path(endpoint),
            "`{endpoint}` is no path: say where the endpoint is on the same server, such as `/mcp`"
        );
        Self { document: document(endpoint).into() }
    }

    pub(super) fn respond(&self, method: &Method) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let mut response = Response::new(Body::full(self.document.clone()));
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

const HEADERS: [(HeaderName, &str); 8] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-cache"),
    (HeaderName::from_static("content-security-policy"), POLICY),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Whether a text is a path on the same server, and no address elsewhere.
fn is_path(text: &str) -> bool {
    let first = text.split('/').next().unwrap_or_default();
    !text.is_empty()
        && !first.contains(':')
        && !text.starts_with("//")
        && !text.contains(['\\', '?', '#'])
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn document(endpoint: &str) -> String {
    let revisions = ProtocolVersion::ALL.map(ProtocolVersion::as_str).join(" ");
    let endpoint = attribute(endpoint);
    let mut html = String::with_capacity(CONTENT.len() + STYLE.len() + SCRIPT.len() + 1024);
    // Writing to a string cannot fail.
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"endpoint\" content=\"{endpoint}\">\n<meta name=\"revisions\" content=\"{revisions}\">\n\
         <title>MCP server</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n\
         <body>\n{CONTENT}<script type=\"module\">{SCRIPT}</script>\n</body>\n</html>\n"
    );
    html
}

/// A text as the value of an attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn check(endpoint: &str, is_one: bool) {
        assert_eq!(is_path(endpoint), is_one, "{endpoint}");
    }

    #[test]
    fn endpoints_are_paths_on_the_same_server() {
        for path in ["/mcp", "mcp", "../mcp", "/a/b:c", "/"] {
            check(path, true);
        }
        for other in [
            "",
            "//evil.example/mcp",
            "https://evil.example/mcp",
            "javascript:x",
            "/\\evil.example",
            "/a b",
            "/a?b",
            "/é",
        ] {
            check(other, false);
        }
    }

    #[test]
    #[should_panic(expected = "`https://x/mcp` is no path")]
    fn the_endpoint_is_on_the_same_server() {
        let _ = Page::new("https://x/mcp");
    }

    #[test]
    fn a_path_stays_in_its_attribute() {
        let document = document("/a\"><script>&");
        assert!(document.contains(r#"content="/a&quot;>&lt;script>&amp;""#));
    }

    /// Nothing in the files ends their element early.
    #[test]
    fn style_and_script_are_whole() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</s") && !text.contains("<!--") && !text.contains('\r'));
        }
    }

    /// The policy names the style and the script as they are. After a change of theirs, `UPDATE_PAGE=1` writes the
    /// digests anew.
    #[test]
    fn the_policy_names_style_and_script() {
        for (file, text) in [("style", STYLE), ("script", SCRIPT)] {
            let digest = STANDARD.encode(Sha256::digest(text));
            if std::env::var_os("UPDATE_PAGE").is_some() {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/transport/http/page");
                std::fs::write(format!("{folder}/{file}.sha256"), digest).unwrap();
                continue;
            }
            assert!(
                POLICY.contains(&format!("'sha256-{digest}'")),
                "the page's {file} is another one than the policy says; UPDATE_PAGE=1 rewrites it"
            );
        }
    }
}
