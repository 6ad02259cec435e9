//! An authorization server as far as a resource server sees one: metadata, keys, tokens.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const RESOURCE: &str = "https://mcp.example.com/mcp";

/// A running issuer; it ends with the runtime of its test.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    keys: Arc<Mutex<Vec<Value>>>,
    fetched: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
}

/// A key with which it signs.
pub(crate) struct Key {
    id: &'static str,
    pair: Pair,
}

enum Pair {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Issuer {
    /// Begins to serve these keys.
    pub(crate) async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = format!("http://{}", listener.local_addr().unwrap());
        let issuer =
            Self { name, keys: Arc::default(), fetched: Arc::default(), down: Arc::default() };
        issuer.publish(keys);
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(published))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        issuer
    }

    /// Replaces the keys.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        *self.keys.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    pub(crate) fn publish_json(&self, key: Value) {
        self.keys.lock().unwrap().push(key);
    }

    pub(crate) fn go_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// How often the keys were fetched.
    pub(crate) fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }

    /// The claims of a good token.
    pub(crate) fn claims(&self) -> Value {
        json!({ "iss": self.name, "aud": RESOURCE, "sub": "ada", "exp": now() + 300, "client_id": "c" })
    }
}

async fn metadata(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "issuer": issuer.name, "jwks_uri": format!("{}/keys", issuer.name) }))
}

async fn published(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    issuer.fetched.fetch_add(1, Ordering::Relaxed);
    match issuer.down.load(Ordering::Relaxed) {
        true => Err(StatusCode::SERVICE_UNAVAILABLE),
        false => Ok(Json(json!({ "keys": *issuer.keys.lock().unwrap() }))),
    }
}

impl Key {
    pub(crate) fn ed(id: &'static str) -> Self {
        Self { id, pair: Pair::Ed(Ed25519KeyPair::generate().unwrap()) }
    }

    pub(crate) fn ec(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id, pair: Pair::Ec(pair) }
    }

    pub(crate) fn rsa(id: &'static str) -> Self {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        Self { id, pair: Pair::Rsa(pair) }
    }

    /// The public part, which everybody can know.
    pub(crate) fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                pair.public_key().modulus().big_endian_without_leading_zero().to_vec()
            }
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let public = self.public();
        match &self.pair {
            Pair::Ed(_) => {
                json!({ "kid": self.id, "kty": "OKP", "crv": "Ed25519", "x": encode(&public) })
            }
            Pair::Ec(_) => {
                let (x, y) = public[1..].split_at(32);
                json!({ "kid": self.id, "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y), "use": "sig" })
            }
            Pair::Rsa(pair) => {
                let e = pair.public_key().exponent().big_endian_without_leading_zero().to_vec();
                json!({ "kid": self.id, "kty": "RSA", "alg": "RS256", "n": encode(&public), "e": encode(&e) })
            }
        }
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::Ed(_) => "EdDSA",
            Pair::Ec(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// A good token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&json!({ "alg": self.algorithm(), "kid": self.id, "typ": "at+jwt" }), claims)
    }

    /// A token with any header, signed with this key whatever the header says.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let bytes = message.as_bytes();
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Ed(pair) => pair.sign(bytes).as_ref().to_vec(),
            Pair::Ec(pair) => pair.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
        };
        format!("{message}.{}", encode(&signature))
    }
}

pub(crate) fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
