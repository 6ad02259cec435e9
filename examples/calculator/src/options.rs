//! What can be said on the command line.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

use http::Uri;
use http::uri::Authority;
use lexopt::{Arg, Parser, ValueExt};

use crate::auth::Token;
use crate::follow::Bounds;

/// What `--help` says.
pub const USAGE: &str = "\
usage: calculator [OPTIONS]

  --http ADDRESS    listen on this address and port; 127.0.0.1:8000 unless it is said
  --token TOKEN     ask callers for this bearer token;
                    better in $CALCULATOR_TOKEN, where other users do not see it
  --rate N          take N requests a second from each client
  --host NAME       a name under which clients reach the service, besides localhost; may be repeated
  --origin ORIGIN   an origin whose web pages may call, such as https://app.example.com; may be repeated
  --help            say this
";

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen.
    pub address: SocketAddr,
    /// What callers have to send, if anything.
    pub token: Option<Token>,
    /// Requests a second from one client.
    pub rate: Option<NonZeroU16>,
    /// Names under which the service is reached, besides those of this machine.
    pub hosts: Vec<String>,
    /// Origins whose pages may call, besides those of this machine.
    pub origins: Vec<String>,
    /// The pause after each step that is told.
    pub pause: Duration,
    /// How much following may cost.
    pub bounds: Bounds,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Wanted {
    /// To serve.
    Service(Options),
    /// To be told the options.
    Help,
}

impl Options {
    /// Reads the arguments after the program's name, and the token of the environment, which one among them replaces.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub fn parse<I>(arguments: I, token: Option<OsString>) -> Result<Wanted, lexopt::Error>
    where
        I: IntoIterator<Item: Into<OsString>, IntoIter: 'static>,
    {
        // An empty or odd token there is an error: without one the service would be open to all.
        let token = token.map(|token| token.parse()).transpose()?;
        let mut options = Self { token, ..Self::default() };
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("http") => options.address = parser.value()?.parse()?,
                Arg::Long("token") => options.token = Some(parser.value()?.parse()?),
                Arg::Long("rate") => options.rate = Some(parser.value()?.parse()?),
                Arg::Long("host") => options.hosts.push(parser.value()?.parse_with(host)?),
                Arg::Long("origin") => options.origins.push(parser.value()?.parse_with(origin)?),
                Arg::Long("help") => return Ok(Wanted::Help),
                unknown => return Err(unknown.unexpected()),
            }
        }
        // Whoever is asked for under an unknown name answers 403; better to say so before anybody asks.
        if !options.address.ip().is_loopback() && options.hosts.is_empty() {
            return Err("a service that is reached from elsewhere needs --host NAME".into());
        }
        Ok(Wanted::Service(options))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 8000).into(),
            token: None,
            rate: None,
            hosts: Vec::new(),
            origins: Vec::new(),
            pause: Duration::from_millis(400),
            bounds: Bounds::default(),
        }
    }
}

/// Checks what the endpoints would panic on: a typing error in a command line is no mistake in the program.
fn host(text: &str) -> Result<String, &'static str> {
    match text.parse::<Authority>() {
        Ok(authority) if !authority.as_str().contains('@') => Ok(text.to_owned()),
        _ => Err("a host is a name or address, with or without a port: mcp.example.com"),
    }
}

fn origin(text: &str) -> Result<String, &'static str> {
    let bare = text.strip_suffix('/').unwrap_or(text);
    let is_origin = bare.parse::<Uri>().is_ok_and(|uri| {
        let authority = uri.authority().is_some_and(|authority| bare.ends_with(authority.as_str()));
        uri.scheme().is_some() && authority && !bare.contains('@')
    });
    match is_origin || bare == "null" {
        true => Ok(bare.to_owned()),
        false => Err("an origin is scheme and host, and the port if any: https://app.example.com"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &'static str) -> Result<Options, String> {
        match Options::parse(line.split_whitespace(), None) {
            Ok(Wanted::Service(options)) => Ok(options),
            Ok(Wanted::Help) => Err("help".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn everything_can_be_said() -> Result<(), String> {
        let options = parse("")?;
        assert_eq!(options.address.to_string(), "127.0.0.1:8000");
        assert!(options.token.is_none() && options.rate.is_none());

        let options = parse(
            "--http 0.0.0.0:80 --token=secret --rate 5 --host mcp.example.com --host [2001:db8::1]:80 \
             --origin https://app.example.com/ --origin null",
        )?;
        assert_eq!(options.address.to_string(), "0.0.0.0:80");
        assert!(options.token.is_some());
        assert_eq!(options.rate.map(NonZeroU16::get), Some(5));
        assert_eq!(options.hosts, ["mcp.example.com", "[2001:db8::1]:80"]);
        assert_eq!(options.origins, ["https://app.example.com", "null"]);
        assert!(!format!("{options:?}").contains("secret"));
        // What is taken here is taken by the endpoints.
        let _ = crate::app(&options);
        Ok(())
    }

    #[test]
    fn mistakes_are_named() {
        for (line, says) in [
            ("--http localhost", "localhost"),
            ("--http 0.0.0.0:80", "--host"),
            ("--rate 0", "zero"),
            ("--rate much", "much"),
            ("--token é", "visible ASCII"),
            ("--token", "--token"),
            ("--host https://mcp.example.com", "a host is"),
            ("--origin app.example.com", "an origin is"),
            ("--origin https://app.example.com/path", "an origin is"),
            ("--port 80", "--port"),
            ("8000", "8000"),
            ("--help", "help"),
        ] {
            let error = parse(line).err().unwrap_or_default();
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
