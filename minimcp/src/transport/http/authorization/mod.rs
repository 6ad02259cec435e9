//! Who may send requests: bearer tokens in front of an endpoint (2026-07-28, Authorization).

mod challenge;
mod credentials;
mod extract;
mod metadata;

use std::fmt;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Response};

use super::body::Body;
use super::endpoint::Endpoint;
use super::rejection::Rejection;
use crate::auth::{
    Bearer, Jwt, OFFLINE, Principal, RefusedWhy, ResourceUri, StaticTokens, Verifier, require_scope,
};
use challenge::{Challenge, Error};

pub(super) use challenge::Needs;

/// Which tokens an endpoint takes, and what it says of itself to clients that have none; see
/// [`Endpoint::authorize`].
///
/// It is made of whoever checks the tokens: a [`Jwt`] or [`StaticTokens`] becomes one by itself, and [`new`](Self::new)
/// takes a [`Verifier`] of your own.
///
/// ```
/// use minimcp::{auth::{Jwt, KeySet, Principal}, http::{Authorization, Endpoint}, MiniMcp};
///
/// # let keys = KeySet::parse(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)?;
/// let tokens = Jwt::new("https://auth.example.com", "https://mcp.example.com/mcp", keys);
/// let authorization = Authorization::from(tokens)
///     .require_scopes(["issues"])
///     .includes("issues:write", ["issues:read"]);
///
/// let server: MiniMcp<Principal> = MiniMcp::new("issues");
/// let endpoint = Endpoint::streamable(server).authorize(authorization);
/// # Ok::<(), minimcp::auth::InvalidKeySet>(())
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`resource`](Self::resource) | that of [`Jwt`] | the server's own URI, and who issues tokens for it |
/// | [`require_scopes`](Self::require_scopes) | none | what every request needs |
/// | [`scopes_supported`](Self::scopes_supported) | those that are needed | what clients are told that there is |
/// | [`includes`](Self::includes) | nothing | which scopes include which |
/// | [`token_limit`](Self::token_limit) | 16 KiB | the longest token |
#[derive(Clone)]
pub struct Authorization {
    verifier: Arc<dyn Verifier>,
    resource: Option<Resource>,
    required: Vec<String>,
    supported: Option<Vec<String>>,
    included: Vec<(String, Vec<String>)>,
    token_limit: usize,
}

/// What the server is called where tokens are issued.
#[derive(Debug, Clone)]
struct Resource {
    uri: ResourceUri,
    servers: Vec<String>,
}

impl Authorization {
    /// Takes the tokens that this verifier finds good.
    ///
    /// Without a [`resource`](Self::resource), clients are only told that a token is missing, and not where to get one.
    #[must_use]
    pub fn new(verifier: impl Verifier) -> Self {
        Self {
            verifier: Arc::new(verifier),
            resource: None,
            required: Vec::new(),
            supported: None,
            included: Vec::new(),
            token_limit: 16 * 1024,
        }
    }

    /// The canonical URI of this server, and the issuers of the authorization servers that clients can get tokens from. They
    /// are told so by the metadata of the resource (RFC 9728), which the endpoint then serves under
    /// `/.well-known/oauth-protected-resource`.
    ///
    /// The verifier has to refuse tokens that are not for this URI.
    ///
    /// # Panics
    ///
    /// If the URI is not one of HTTPS, or of HTTP on this machine; if it has a query or a fragment; or if there is no
    /// authorization server.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn resource<T: Into<String>>(
        mut self,
        uri: &str,
        authorization_servers: impl IntoIterator<Item = T>,
    ) -> Self {
        let Some(parsed) = ResourceUri::parse(uri) else {
            panic!(
                "`{uri}` cannot be the URI of a server that tokens are for: write its address as clients know it, such as \
                 `https://mcp.example.com/mcp`, without query and fragment; `http://` is for this machine alone"
            );
        };
        let servers: Vec<_> = authorization_servers.into_iter().map(Into::into).collect();
        assert!(
            !servers.is_empty(),
            "nobody issues tokens for `{uri}`: name an authorization server, or leave `resource` out"
        );
        self.resource = Some(Resource { uri: parsed, servers });
        self
    }

    /// Adds scopes without which no request is answered; none unless it is said. What a handler needs besides, it says with
    /// `scopes(…)`.
    ///
    /// # Panics
    ///
    /// If one of them cannot be a scope, or is `offline_access`.
    #[must_use]
    pub fn require_scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        scopes.into_iter().for_each(|scope| require_scope(&mut self.required, scope.into()));
        self
    }

    /// The scopes that clients are told of in the metadata. Those that every request or some handler needs, unless it is
    /// said; `offline_access` is never among them (2026-07-28, Authorization, Scope Selection Strategy).
    #[must_use]
    pub fn scopes_supported<T: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = T>,
    ) -> Self {
        let scopes = scopes.into_iter().map(Into::into).filter(|scope| scope != OFFLINE);
        self.supported = Some(scopes.collect());
        self
    }

    /// Says that whoever has a scope has these as well, and what those include (2026-07-28, Authorization, Scope Challenge
    /// Handling).
    #[must_use]
    pub fn includes<T: Into<String>>(
        mut self,
        scope: impl Into<String>,
        included: impl IntoIterator<Item = T>,
    ) -> Self {
        self.included.push((scope.into(), included.into_iter().map(Into::into).collect()));
        self
    }

    /// The longest token in bytes, 16 KiB unless it is said. A longer one is refused with status 401 and not looked at.
    #[must_use]
    pub fn token_limit(mut self, bytes: usize) -> Self {
        self.token_limit = bytes;
        self
    }

    /// Who sends a request, or why it is not answered.
    async fn identify(&self, request: &Parts) -> Result<Principal, Challenge> {
        let token = credentials::token(request)
            .map_err(|mistake| self.challenge(Error::InvalidRequest(mistake)))?
            .ok_or_else(|| self.challenge(Error::Missing))?;
        if token.len() > self.token_limit {
            return Err(self.challenge(Error::InvalidToken("the token is too long")));
        }
        let verified = self.verifier.verify(Bearer::new(token)).await;
        let mut principal = verified.map_err(|refused| match refused.why() {
            RefusedWhy::Invalid(reason) => self.challenge(Error::InvalidToken(reason)),
            RefusedWhy::Unavailable(cause) => {
                tracing::error!(%cause, "tokens cannot be checked");
                self.challenge(Error::Unavailable)
            }
        })?;
        principal.include(&self.included);
        Ok(principal)
    }

    fn challenge(&self, error: Error) -> Challenge {
        let metadata = self.resource.as_ref().map(Resource::metadata_uri);
        Challenge { error, scopes: self.required.clone(), metadata }
    }

    /// What tells a client to ask for more: all that the request needs, and what it had of those that are known here. A
    /// client that asks for just what is named loses nothing by it.
    fn step_up(&self, needed: &[String], known: &[String], had: &Principal) -> Challenge {
        let mut challenge = self.challenge(Error::InsufficientScope);
        let is_known = |scope: &&String| {
            known.contains(scope) || self.included.iter().any(|(wide, _)| wide == *scope)
        };
        for scope in needed.iter().chain(had.scopes().iter().filter(is_known)) {
            if scope != OFFLINE && !challenge.scopes.contains(scope) {
                challenge.scopes.push(scope.clone());
            }
        }
        challenge
    }
}

impl<S> Endpoint<S> {
    /// Answers only those who show a good bearer token, and tells the others how to get one (2026-07-28, Authorization).
    ///
    /// The scope of the server is a [`Principal`], or made of one: [`Endpoint::into_router`] and
    /// [`http::serve`](super::serve) give it to a `MiniMcp<Principal>`, an extractor of axum of your own finds it in the
    /// extensions of the request, and so does the function of [`with_scope_fn`](Self::with_scope_fn).
    ///
    /// Every request is looked at, whatever its verb, before anything of MCP is read. Only the metadata of the resource
    /// (RFC 9728) and the preflights of browsers need no token. The header `Authorization` is taken off the request, so that
    /// nothing behind it sees the token.
    ///
    /// | status | when |
    /// |---|---|
    /// | 400 | the header `Authorization` is malformed or there twice; the token is in the address |
    /// | 401 | there is no token, or it is not good |
    /// | 403 | it lacks scopes that this request needs, all of which are named |
    /// | 503 | nobody can tell now whether it is good |
    ///
    /// ```
    /// use minimcp::{auth::{Principal, StaticTokens}, http::Endpoint, MiniMcp};
    ///
    /// let server: MiniMcp<Principal> = MiniMcp::new("issues");
    /// # let token = "4f3c1a5b7d9e0f2a4c6e8b0d1f3a5c7e9b1d3f5a7c9e0b2d";
    /// let endpoint =
    ///     Endpoint::streamable(server).authorize(StaticTokens::new([(token, Principal::new("me"))]));
    /// ```
    #[must_use]
    pub fn authorize(mut self, authorization: impl Into<Authorization>) -> Self {
        self.options_mut().authorization = Some(Arc::new(authorization.into()));
        self
    }

    /// Looks who sends a request, and leaves it in its extensions. The response, if the request goes no further.
    pub(super) async fn authenticate(&self, request: &mut Parts) -> Option<Response<Body>> {
        let authorization = self.options().authorization.as_ref()?;
        if request.method == Method::OPTIONS {
            // Preflights have no token. Layers in front answer those that are allowed.
            return Some(Rejection::Method { allowed: self.allowed_methods() }.into_response());
        }
        let principal = match authorization.identify(request).await {
            Ok(principal) => principal,
            Err(challenge) => return Some(challenge.into_response()),
        };
        if !authorization.required.iter().all(|scope| principal.has_scope(scope)) {
            let known = self.scopes_supported(authorization);
            return Some(authorization.step_up(&[], &known, &principal).into_response());
        }
        request.headers.remove(AUTHORIZATION);
        request.extensions.insert(principal);
        None
    }

    /// Tells the client which scopes it lacks, if that is why it was refused.
    pub(super) fn challenge(
        &self,
        mut response: Response<Body>,
        had: Option<&Principal>,
    ) -> Response<Body> {
        if let Some(Needs(needed)) = response.extensions_mut().remove()
            && let (Some(authorization), Some(had)) = (&self.options().authorization, had)
        {
            let known = self.scopes_supported(authorization);
            authorization.step_up(&needed, &known, had).write(response.headers_mut());
        }
        response
    }
}

impl From<Jwt> for Authorization {
    fn from(jwt: Jwt) -> Self {
        let resource =
            Resource { uri: jwt.resource().clone(), servers: vec![jwt.issuer().to_owned()] };
        Self { resource: Some(resource), ..Self::new(jwt) }
    }
}

impl From<StaticTokens> for Authorization {
    fn from(tokens: StaticTokens) -> Self {
        Self::new(tokens)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Authorization")
            .field("resource", &self.resource)
            .field("required", &self.required)
            .finish_non_exhaustive()
    }
}
