//! Tokens that an authorization server signed.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::decode_header;

use super::cache::Cache;
use super::claims::Expected;
use super::keys::Key;
use super::resource::ResourceUri;
use super::{Bearer, KeySource, Principal, Refused, Verifier};
use crate::boxed::BoxFuture;

/// Checks tokens that an authorization server signed for this server: JSON Web Tokens (RFC 7519, RFC 9068).
///
/// A token is good if it is signed with a key of the issuer, names the issuer, was issued for this server, and has its time.
/// Its scopes are the claims `scope` and `scp`. What a token says of where its key is, is never looked at; and neither a
/// token without a signature nor one with a shared secret is ever good.
///
/// ```
/// use minimcp::auth::{Jwt, KeySet};
///
/// let keys = KeySet::parse(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1",
///     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)?;
/// let tokens = Jwt::new("https://auth.example.com", "https://mcp.example.com/mcp", keys);
/// # Ok::<(), minimcp::auth::InvalidKeySet>(())
/// ```
///
/// With the feature `jwks` the keys are found and fetched by themselves: `Jwt::discover`.
///
/// | option | default | |
/// |---|---|---|
/// | [`audience`](Self::audience) | none | other names of this server in tokens |
/// | [`algorithms`](Self::algorithms) | all but RSA with SHA-384 and SHA-512 | how tokens may be signed |
/// | [`leeway`](Self::leeway) | 60 s | how far the clocks may differ |
/// | [`refresh_after`](Self::refresh_after) | 1 h | when keys are asked for again |
/// | [`forget_after`](Self::forget_after) | 24 h | how long they are used if they cannot be had again |
/// | [`refresh_interval`](Self::refresh_interval) | 10 s | how often they are asked for at most |
/// | [`fetch_timeout`](Self::fetch_timeout) | 10 s | how long that may take |
#[derive(Debug)]
pub struct Jwt {
    expected: Expected,
    algorithms: Vec<Algorithm>,
    cache: Cache,
}

/// How a token is signed: always with a key of which the issuer alone has the secret part (RFC 7518, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// RSA (PKCS #1 v1.5) with SHA-384.
    Rs384,
    /// RSA (PKCS #1 v1.5) with SHA-512.
    Rs512,
    /// RSA (PSS) with SHA-256.
    Ps256,
    /// RSA (PSS) with SHA-384.
    Ps384,
    /// RSA (PSS) with SHA-512.
    Ps512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Jwt {
    /// Tokens of an issuer, for the server with this canonical URI, checked with keys of this source.
    ///
    /// The issuer is compared letter by letter with the claim `iss`. The URI is the address of the server as clients know
    /// it, with its path: they ask for tokens for it by that name (RFC 8707).
    ///
    /// # Panics
    ///
    /// If the URI is not one of HTTPS, or of HTTP on this machine; or if it has a query or a fragment.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn new(issuer: impl Into<String>, resource: &str, keys: impl KeySource) -> Self {
        let Some(resource) = ResourceUri::parse(resource) else {
            panic!(
                "`{resource}` cannot be the URI of a server that tokens are for: write its address as clients know it, such as \
                 `https://mcp.example.com/mcp`, without query and fragment; `http://` is for this machine alone"
            );
        };
        let issuer = issuer.into();
        let leeway = Duration::from_secs(60);
        Self {
            expected: Expected { issuer, resource, audiences: Vec::new(), leeway },
            algorithms: vec![
                Algorithm::Rs256,
                Algorithm::Ps256,
                Algorithm::Es256,
                Algorithm::Es384,
                Algorithm::EdDsa,
            ],
            cache: Cache::new(keys),
        }
    }

    /// Tokens of an issuer, for the server with this canonical URI. Where the keys are, the issuer says in its metadata
    /// (RFC 8414, OpenID Connect Discovery); they are fetched when the first token comes.
    ///
    /// ```
    /// use minimcp::{auth::{Jwt, Principal}, http::Endpoint, MiniMcp};
    ///
    /// let server: MiniMcp<Principal> = MiniMcp::new("issues");
    /// let endpoint = Endpoint::streamable(server)
    ///     .authorize(Jwt::discover("https://auth.example.com", "https://mcp.example.com/mcp"));
    /// ```
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new), and if the issuer is not one of HTTPS, or of HTTP on this machine.
    #[cfg(feature = "jwks")]
    #[must_use]
    pub fn discover(issuer: &str, resource: &str) -> Self {
        Self::new(issuer, resource, super::Jwks::of_issuer(issuer))
    }

    /// Adds another name of this server, for authorization servers that write something else than its URI into tokens:
    /// a client id, say. It is compared letter by letter with the claim `aud`.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.expected.audiences.push(audience.into());
        self
    }

    /// How tokens may be signed: `Rs256`, `Ps256`, `Es256`, `Es384` or `EdDsa` unless it is said.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How far the clock of the issuer may differ from this one; 60 seconds unless it is said.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.expected.leeway = leeway;
        self
    }

    /// How old keys may be before they are asked for again, one hour unless it is said: after this time a key that was
    /// withdrawn is good no more. One that is new is asked for as soon as a token names it.
    #[must_use]
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.cache.terms.refresh_after = age;
        self
    }

    /// How old keys may become if they cannot be had again, 24 hours unless it is said. After this time no token is good, and
    /// clients get status 503.
    #[must_use]
    pub fn forget_after(mut self, age: Duration) -> Self {
        self.cache.terms.forget_after = age;
        self
    }

    /// How long keys are not asked for again, 10 seconds unless it is said, whatever keys tokens name meanwhile.
    #[must_use]
    pub fn refresh_interval(mut self, interval: Duration) -> Self {
        self.cache.terms.interval = interval;
        self
    }

    /// How long it may take to get the keys, 10 seconds unless it is said. Requests whose tokens need them wait for it.
    #[must_use]
    pub fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.cache.terms.patience = timeout;
        self
    }

    /// The canonical URI of the server.
    #[cfg(feature = "http")]
    pub(crate) fn resource(&self) -> &ResourceUri {
        &self.expected.resource
    }

    #[cfg(feature = "http")]
    pub(crate) fn issuer(&self) -> &str {
        &self.expected.issuer
    }

    async fn check(&self, token: &str) -> Result<Principal, Refused> {
        let unreadable = || Refused::invalid("the token cannot be read");
        // This knows no algorithm `none`.
        let header = decode_header(token).map_err(|_| unreadable())?;
        let algorithm = Algorithm::ALL
            .into_iter()
            .find(|algorithm| jsonwebtoken::Algorithm::from(*algorithm) == header.alg)
            .filter(|algorithm| self.algorithms.contains(algorithm))
            .ok_or_else(|| Refused::invalid("the token is signed in a way that is not allowed"))?;
        if header.crit.is_some() {
            return Err(Refused::invalid("the token demands what is not known here"));
        }
        if !header.typ.as_deref().is_none_or(is_access_token) {
            return Err(Refused::invalid("this is no access token"));
        }
        let key = self.cache.find(header.kid.as_deref(), algorithm).await?;
        let payload = signed(token, algorithm, &key)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| unreadable())?;
        self.expected.read(&payload, SystemTime::now())
    }
}

/// Whether a type of token can be an access token: those for other things must not be taken for one (RFC 8725, section
/// 3.11). Many authorization servers write just `JWT`.
fn is_access_token(kind: &str) -> bool {
    ["JWT", "at+jwt", "application/at+jwt"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// The payload of a token, if its signature is right.
fn signed<'t>(token: &'t str, algorithm: Algorithm, key: &Key) -> Result<&'t str, Refused> {
    let wrong = || Refused::invalid("the signature of the token is wrong");
    let (message, signature) = token.rsplit_once('.').ok_or_else(wrong)?;
    let (_, payload) = message.split_once('.').ok_or_else(wrong)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong())?;
    // Named, and not the default of the process, which is none where another crate in the program wants another one.
    let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&algorithm.into(), &key.key)
        .map_err(|_| wrong())?;
    verifier.verify(message.as_bytes(), &signature).map_err(|_| wrong())?;
    Ok(payload)
}

impl Verifier for Jwt {
    fn verify<'a>(&'a self, bearer: Bearer<'a>) -> BoxFuture<'a, Result<Principal, Refused>> {
        Box::pin(self.check(bearer.token()))
    }
}

impl Algorithm {
    const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Rs384 => Self::RS384,
            Algorithm::Rs512 => Self::RS512,
            Algorithm::Ps256 => Self::PS256,
            Algorithm::Ps384 => Self::PS384,
            Algorithm::Ps512 => Self::PS512,
            Algorithm::Es256 => Self::ES256,
            Algorithm::Es384 => Self::ES384,
            Algorithm::EdDsa => Self::EdDSA,
        }
    }
}
