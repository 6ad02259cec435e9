//! What a token says, once its signature is known to be right.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::resource::ResourceUri;
use super::{Principal, Refused};

/// What the claims of a token are compared with.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) resource: ResourceUri,
    /// Other names under which the authorization server knows this one.
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
}

/// The claims that are looked at (RFC 7519, RFC 9068).
#[derive(Deserialize)]
struct Registered {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<OneOrMany>,
    exp: Option<f64>,
    nbf: Option<f64>,
    client_id: Option<String>,
    azp: Option<String>,
    scope: Option<OneOrMany>,
    scp: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl Expected {
    /// Reads the payload of a token that was signed by the issuer.
    pub(super) fn read(&self, payload: &[u8], now: SystemTime) -> Result<Principal, Refused> {
        let unreadable = |_| Refused::invalid("the claims of the token cannot be read");
        let claims: Map<String, Value> = serde_json::from_slice(payload).map_err(unreadable)?;
        let registered =
            Registered::deserialize(&Value::Object(claims.clone())).map_err(unreadable)?;
        self.check(&registered, now)?;
        let Some(subject) = registered.sub.filter(|subject| !subject.is_empty()) else {
            return Err(Refused::invalid("the token has no subject"));
        };
        let scopes = [registered.scope, registered.scp];
        let scopes = scopes.iter().flatten().flat_map(OneOrMany::as_slice);
        let principal = Principal::new(subject)
            .with_issuer(&self.issuer)
            .with_scopes(scopes.flat_map(|scopes| scopes.split_ascii_whitespace()))
            .with_claims(claims);
        Ok(match registered.client_id.or(registered.azp) {
            Some(client_id) => principal.with_client_id(client_id),
            None => principal,
        })
    }

    fn check(&self, claims: &Registered, now: SystemTime) -> Result<(), Refused> {
        if claims.iss.as_deref() != Some(&self.issuer) {
            return Err(Refused::invalid("the token is of another issuer"));
        }
        let audiences = claims.aud.as_ref().map_or(&[][..], OneOrMany::as_slice);
        let is_meant =
            |audience: &String| self.resource.is(audience) || self.audiences.contains(audience);
        if !audiences.iter().any(is_meant) {
            return Err(Refused::invalid("the token is for another server"));
        }
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let leeway = self.leeway.as_secs_f64();
        // A time that is no number is no time that has not come: such a token is refused.
        match claims.exp {
            None => return Err(Refused::invalid("the token does not say when it expires")),
            Some(exp) if exp + leeway > now => (),
            Some(_) => return Err(Refused::invalid("the token has expired")),
        }
        match claims.nbf {
            Some(nbf) if nbf - leeway > now => Err(Refused::invalid("the token is not valid yet")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Reads a good token with one change to it, 1000 seconds after the epoch.
    fn check(change: Value, expected: &str) {
        let mut claims = json!({
            "iss": "https://auth.example.com", "aud": "https://mcp.example.com/mcp", "sub": "ada", "exp": 2000,
        });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        let checks = Expected {
            issuer: "https://auth.example.com".into(),
            resource: ResourceUri::parse("https://mcp.example.com/mcp").unwrap(),
            audiences: vec!["mcp-client".into()],
            leeway: Duration::from_secs(60),
        };
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let read = match checks.read(claims.to_string().as_bytes(), now) {
            Ok(principal) => format!("{} {}", principal.subject(), principal.scopes().join(" ")),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(read.trim(), expected, "{claims}");
    }

    #[test]
    fn the_claims_of_a_token_are_compared_one_by_one() {
        check(json!({}), "ada");
        check(json!({ "iss": null }), "the token is of another issuer");
        check(json!({ "iss": "https://auth.example.com/" }), "the token is of another issuer");
        check(
            json!({ "iss": ["https://auth.example.com"] }),
            "the claims of the token cannot be read",
        );
        check(json!({ "sub": null }), "the token has no subject");
        check(json!({ "sub": "" }), "the token has no subject");
    }

    #[test]
    fn a_token_is_for_this_server_under_any_of_its_names() {
        check(json!({ "aud": ["x", "https://MCP.example.com/mcp/"] }), "ada");
        check(json!({ "aud": "mcp-client" }), "ada");
        for other in [json!("https://mcp.example.com"), json!([]), json!(["x"]), Value::Null] {
            check(json!({ "aud": other }), "the token is for another server");
        }
    }

    #[test]
    fn a_token_has_its_time_and_clocks_may_differ_a_little() {
        check(json!({ "exp": 941 }), "ada");
        check(json!({ "exp": 940 }), "the token has expired");
        check(json!({ "exp": null }), "the token does not say when it expires");
        check(json!({ "exp": "2000" }), "the claims of the token cannot be read");
        check(json!({ "nbf": 1060 }), "ada");
        check(json!({ "nbf": 1061 }), "the token is not valid yet");
        check(json!({ "nbf": -5 }), "ada");
    }

    #[test]
    fn scopes_are_read_as_authorization_servers_write_them() {
        check(json!({ "scope": "a  b a" }), "ada a b");
        check(json!({ "scp": ["a", "b c"] }), "ada a b c");
        check(json!({ "scope": "a", "scp": "b" }), "ada a b");
        check(json!({ "scope": "a\u{e4} b" }), "ada b");
        check(json!({ "scope": 7 }), "the claims of the token cannot be read");
    }
}
