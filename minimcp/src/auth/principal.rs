//! Who calls.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::scopes::check_scope;
use crate::call::Call;
use crate::error::Error;
use crate::param::FromCall;

/// Who calls: the subject of a token, and what it may do. Cheap to clone.
///
/// It is a parameter of handlers where the scope of the server is a `Principal`, or can give one:
///
/// ```
/// use minimcp::{auth::Principal, handlers, testing::Client, tool, MiniMcp};
/// use serde_json::json;
///
/// /// Say who is calling
/// #[tool]
/// async fn whoami(caller: Principal) -> String { caller.subject().to_owned() }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp<Principal> = MiniMcp::new("who").handlers(handlers![whoami]);
/// let client = Client::new(&server, Principal::new("ada"));
/// assert_eq!(client.call_tool("whoami", json!({})).await?.to_text(), "ada");
/// # Ok(()) }
/// ```
///
/// A server whose scope is something else that holds a principal says so with
/// [`MiniMcp::authorized_by`](crate::MiniMcp::authorized_by), and implements [`FromScope`](crate::FromScope) for it if handlers
/// ask for it.
///
/// Whatever clients keep for the server, sessions and tasks among it, is bound to the [`id`](Self::id).
#[derive(Clone)]
pub struct Principal(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    subject: String,
    issuer: Option<String>,
    client_id: Option<String>,
    /// Those of the token.
    scopes: Vec<String>,
    /// Those, and what they include.
    effective: BTreeSet<String>,
    /// Nothing is asked of it.
    trusted: bool,
    claims: Map<String, Value>,
}

impl Principal {
    /// Somebody of this name, without scopes.
    #[must_use]
    pub fn new(subject: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            subject: subject.into(),
            issuer: None,
            client_id: None,
            scopes: Vec::new(),
            effective: BTreeSet::new(),
            trusted: false,
            claims: Map::new(),
        }))
    }

    /// Somebody of this name who has every scope: for callers that need no token, such as the one at the other end of a
    /// pipe.
    ///
    /// ```
    /// use minimcp::auth::Principal;
    ///
    /// assert!(Principal::trusted("local").has_scope("issues:write"));
    /// ```
    #[must_use]
    pub fn trusted(subject: impl Into<String>) -> Self {
        let mut trusted = Self::new(subject);
        trusted.inner_mut().trusted = true;
        trusted
    }

    /// Who said so: the issuer of the token. Names of different issuers are different people.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.inner_mut().issuer = Some(issuer.into());
        self
    }

    /// The program that calls on somebody's behalf.
    #[must_use]
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.inner_mut().client_id = Some(client_id.into());
        self
    }

    /// Adds scopes. Texts that are no scopes are left out.
    #[must_use]
    pub fn with_scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        let inner = self.inner_mut();
        for scope in scopes.into_iter().map(Into::into) {
            if check_scope(&scope).is_ok() && inner.effective.insert(scope.clone()) {
                inner.scopes.push(scope);
            }
        }
        self
    }

    /// What else is known, an object; anything else is left out.
    #[must_use]
    pub fn with_claims(mut self, claims: impl Serialize) -> Self {
        if let Ok(Value::Object(claims)) = serde_json::to_value(claims) {
            self.inner_mut().claims = claims;
        }
        self
    }

    /// Adds what scopes include.
    #[cfg(feature = "http")]
    pub(crate) fn include(&mut self, included: &[(String, Vec<String>)]) {
        if included.is_empty() {
            return;
        }
        let inner = self.inner_mut();
        let mut wider: Vec<_> = inner.effective.iter().cloned().collect();
        // A scope that is new may include others; each is looked at once.
        while let Some(scope) = wider.pop() {
            for (_, smaller) in included.iter().filter(|(wide, _)| *wide == scope) {
                for smaller in smaller {
                    if inner.effective.insert(smaller.clone()) {
                        wider.push(smaller.clone());
                    }
                }
            }
        }
    }

    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// The name: the claim `sub` of a token.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Who said so: the claim `iss` of a token.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// The program that calls: the claim `client_id` of a token, or `azp`.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }

    /// The scopes that were granted, as the token says them.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// Whether this was granted, by itself or with a wider scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.trusted || self.0.effective.contains(scope)
    }

    /// A claim of the token; `None` if it is not there or is of another type.
    ///
    /// ```
    /// use minimcp::auth::Principal;
    /// use serde_json::json;
    ///
    /// let ada = Principal::new("ada").with_claims(json!({ "groups": ["staff"] }));
    /// assert_eq!(ada.claim::<Vec<String>>("groups"), Some(vec!["staff".into()]));
    /// ```
    #[must_use]
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.0.claims.get(name)?.clone()).ok()
    }

    /// A text that is the same for the same subject of the same issuer, and differs for all others.
    #[must_use]
    pub fn id(&self) -> String {
        let issuer = self.issuer().unwrap_or_default();
        // The length says where the one ends and the other begins, whatever is in them.
        format!("{}:{issuer}:{}", issuer.len(), self.subject())
    }
}

impl FromCall for Principal {
    type Scope = Self;

    const LOGS: bool = false;

    fn from_call(principal: Self, _: &Call) -> Result<Self, Error> {
        Ok(principal)
    }
}

/// The claims are left out: they say more of a person than a log should.
impl fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scopes: Cow<'_, str> =
            if self.0.trusted { "all".into() } else { self.0.scopes.join(" ").into() };
        formatter
            .debug_struct("Principal")
            .field("subject", &self.0.subject)
            .field("issuer", &self.0.issuer)
            .field("scopes", &scopes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_the_id_of_somebody_else() {
        let of = |issuer: &str, subject: &str| Principal::new(subject).with_issuer(issuer).id();
        let ids = [of("a:b", "c"), of("a", "b:c"), of("", "a:b:c"), of("b", "a"), of("a", "b")];
        for (one, id) in ids.iter().enumerate() {
            assert_eq!(ids.iter().position(|other| other == id), Some(one), "{id}");
        }
        assert_eq!(of("", "b"), Principal::new("b").id());
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_wider_scope_includes_smaller_ones_and_those_of_theirs() {
        let check = |granted: &[&str], expected: &[&str]| {
            let mut principal = Principal::new("ada").with_scopes(granted.iter().copied());
            let included = [("admin", vec!["write"]), ("write", vec!["read", "admin"])];
            principal.include(&included.map(|(wide, smaller)| {
                (wide.to_owned(), smaller.into_iter().map(str::to_owned).collect())
            }));
            for scope in ["admin", "write", "read", "other"] {
                assert_eq!(principal.has_scope(scope), expected.contains(&scope), "{scope}");
            }
            assert_eq!(principal.scopes(), granted);
        };
        check(&[], &[]);
        check(&["read"], &["read"]);
        check(&["admin"], &["admin", "write", "read"]);
        check(&["write", "other"], &["admin", "write", "read", "other"]);
    }

    #[test]
    fn a_log_shows_no_claims() {
        let ada = Principal::new("ada").with_claims(serde_json::json!({ "email": "ada@lovelace" }));
        assert!(!format!("{ada:?}").contains("lovelace"));
    }
}
