//! State that is given to clients to keep: nobody but a server with the key can read it, change it or make it up.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// A key that seals what clients keep for the server: 32 bytes that are secret.
///
/// A server without keys of its own makes one when it starts, so what it sealed is worth nothing after a restart, or
/// to another process. Processes that are to answer for each other share keys; see
/// [`MiniMcp::seal_keys`](crate::MiniMcp::seal_keys).
///
/// ```
/// use minimcp::SealKey;
///
/// // From the environment, say: the output of `openssl rand -base64 32`.
/// let key = SealKey::parse("3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8=")?;
/// assert_eq!(format!("{key:?}"), "SealKey(…)");
/// # Ok::<_, minimcp::InvalidSealKey>(())
/// ```
#[derive(Clone)]
pub struct SealKey(Key);

/// The text is no key: it is not the base64 of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSealKey;

impl SealKey {
    /// A new key from the random numbers of the operating system.
    ///
    /// # Panics
    ///
    /// If the operating system has none.
    #[must_use]
    pub fn generate() -> Self {
        Self(Key::generate())
    }

    /// The key that consists of these bytes. They have to be random: a password is no key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// Reads a key from its base64, with or without padding, in either alphabet.
    ///
    /// # Errors
    ///
    /// When the text is not the base64 of 32 bytes.
    pub fn parse(base64: &str) -> Result<Self, InvalidSealKey> {
        let text = base64.trim();
        let bytes =
            STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')));
        let bytes: [u8; 32] =
            bytes.ok().and_then(|bytes| bytes.try_into().ok()).ok_or(InvalidSealKey)?;
        Ok(Self::from_bytes(bytes))
    }
}

/// The keys of a server: the first one seals, all of them open.
#[derive(Clone)]
pub(crate) struct Seal {
    ciphers: Arc<[XChaCha20Poly1305]>,
}

/// What a sealed text is for: one that was made for one purpose is refused for any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The state of a call that waits for answers of the client.
    #[cfg_attr(not(feature = "ask"), allow(dead_code, reason = "what only asking seals"))]
    RequestState,
    /// The session of an HTTP client.
    #[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "what only sessions seal"))]
    Session,
}

/// The first byte of what is sealed: how it was sealed, so that this can change one day.
const VERSION: u8 = 1;
const NONCE: usize = 24;

impl Seal {
    pub(crate) fn new(keys: impl IntoIterator<Item = SealKey>) -> Self {
        Self { ciphers: keys.into_iter().map(|key| XChaCha20Poly1305::new(&key.0)).collect() }
    }

    /// Seals `content`; it opens only with the same purpose and the same `bound` bytes.
    pub(crate) fn seal(&self, purpose: Purpose, bound: &[u8], content: &[u8]) -> Option<String> {
        // 192 bits: chosen at random for each text, by any number of processes, without ever choosing one twice.
        let nonce = XNonce::generate();
        let aad = associated(purpose, bound);
        let sealed =
            self.ciphers.first()?.encrypt(&nonce, Payload { msg: content, aad: &aad }).ok()?;
        let token = [&[VERSION], nonce.as_slice(), &sealed].concat();
        Some(URL_SAFE_NO_PAD.encode(token))
    }

    /// Opens what [`seal`](Self::seal) gave; `None` for anything else.
    pub(crate) fn open(&self, purpose: Purpose, bound: &[u8], token: &str) -> Option<Vec<u8>> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (&version, token) = token.split_first()?;
        let (nonce, sealed) = token.split_at_checked(NONCE)?;
        let nonce = XNonce::try_from(nonce).ok().filter(|_| version == VERSION)?;
        let aad = associated(purpose, bound);
        self.ciphers
            .iter()
            .find_map(|cipher| cipher.decrypt(&nonce, Payload { msg: sealed, aad: &aad }).ok())
    }
}

/// A text that nobody can guess and that is never made twice: 192 random bits.
#[cfg_attr(not(feature = "sessions"), allow(dead_code, reason = "what only sessions name"))]
pub(crate) fn unguessable() -> String {
    URL_SAFE_NO_PAD.encode(XNonce::generate())
}

fn associated(purpose: Purpose, bound: &[u8]) -> Vec<u8> {
    let purpose: &[u8] = match purpose {
        Purpose::RequestState => b"minimcp request state\0",
        Purpose::Session => b"minimcp session\0",
    };
    [purpose, bound].concat()
}

impl fmt::Debug for SealKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealKey(…)")
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seal").field("keys", &self.ciphers.len()).finish()
    }
}

impl fmt::Display for InvalidSealKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "a key is the base64 of 32 random bytes, as `openssl rand -base64 32` prints it",
        )
    }
}

impl std::error::Error for InvalidSealKey {}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealKey {
        SealKey::from_bytes([byte; 32])
    }

    fn check(keys: &[u8], purpose: Purpose, bound: &str, token: &str, opens: bool) {
        let seal = Seal::new(keys.iter().copied().map(key));
        let opened = seal.open(purpose, bound.as_bytes(), token);
        assert_eq!(
            opened,
            opens.then(|| b"content".to_vec()),
            "{keys:?} {purpose:?} {bound} {token}"
        );
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_purpose_and_nothing_else() {
        let seal = Seal::new([key(1), key(2)]);
        let token = seal.seal(Purpose::RequestState, b"alice", b"content").unwrap();
        check(&[1], Purpose::RequestState, "alice", &token, true);
        check(&[3, 1], Purpose::RequestState, "alice", &token, true);
        check(&[2], Purpose::RequestState, "alice", &token, false);
        check(&[], Purpose::RequestState, "alice", &token, false);
        check(&[1], Purpose::RequestState, "bob", &token, false);
        check(&[1], Purpose::Session, "alice", &token, false);
    }

    #[test]
    fn no_character_can_be_changed_or_left_out() {
        let seal = Seal::new([key(1)]);
        let token = seal.seal(Purpose::Session, b"", b"content").unwrap();
        for index in 0..token.len() {
            let other = if token.as_bytes()[index] == b'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(index..=index, other);
            check(&[1], Purpose::Session, "", &changed, false);
            check(&[1], Purpose::Session, "", &token[..index], false);
        }
        for garbage in ["", "x", "-TAMPERED", "AQ", "ünicode"] {
            check(&[1], Purpose::Session, "", garbage, false);
        }
    }

    #[test]
    fn keys_are_read_from_text() {
        let bytes = STANDARD.encode([0xfb; 32]);
        for text in
            [bytes.as_str(), &format!(" {bytes}\n"), &bytes.replace('+', "-").replace('/', "_")]
        {
            assert!(SealKey::parse(text).is_ok(), "{text}");
        }
        for text in ["", "password", &STANDARD.encode([1; 31]), &STANDARD.encode([1; 33])] {
            assert_eq!(SealKey::parse(text).err(), Some(InvalidSealKey), "{text}");
        }
    }
}
