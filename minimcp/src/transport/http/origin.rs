//! Which web pages may send requests.

use http::header::ORIGIN;
use http::request::Parts;

use super::authority::Authority;
use super::host::addressed;
use super::rejection::Rejection;

/// The origins that browsers may send requests for, besides those that are always allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins {
    listed: Vec<Listed>,
    null: bool,
    any: bool,
}

#[derive(Debug, Clone)]
struct Listed {
    scheme: String,
    name: String,
    port: Option<u16>,
}

impl Origins {
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub(super) fn allow(&mut self, origin: &str) {
        if origin == "null" {
            self.null = true;
            return;
        }
        let Some(Origin { scheme, authority }) =
            Origin::parse(origin.strip_suffix('/').unwrap_or(origin))
        else {
            panic!(
                "`{origin}` is no origin for `allowed_origins`: write scheme and host, and the port if it is not the \
                 usual one, such as `https://app.example.com`; for any origin there is `allow_any_origin`"
            );
        };
        self.listed.push(Listed {
            scheme: scheme.to_owned(),
            name: authority.name.to_owned(),
            port: port(scheme, authority),
        });
    }

    pub(super) fn allow_any(&mut self) {
        self.any = true;
    }

    /// Checks for whom a browser sends the request. Other clients send no origin, and are allowed.
    pub(super) fn check(&self, request: &Parts) -> Result<(), Rejection> {
        if self.any {
            return Ok(());
        }
        for origin in request.headers.get_all(ORIGIN) {
            if !self.allows(origin.as_bytes(), request) {
                let origin = String::from_utf8_lossy(origin.as_bytes()).into_owned();
                return Err(Rejection::Origin(origin));
            }
        }
        Ok(())
    }

    /// Whether a page of this origin may send the request.
    pub(super) fn lets(&self, origin: &[u8], request: &Parts) -> bool {
        self.any || self.allows(origin, request)
    }

    fn allows(&self, origin: &[u8], request: &Parts) -> bool {
        if origin == b"null" {
            return self.null;
        }
        let Some(Origin { scheme, authority }) =
            std::str::from_utf8(origin).ok().and_then(Origin::parse)
        else {
            return false;
        };
        let host = addressed(request);
        let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let same = host.is_some_and(|host| {
            host.name.eq_ignore_ascii_case(authority.name)
                && port(scheme, host) == port(scheme, authority)
        });
        // Pages that this machine serves itself, as development servers do, may talk to a server on this machine;
        // to one elsewhere they are as foreign as any.
        let local = authority.is_loopback() && host.is_none_or(|host| host.is_loopback());
        web && (same || local)
            || self.listed.iter().any(|listed| {
                listed.scheme.eq_ignore_ascii_case(scheme)
                    && listed.name.eq_ignore_ascii_case(authority.name)
                    && listed.port == port(scheme, authority)
            })
    }
}

/// An origin: RFC 6454, section 7.
struct Origin<'a> {
    scheme: &'a str,
    authority: Authority<'a>,
}

impl<'a> Origin<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        (!scheme.is_empty() && scheme.bytes().all(fits)).then_some(())?;
        Some(Self { scheme, authority: Authority::parse(authority)? })
    }
}

/// The port, or the one that the scheme implies.
fn port(scheme: &str, authority: Authority<'_>) -> Option<u16> {
    authority.port.or_else(|| match scheme {
        scheme if scheme.eq_ignore_ascii_case("http") => Some(80),
        scheme if scheme.eq_ignore_ascii_case("https") => Some(443),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origins: &Origins, host: &str, origin: &str, allowed: bool) {
        let request =
            http::Request::post("/").header("host", host).header(ORIGIN, origin).body(()).unwrap();
        assert_eq!(origins.check(&request.into_parts().0).is_ok(), allowed, "{origin} to {host}");
    }

    #[test]
    fn the_server_itself_and_this_machine() {
        let origins = Origins::default();
        check(&origins, "localhost:8000", "http://localhost:8000", true);
        check(&origins, "localhost:8000", "http://127.0.0.1:5173", true);
        check(&origins, "127.0.0.1", "https://[::1]", true);
        check(&origins, "mcp.example.com", "https://mcp.example.com", true);
        check(&origins, "mcp.example.com:443", "https://MCP.example.com", true);
        check(&origins, "mcp.example.com:8443", "https://mcp.example.com:8443", true);
        check(&origins, "mcp.example.com", "https://mcp.example.com:8443", false);
        check(&origins, "mcp.example.com", "http://localhost", false);
        check(&origins, "localhost", "https://evil.example", false);
        check(&origins, "localhost", "ftp://localhost", false);
        for origin in [
            "null",
            "localhost",
            "http://",
            "://localhost",
            "http://localhost/x",
            "",
            "http://a@localhost",
        ] {
            check(&origins, "localhost", origin, false);
        }
    }

    #[test]
    fn listed_origins_fit_in_scheme_host_and_port() {
        let mut origins = Origins::default();
        for origin in [
            "https://app.example.com",
            "http://other.example:3000/",
            "vscode-webview://abc",
            "null",
        ] {
            origins.allow(origin);
        }
        for origin in [
            "https://App.Example.com",
            "https://app.example.com:443",
            "http://other.example:3000",
            "vscode-webview://abc",
            "null",
        ] {
            check(&origins, "mcp.example.com", origin, true);
        }
        for origin in [
            "http://app.example.com",
            "https://app.example.com:8443",
            "http://other.example",
            "vscode-webview://abcd",
        ] {
            check(&origins, "mcp.example.com", origin, false);
        }
    }

    #[test]
    fn every_origin_that_is_named_has_to_be_allowed() {
        let request = http::Request::post("/")
            .header(ORIGIN, "http://localhost")
            .header(ORIGIN, "http://evil.example")
            .body(())
            .unwrap();
        assert!(Origins::default().check(&request.into_parts().0).is_err());
    }

    #[test]
    #[should_panic(expected = "`app.example.com` is no origin")]
    fn a_host_is_no_origin() {
        Origins::default().allow("app.example.com");
    }
}
