//! The principal as the scope of a server.

use axum::Router;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;

use super::metadata;
use crate::auth::Principal;
use crate::transport::http::{Endpoint, Scoped};

/// Who sends the request, where [`Endpoint::authorize`] found out.
impl<A: Sync> FromRequestParts<A> for Principal {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(request: &mut Parts, _: &A) -> Result<Self, Self::Rejection> {
        request.extensions.get().cloned().ok_or_else(|| {
            tracing::error!(
                "a route wants a principal, and nothing found out who it is: write \
                 `Endpoint::streamable(server).authorize(…)`"
            );
            (StatusCode::INTERNAL_SERVER_ERROR, "The server cannot tell who is calling.\n")
        })
    }
}

impl<S: Send + Sync + 'static> Endpoint<S> {
    /// The endpoint as a router of axum: at this path, and its metadata where clients look for them (RFC 9728, section 3).
    /// It is for the root of an application and not to be nested, since clients know just one root.
    ///
    /// Where an application has several, each is a route of its own: [`into_route`](Self::into_route), once at its path and
    /// once at its [`metadata_path`](Self::metadata_path).
    ///
    /// ```
    /// use axum::Router;
    /// use minimcp::{auth::{Jwt, KeySet, Principal}, http::Endpoint, MiniMcp};
    ///
    /// # let keys = KeySet::parse(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)?;
    /// let tokens = Jwt::new("https://auth.example.com", "https://mcp.example.com/mcp", keys);
    /// let server: MiniMcp<Principal> = MiniMcp::new("issues");
    /// let endpoint = Endpoint::streamable(server).authorize(tokens);
    /// let app: Router = Router::new().merge(endpoint.into_router("/mcp"));
    /// # Ok::<(), minimcp::auth::InvalidKeySet>(())
    /// ```
    pub fn into_router<A>(self, path: &str) -> Router<A>
    where
        S: FromRequestParts<A>,
        A: Clone + Send + Sync + 'static,
    {
        let mut router = Router::new().route(path, self.clone().into_route());
        if let Some(place) = self.metadata_path() {
            if place != metadata::ROOT {
                router = router.route(&place, self.clone().into_route());
            }
            router = router.route(metadata::ROOT, self.into_route());
        }
        router
    }
}

impl From<Endpoint<Principal>> for Scoped<Principal> {
    /// The endpoint with whoever shows a token as its scope.
    ///
    /// # Panics
    ///
    /// If the endpoint does not [`authorize`](Endpoint::authorize): nobody would ever be known.
    fn from(endpoint: Endpoint<Principal>) -> Self {
        assert!(
            endpoint.options().authorization.is_some(),
            "nothing says who is calling: write `Endpoint::streamable(server).authorize(…)`"
        );
        endpoint.with_scope_fn(|request| {
            // It is always there behind `authorize`; somebody without a name and scopes is the safe thing to be otherwise.
            request.extensions.get().cloned().unwrap_or_else(|| Principal::new(""))
        })
    }
}
