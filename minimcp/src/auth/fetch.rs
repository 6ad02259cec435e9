//! Fetching the keys of an authorization server.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;

use super::keys::{KeySet, KeySource};
use super::resource::is_loopback;
use crate::boxed::BoxFuture;
use crate::error::Error;

/// Fetches the keys of an authorization server over HTTPS, with the certificates that the operating system trusts.
///
/// Only addresses of HTTPS are asked, and those of HTTP on this machine; no redirect is followed, and no answer longer than
/// 256 KiB is read, or as [`size_limit`](Self::size_limit) says. Nothing that a client sends decides what is fetched.
///
/// ```
/// use minimcp::auth::{Jwks, Jwt};
///
/// let keys = Jwks::at("https://auth.example.com/keys.json");
/// let tokens = Jwt::new("https://auth.example.com", "https://mcp.example.com/mcp", keys);
/// ```
#[derive(Clone)]
pub struct Jwks {
    place: Place,
    size_limit: usize,
    client: Result<Client<HttpsConnector<HttpConnector>, Empty<Bytes>>, rustls::Error>,
}

#[derive(Debug, Clone)]
enum Place {
    Keys(Uri),
    /// The issuer says where they are, at one of these addresses.
    Issuer {
        issuer: String,
        metadata: Vec<Uri>,
    },
}

impl Jwks {
    /// The keys at this address, which the authorization server calls its `jwks_uri`.
    ///
    /// # Panics
    ///
    /// If it is not one of HTTPS, or of HTTP on this machine.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn at(uri: &str) -> Self {
        match address(uri) {
            Some(uri) => Self::new(Place::Keys(uri)),
            None => panic!("`{uri}` cannot be where keys are: write an address of HTTPS"),
        }
    }

    /// The keys of this issuer. Its metadata say where they are (RFC 8414, OpenID Connect Discovery), and have to name the
    /// same issuer.
    ///
    /// # Panics
    ///
    /// If the issuer is not an address of HTTPS, or of HTTP on this machine.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn of_issuer(issuer: &str) -> Self {
        let Some(metadata) = metadata(issuer) else {
            panic!(
                "`{issuer}` cannot be an issuer: write its address of HTTPS, as in the claim `iss` of its tokens"
            )
        };
        Self::new(Place::Issuer { issuer: issuer.to_owned(), metadata })
    }

    fn new(place: Place) -> Self {
        let client = tls().map(|tls| {
            let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
            Client::builder(TokioExecutor::new())
                .build(connector.https_or_http().enable_http1().build())
        });
        Self { place, size_limit: 256 * 1024, client }
    }

    /// The longest answer in bytes, 256 KiB unless it is said. A longer one is an error.
    #[must_use]
    pub fn size_limit(mut self, bytes: usize) -> Self {
        self.size_limit = bytes;
        self
    }

    async fn fetch(&self) -> Result<KeySet, String> {
        let uri = match &self.place {
            Place::Keys(uri) => uri.clone(),
            Place::Issuer { issuer, metadata } => self.discover(issuer, metadata).await?,
        };
        let keys = self.get(&uri).await?;
        KeySet::parse(&keys).map_err(|error| format!("{uri}: {error}"))
    }

    /// Where the issuer says that its keys are.
    async fn discover(&self, issuer: &str, metadata: &[Uri]) -> Result<Uri, String> {
        let mut problem = String::new();
        for place in metadata {
            match self.get(place).await.and_then(|json| keys_of(issuer, &json)) {
                Ok(uri) => return Ok(uri),
                // The first address is the one to name where none is right.
                Err(error) if problem.is_empty() => problem = format!("{place}: {error}"),
                Err(_) => (),
            }
        }
        Err(problem)
    }

    async fn get(&self, uri: &Uri) -> Result<Bytes, String> {
        let request = Request::get(uri.clone()).header("accept", "application/json");
        let request = request.body(Empty::new()).map_err(|error| error.to_string())?;
        let client = self.client.as_ref().map_err(ToString::to_string)?;
        let response = client.request(request).await.map_err(|error| error.to_string())?;
        if response.status() != StatusCode::OK {
            return Err(format!("{uri}: status {}", response.status()));
        }
        let body = Limited::new(response.into_body(), self.size_limit);
        Ok(body.collect().await.map_err(|error| error.to_string())?.to_bytes())
    }
}

impl KeySource for Jwks {
    fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>> {
        Box::pin(async { self.fetch().await.map_err(Error::internal) })
    }
}

/// Trusts the authorities that the operating system trusts. Without any, plain HTTP on this machine still works.
fn tls() -> Result<ClientConfig, rustls::Error> {
    // Named, and not the default of the process, which is none where another crate in the program wants another one.
    let builder = || {
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
    };
    Ok(match builder()?.with_native_roots() {
        Ok(builder) => builder.with_no_client_auth(),
        Err(error) => {
            tracing::warn!(%error, "no certificates are trusted, so that keys can only come from this machine");
            builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
    })
}

/// An address that keys may be fetched from.
fn address(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let safe = match uri.scheme_str()? {
        "https" => true,
        "http" => is_loopback(&authority.as_str().to_ascii_lowercase()),
        _ => false,
    };
    (safe && !authority.as_str().contains('@')).then_some(uri)
}

/// Where an issuer describes itself: RFC 8414, section 3.1, and OpenID Connect Discovery, section 4.
fn metadata(issuer: &str) -> Option<Vec<Uri>> {
    let uri = address(issuer).filter(|uri| uri.query().is_none())?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let path = uri.path().trim_end_matches('/');
    let places = [
        format!("{scheme}://{authority}/.well-known/oauth-authorization-server{path}"),
        format!("{scheme}://{authority}/.well-known/openid-configuration{path}"),
        format!("{scheme}://{authority}{path}/.well-known/openid-configuration"),
    ];
    let mut places: Vec<_> = places.iter().filter_map(|place| address(place)).collect();
    places.dedup();
    Some(places)
}

/// Where the keys are that these metadata of an issuer name.
fn keys_of(issuer: &str, json: &[u8]) -> Result<Uri, String> {
    #[derive(Deserialize)]
    struct Metadata {
        issuer: String,
        jwks_uri: String,
    }
    let metadata: Metadata = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if metadata.issuer != issuer {
        return Err(format!("these are the metadata of `{:.200}`", metadata.issuer));
    }
    address(&metadata.jwks_uri)
        .ok_or_else(|| format!("keys are not fetched from `{:.200}`", metadata.jwks_uri))
}

impl fmt::Debug for Jwks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Jwks").field(&self.place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_describes_itself_at_one_of_three_places() {
        let check = |issuer: &str, expected: &[&str]| {
            let places = metadata(issuer).unwrap_or_default();
            let places: Vec<_> = places.iter().map(ToString::to_string).collect();
            assert_eq!(places, expected, "{issuer}");
        };
        check(
            "https://a.example/",
            &[
                "https://a.example/.well-known/oauth-authorization-server",
                "https://a.example/.well-known/openid-configuration",
            ],
        );
        check(
            "http://127.0.0.1:80/realm",
            &[
                "http://127.0.0.1:80/.well-known/oauth-authorization-server/realm",
                "http://127.0.0.1:80/.well-known/openid-configuration/realm",
                "http://127.0.0.1:80/realm/.well-known/openid-configuration",
            ],
        );
        for issuer in
            ["a.example", "http://a.example", "https://a.example?x", "ftp://a", "https://me@a/"]
        {
            check(issuer, &[]);
        }
    }

    #[test]
    fn metadata_are_of_the_issuer_and_keys_where_they_are_safe() {
        let check = |issuer: &str, keys: &str, expected: &str| {
            let json = serde_json::json!({ "issuer": issuer, "jwks_uri": keys }).to_string();
            let found = keys_of("https://a.example", json.as_bytes());
            let found = found.map_or_else(|problem| problem, |uri| uri.to_string());
            assert_eq!(found, expected);
        };
        check("https://a.example", "https://b.example/k", "https://b.example/k");
        check(
            "https://b.example",
            "https://b.example/k",
            "these are the metadata of `https://b.example`",
        );
        check(
            "https://a.example",
            "http://a.example/k",
            "keys are not fetched from `http://a.example/k`",
        );
        check("https://a.example", "file:///k", "keys are not fetched from `file:///k`");
    }
}
