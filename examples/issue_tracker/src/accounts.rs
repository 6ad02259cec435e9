//! Who may sign in: names, and salted hashes of their passwords.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::sync::Semaphore;

/// What a request without a valid name and password is answered with, in the header `WWW-Authenticate`.
pub const CHALLENGE: &str = r#"Basic realm="issues", charset="UTF-8""#;

/// Names and passwords for trying the example out. They are public: serve nobody but yourself with them.
const DEMO: [(&str, &str); 2] = [("alice", "wonderland"), ("bob", "builder")];

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
}

/// Those who may sign in.
pub struct Accounts {
    hashes: Arc<BTreeMap<String, PasswordHash>>,
    /// A hash takes much time and memory, on purpose; no more are made at once than there are processors.
    turns: Arc<Semaphore>,
}

impl Accounts {
    /// Reads accounts, one on a line, as [`account`] writes them.
    ///
    /// # Errors
    ///
    /// The first line that is no account.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut hashes = BTreeMap::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let account =
                line.split_once(':').filter(|(name, _)| is_name(name)).and_then(|(name, hash)| {
                    Some((name.to_owned(), PasswordHash::new(hash.trim()).ok()?))
                });
            let Some((name, hash)) = account else {
                return Err(format!("line {number} is not `name:hash`"));
            };
            if hashes.insert(name, hash).is_some() {
                return Err(format!("line {number} has the name of an earlier one"));
            }
        }
        let at_once = available_parallelism().map_or(1, usize::from);
        Ok(Self { hashes: Arc::new(hashes), turns: Arc::new(Semaphore::new(at_once)) })
    }

    /// The accounts for trying the example out: `alice` with the password `wonderland`, and `bob` with `builder`.
    ///
    /// # Errors
    ///
    /// When the system has no randomness for salts.
    pub fn demo() -> Result<Self, String> {
        let lines: Result<Vec<_>, _> =
            DEMO.iter().map(|(name, password)| account(name, password)).collect();
        Self::parse(&lines?.join("\n"))
    }

    /// Who sends a request with this header `Authorization`, if the name and the password are right.
    pub async fn sign_in(&self, authorization: &[u8]) -> Option<User> {
        let (name, password) = basic_credentials(authorization)?;
        let turn = self.turns.clone().acquire_owned().await.ok()?;
        let hashes = self.hashes.clone();
        let checked = tokio::task::spawn_blocking(move || {
            // Kept until here is done, even when the client has gone away by then.
            let _turn = turn;
            let known = hashes.get(&name);
            // An unknown name takes as long as a known one, or the time would tell which names there are.
            let hash = known.or_else(|| hashes.values().next())?;
            let right = Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
            (known.is_some() && right).then_some(User { name })
        });
        checked.await.ok()?
    }
}

/// Writes the line of an account: the name, and the hash of the password with a salt of its own.
///
/// # Errors
///
/// When the name cannot be one, or the system has no randomness for a salt.
pub fn account(name: &str, password: &str) -> Result<String, String> {
    if !is_name(name) {
        return Err(format!(
            "`{name}` is no name: it may not be empty nor have a colon or a line break"
        ));
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(format!("{name}:{}", hash.map_err(|error| error.to_string())?))
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && !name.contains(|character: char| character == ':' || character.is_control())
}

/// Reads the header of RFC 7617.
fn basic_credentials(authorization: &[u8]) -> Option<(String, String)> {
    let (scheme, encoded) = str::from_utf8(authorization).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(())?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

impl fmt::Debug for Accounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.hashes.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_the_rfc_writes_them() {
        let check = |header: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(name, password)| (name.into(), password.into()));
            assert_eq!(basic_credentials(header.as_bytes()), expected, "{header}");
        };
        check("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Some(("Aladdin", "open sesame")));
        check("bAsIc  dGVzdDoxMjPCow==", Some(("test", "123£")));
        check("Basic YTpiOmM=", Some(("a", "b:c")));
        for header in ["", "Basic", "Basic YQ==", "Basic !", "Basic /////w==", "Bearer YTpi"] {
            check(header, None);
        }
    }

    #[test]
    fn accounts_are_read_as_they_are_written() -> Result<(), String> {
        let (alice, bob) = (account("alice", "x")?, account("bob", "x")?);
        assert_ne!(alice.split_once(':').map(|it| it.1), bob.split_once(':').map(|it| it.1));
        assert_eq!(
            format!("{:?}", Accounts::parse(&format!("{alice}\n\n{bob}\n"))?),
            r#"{"alice", "bob"}"#
        );
        for (text, problem) in [
            ("alice", "line 1 is not `name:hash`"),
            ("\nalice:secret", "line 2 is not `name:hash`"),
            (&alice.replacen("alice", "", 1), "line 1 is not `name:hash`"),
            (&format!("{alice}\n{alice}"), "line 2 has the name of an earlier one"),
        ] {
            assert_eq!(Accounts::parse(text).err().as_deref(), Some(problem), "{text}");
        }
        assert!(account("a:b", "x").is_err());
        Ok(())
    }

    #[tokio::test]
    async fn the_right_password_alone_signs_in() -> Result<(), String> {
        let accounts = Accounts::demo()?;
        for (credentials, name) in [
            ("alice:wonderland", Some("alice")),
            ("bob:builder", Some("bob")),
            ("alice:builder", None),
            ("Alice:wonderland", None),
            // The first hash stands in for that of an unknown name, and must not let it in.
            ("carol:wonderland", None),
            ("alice:", None),
        ] {
            let header = format!("Basic {}", BASE64_STANDARD.encode(credentials));
            let user = accounts.sign_in(header.as_bytes()).await;
            assert_eq!(user.map(|user| user.name).as_deref(), name, "{credentials}");
        }
        Ok(())
    }
}
