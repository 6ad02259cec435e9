//! Which hosts a request may be addressed to.

use std::net::Ipv6Addr;

use http::header::HOST;
use http::request::Parts;

use super::authority::Authority;
use super::rejection::Rejection;

/// The hosts under which the server may be asked: the loopback names, and those that were configured.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    listed: Vec<Host>,
    any: bool,
}

#[derive(Debug, Clone)]
struct Host {
    name: String,
    /// Without one, any port fits.
    port: Option<u16>,
}

impl Hosts {
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub(super) fn allow(&mut self, host: &str) {
        let bracketed = host.parse::<Ipv6Addr>().map(|address| format!("[{address}]"));
        let Some(authority) = Authority::parse(bracketed.as_deref().unwrap_or(host)) else {
            panic!(
                "`{host}` is no host for `allowed_hosts`: write a name or address, with or without a port, such as \
                 `mcp.example.com` or `mcp.example.com:8443`; for any host there is `allow_any_host`"
            );
        };
        self.listed.push(Host { name: authority.name.to_owned(), port: authority.port });
    }

    pub(super) fn allow_any(&mut self) {
        self.any = true;
    }

    /// Whether nothing was said, so that the loopback names alone are allowed.
    pub(super) fn are_unsaid(&self) -> bool {
        self.listed.is_empty() && !self.any
    }

    /// Checks what a request is addressed to.
    ///
    /// A web page can make a browser send requests to this machine under a name of its own (DNS rebinding); the
    /// browser then says that name. A request that names no host comes from no browser.
    pub(super) fn check(&self, request: &Parts) -> Result<(), Rejection> {
        if self.any {
            return Ok(());
        }
        // Where both are given they could differ, and who reads which of them is not ours to say: check both.
        let authority = request.uri.authority().map(|authority| authority.as_str().as_bytes());
        let headers = request.headers.get_all(HOST).iter().map(http::HeaderValue::as_bytes);
        for host in authority.into_iter().chain(headers) {
            if !self.allows(host) {
                return Err(Rejection::Host(String::from_utf8_lossy(host).into_owned()));
            }
        }
        Ok(())
    }

    fn allows(&self, host: &[u8]) -> bool {
        let Some(asked) = std::str::from_utf8(host).ok().and_then(Authority::split) else {
            return false;
        };
        asked.is_loopback()
            || self.listed.iter().any(|host| {
                host.name.eq_ignore_ascii_case(asked.name)
                    && (host.port.is_none() || host.port == asked.port)
            })
    }
}

/// What the request is addressed to, for comparing an origin with it.
pub(super) fn addressed(request: &Parts) -> Option<Authority<'_>> {
    let host = match request.headers.get(HOST) {
        Some(host) => host.to_str().ok()?,
        None => request.uri.authority()?.as_str(),
    };
    Authority::parse(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hosts: &Hosts, host: &str, allowed: bool) {
        let request = http::Request::post("/mcp").header(HOST, host).body(()).unwrap();
        assert_eq!(hosts.check(&request.into_parts().0).is_ok(), allowed, "{host}");
        if let Ok(request) = http::Request::post(format!("http://{host}/mcp")).body(()) {
            assert_eq!(hosts.check(&request.into_parts().0).is_ok(), allowed, "{host}");
        }
    }

    #[test]
    fn loopback_names_alone_unless_more_is_said() {
        let hosts = Hosts::default();
        for host in ["localhost", "LocalHost:80", "127.0.0.1:8000", "[::1]", "[::1]:9"] {
            check(&hosts, host, true);
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "user@localhost"]
        {
            check(&hosts, host, false);
        }
    }

    #[test]
    fn a_listed_host_without_a_port_fits_any_port() {
        let mut hosts = Hosts::default();
        hosts.allow("MCP.example.com");
        hosts.allow("other.example.com:8443");
        hosts.allow("fe80::1");
        for host in [
            "mcp.example.com",
            "mcp.EXAMPLE.com:1",
            "other.example.com:8443",
            "[fe80::1]",
            "localhost",
        ] {
            check(&hosts, host, true);
        }
        for host in
            ["other.example.com", "other.example.com:8444", "example.com", "x.mcp.example.com"]
        {
            check(&hosts, host, false);
        }
    }

    #[test]
    fn every_host_that_a_request_names_has_to_be_allowed() {
        for (uri, first, second) in
            [("http://evil.example/", "localhost", "localhost"), ("/", "localhost", "evil.example")]
        {
            let request =
                http::Request::post(uri).header(HOST, first).header(HOST, second).body(()).unwrap();
            assert!(Hosts::default().check(&request.into_parts().0).is_err());
        }
        let request = http::Request::post("/").body(()).unwrap();
        assert!(Hosts::default().check(&request.into_parts().0).is_ok());
    }

    #[test]
    #[should_panic(expected = "`https://x` is no host")]
    fn a_url_is_no_host() {
        Hosts::default().allow("https://x");
    }
}
