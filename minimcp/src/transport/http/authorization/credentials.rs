//! Reading the token of a request (RFC 6750, section 2.1).

use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::auth::is_token;

/// The bearer token of a request; `None` if it shows none.
///
/// # Errors
///
/// What is wrong with a request that shows one as it must not.
pub(super) fn token(request: &Parts) -> Result<Option<&str>, &'static str> {
    let query = request.uri.query().unwrap_or_default();
    if query.split('&').any(|member| member.split('=').next() == Some("access_token")) {
        return Err(
            "a token in the address is read by others: send it in the header Authorization",
        );
    }
    let mut headers = request.headers.get_all(AUTHORIZATION).iter();
    let (Some(header), more) = (headers.next(), headers.next()) else { return Ok(None) };
    if more.is_some() {
        return Err("the header Authorization is there more than once");
    }
    let header = header.to_str().map_err(|_| "the header Authorization cannot be read")?;
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Another scheme shows nothing that is known here.
        return Ok(None);
    }
    match token.trim_matches(' ') {
        token if is_token(token) => Ok(Some(token)),
        _ => Err("the header Authorization has to be `Bearer` and a token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The token of a request with this address and these headers, or what is wrong.
    fn check(address: &str, headers: &[&str], expected: &str) {
        let mut request = http::Request::get(address);
        for header in headers {
            request = request.header(AUTHORIZATION, header.as_bytes());
        }
        let (request, ()) = request.body(()).unwrap().into_parts();
        let read = match token(&request) {
            Ok(token) => token.unwrap_or("none"),
            Err(mistake) => mistake,
        };
        assert!(read.contains(expected), "{address} {headers:?}: {read}");
    }

    #[test]
    fn a_token_is_in_one_header_and_nowhere_else() {
        check("/mcp", &[], "none");
        check("/mcp", &["Bearer abc.d-e_f~g+/=="], "abc.d-e_f~g+/==");
        check("/mcp", &["bEaReR   abc"], "abc");
        check("/mcp", &["Basic YTpi"], "none");
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer ==", "Bearer a=b"] {
            check("/mcp", &[header], "has to be `Bearer` and a token");
        }
        check("/mcp", &["Bearer ä"], "cannot be read");
        check("/mcp", &["Bearer a", "Bearer a"], "more than once");
        check("/mcp?x=1&access_token=a", &["Bearer a"], "in the address");
        check("/mcp?access_token", &[], "in the address");
        check("/mcp?my_access_token=a", &[], "none");
    }
}
