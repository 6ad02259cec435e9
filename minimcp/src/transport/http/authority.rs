//! `host:port`, as `Host`, `Origin` and the option for hosts write it.

use std::net::Ipv6Addr;

/// A host and maybe a port, borrowed from the text that named them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    /// The name or address; an IPv6 address with its brackets.
    pub(super) name: &'a str,
    pub(super) port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`. Anything else, a user's name before an `@` too, is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        Self::split(text).filter(|authority| is_name(authority.name))
    }

    /// [`parse`](Self::parse) without a look at the name, for who only compares it with names that are some.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let end = match text.starts_with('[') {
            true => text.find(']')? + 1,
            false => text.bytes().position(|byte| byte == b':').unwrap_or(text.len()),
        };
        let (name, rest) = text.split_at_checked(end)?;
        let port = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            None => return None,
            Some("") => None,
            Some(port) => Some(parse_port(port)?),
        };
        Some(Self { name, port })
    }

    /// Whether it is this machine under one of its three usual names. An address that a name resolves to is not
    /// looked at: that is what rebinding attacks change.
    pub(super) fn is_loopback(&self) -> bool {
        matches!(self.name, "127.0.0.1" | "[::1]") || self.name.eq_ignore_ascii_case("localhost")
    }
}

fn is_name(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[') {
        return address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// `parse` alone would take a `+` before the digits.
fn parse_port(port: &str) -> Option<u16> {
    port.parse().ok().filter(|_| !port.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<u16>)>) {
        let parsed = Authority::parse(text).map(|authority| (authority.name, authority.port));
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn hosts_with_and_without_ports() {
        check("localhost", Some(("localhost", None)));
        check("localhost:", Some(("localhost", None)));
        check("a.example.com:8443", Some(("a.example.com", Some(8443))));
        check("[::1]", Some(("[::1]", None)));
        check("[::1]:80", Some(("[::1]", Some(80))));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            ":80",
            "::1",
            "[::1",
            "[::1]x",
            "[x]",
            "[]",
            "a:b",
            "a:+80",
            "a:65536",
            "a:80:80",
            "user@localhost",
            "localhost/x",
            "localhost,evil",
            "local host",
            "*",
        ] {
            check(text, None);
        }
    }
}
