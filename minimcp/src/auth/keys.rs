//! The public keys of an authorization server (RFC 7517).

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::Algorithm;
use crate::boxed::BoxFuture;
use crate::error::Error;

/// Where the keys of an authorization server come from.
///
/// `Jwks` (feature `jwks`) fetches them over HTTPS; a [`KeySet`] is a source that never changes; one of your own reads a
/// file, or fetches them with the HTTP client that the program has anyway:
///
/// ```
/// use minimcp::auth::{KeySet, KeySource};
/// use minimcp::{BoxFuture, Error};
///
/// struct File(&'static str);
///
/// impl KeySource for File {
///     fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>> {
///         Box::pin(async {
///             let json = std::fs::read(self.0).map_err(Error::internal)?;
///             KeySet::parse(&json).map_err(Error::internal)
///         })
///     }
/// }
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// Gets the keys as they are now. How often it is asked, and what becomes of it if it fails, is said with
    /// [`Jwt`](super::Jwt).
    ///
    /// # Errors
    ///
    /// When they cannot be had; the cause goes to the log.
    fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>>;
}

/// A set of public keys, as the `jwks_uri` of an authorization server gives it.
#[derive(Clone)]
pub struct KeySet(Arc<[Key]>);

/// The text is no set of keys, or has none that a token can be checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidKeySet;

/// A key that can check signatures.
#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithm: Option<KeyAlgorithm>,
    pub(super) key: DecodingKey,
}

/// What became of looking for a key.
pub(super) enum Found {
    Key(Key),
    /// There is none of this id.
    Unknown,
    /// The token names none, and there is not just one that it could be.
    Unnamed,
}

impl KeySet {
    /// More keys than this are not looked at.
    const MOST: usize = 100;

    /// Reads a JSON Web Key Set. Keys that are secret, for encryption, or of a kind that is not known here are left
    /// out, and so are those after the first 100.
    ///
    /// # Errors
    ///
    /// When it is none, or no key is left.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidKeySet> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(|_| InvalidKeySet)?;
        let keys: Arc<[Key]> =
            set.keys.into_iter().take(Self::MOST).filter_map(Key::read).collect();
        if keys.is_empty() { Err(InvalidKeySet) } else { Ok(Self(keys)) }
    }

    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Found {
        let mut fitting = self.0.iter().filter(|key| key.fits(algorithm));
        match id {
            Some(id) => fitting
                .find(|key| key.id.as_deref() == Some(id))
                .map_or(Found::Unknown, |key| Found::Key(key.clone())),
            None => match (fitting.next(), fitting.next()) {
                (Some(only), None) => Found::Key(only.clone()),
                _ => Found::Unnamed,
            },
        }
    }
}

impl KeySource for KeySet {
    fn keys(&self) -> BoxFuture<'_, Result<KeySet, Error>> {
        Box::pin(async { Ok(self.clone()) })
    }
}

impl Key {
    fn read(json: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(json).ok()?;
        let Jwk { common, algorithm } = &jwk;
        let signs = common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        // A secret among public keys is no secret any more.
        let public =
            !matches!(algorithm, AlgorithmParameters::OctetKey(_) | AlgorithmParameters::Other(_));
        let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| signs && verifies && public)?;
        Some(Self { id: jwk.common.key_id, algorithm: jwk.common.key_algorithm, key })
    }

    /// Whether this can be the key of a token that says it was signed with `algorithm`. The key decides: what a token
    /// says of itself is its author's.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let algorithm: jsonwebtoken::Algorithm = algorithm.into();
        let said = self.algorithm.is_none_or(|said| said == algorithm.into());
        let family = self.key.family();
        said && family != AlgorithmFamily::Hmac && family.algorithms().contains(&algorithm)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.0.iter().map(|key| key.id.as_deref().unwrap_or_default());
        formatter.debug_list().entries(ids).finish()
    }
}

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("this is no JSON Web Key Set with a public key that can check tokens")
    }
}

impl std::error::Error for InvalidKeySet {}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

    /// Which of the keys is found, by its id.
    fn check(keys: &[String], id: Option<&str>, algorithm: Algorithm, expected: &str) {
        let json = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let found = match KeySet::parse(json.as_bytes()) {
            Ok(set) => match set.find(id, algorithm) {
                Found::Key(key) => key.id.unwrap_or_else(|| "one".to_owned()),
                Found::Unknown => "unknown".to_owned(),
                Found::Unnamed => "unnamed".to_owned(),
            },
            Err(InvalidKeySet) => "invalid".to_owned(),
        };
        assert_eq!(found, expected, "{json} {id:?}");
    }

    fn key(kind: &str, more: &str) -> String {
        format!("{{{kind}{more}}}")
    }

    #[test]
    fn a_key_is_found_by_its_id_and_kind() {
        use Algorithm::{EdDsa, Es256, Rs256};
        let both = [key(ED, r#","kid":"a""#), key(EC, r#","kid":"b""#)];
        check(&both, Some("a"), EdDsa, "a");
        check(&both, Some("b"), Es256, "b");
        check(&both, Some("b"), EdDsa, "unknown");
        check(&both, Some("c"), EdDsa, "unknown");
        check(&both, Some("a"), Rs256, "unknown");
        let said = [key(EC, r#","kid":"a","alg":"ES384""#)];
        check(&said, Some("a"), Es256, "unknown");
    }

    #[test]
    fn a_token_that_names_no_key_can_be_of_one_alone() {
        use Algorithm::{EdDsa, Es256};
        let one = [key(ED, ""), key(EC, r#","kid":"b""#)];
        check(&one, None, EdDsa, "one");
        check(&one, None, Es256, "b");
        let two = [key(ED, r#","kid":"a""#), key(ED, r#","kid":"b""#)];
        check(&two, None, EdDsa, "unnamed");
        check(&two, None, Es256, "unnamed");
    }

    #[test]
    fn what_checks_no_tokens_is_left_out() {
        let secret = r#""kty":"oct","k":"c2VjcmV0""#;
        check(&[key(secret, r#","kid":"a""#)], Some("a"), Algorithm::EdDsa, "invalid");
        for more in [r#","use":"enc""#, r#","key_ops":["encrypt"]"#] {
            check(&[key(ED, more)], None, Algorithm::EdDsa, "invalid");
        }
        let strange = [r#"{"kty":"new"}"#.to_owned(), "7".to_owned(), key(ED, "")];
        check(&strange, None, Algorithm::EdDsa, "one");
        for json in ["", "[]", "{}", r#"{"keys":[]}"#, r#"{"keys":7}"#] {
            assert_eq!(KeySet::parse(json.as_bytes()).err(), Some(InvalidKeySet), "{json}");
        }
        let many: Vec<_> = (0..200).map(|n| key(ED, &format!(r#","kid":"{n}""#))).collect();
        check(&many, Some("99"), Algorithm::EdDsa, "99");
        check(&many, Some("100"), Algorithm::EdDsa, "unknown");
    }
}
