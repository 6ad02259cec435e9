//! The canonical URI of a server, which tokens are issued for (RFC 8707; 2026-07-28, Authorization, Canonical Server URI).

/// A URI in its canonical form: scheme and host in lower case, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResourceUri {
    uri: String,
    /// Where the path begins.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has paths"))]
    path: usize,
}

impl ResourceUri {
    /// Reads an address of HTTP without user, query and fragment; plain HTTP is for this machine alone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.to_ascii_lowercase();
        let visible =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\<>".contains(&byte));
        let plain = !host.is_empty() && !text.contains(['?', '#', '@']);
        let safe = scheme == "https" || scheme == "http" && is_loopback(&host);
        (visible && plain && safe).then(|| {
            let origin = format!("{scheme}://{host}");
            let uri = format!("{origin}{}", path.trim_end_matches('/'));
            Self { uri, path: origin.len() }
        })
    }

    #[cfg(any(test, feature = "http"))]
    pub(crate) fn as_str(&self) -> &str {
        &self.uri
    }

    /// Whether another text, such as the audience of a token, names the same.
    pub(crate) fn is(&self, other: &str) -> bool {
        other == self.uri || Self::parse(other).is_some_and(|other| other == *self)
    }

    #[cfg(feature = "http")]
    pub(crate) fn origin(&self) -> &str {
        self.uri.get(..self.path).unwrap_or_default()
    }

    /// The path, empty or with a slash before it.
    #[cfg(feature = "http")]
    pub(crate) fn path(&self) -> &str {
        self.uri.get(self.path..).unwrap_or_default()
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = name.parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = ResourceUri::parse(text);
        assert_eq!(read.as_ref().map(ResourceUri::as_str), expected, "{text}");
    }

    #[test]
    fn one_server_has_one_uri() {
        check("https://mcp.example.com/mcp", Some("https://mcp.example.com/mcp"));
        check("HTTPS://MCP.Example.com/Mcp/", Some("https://mcp.example.com/Mcp"));
        check("https://mcp.example.com/", Some("https://mcp.example.com"));
        check("https://mcp.example.com:8443", Some("https://mcp.example.com:8443"));
        check("http://localhost:8000/mcp", Some("http://localhost:8000/mcp"));
        check("http://[::1]:8000/mcp", Some("http://[::1]:8000/mcp"));
        check("http://127.0.0.1/mcp", Some("http://127.0.0.1/mcp"));
        for text in [
            "",
            "mcp.example.com",
            "https://",
            "http://mcp.example.com/mcp",
            "http://localhost.evil.example/mcp",
            "https://mcp.example.com/mcp#part",
            "https://mcp.example.com/mcp?x=1",
            "https://me@mcp.example.com/mcp",
            "https://mcp.example.com/a b",
            "ftp://mcp.example.com/",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_audience_is_compared_by_its_canonical_form() {
        let resource = ResourceUri::parse("https://mcp.example.com/mcp").unwrap();
        for same in ["https://mcp.example.com/mcp", "https://MCP.example.com/mcp/"] {
            assert!(resource.is(same), "{same}");
        }
        for other in [
            "https://mcp.example.com",
            "https://mcp.example.com/mcp2",
            "http://mcp.example.com/mcp",
        ] {
            assert!(!resource.is(other), "{other}");
        }
    }
}
