//! What the id of a session holds: all that the client said of itself, sealed.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::changes::Filter;
use crate::error::Error;
use crate::protocol::version::ProtocolVersion;
use crate::seal::{Purpose, Seal, unguessable};
use crate::server::{Introduction, Peer};

/// The bytes of JSON that a client may say of itself: a header longer than 8 KiB is refused by many a proxy, and the id
/// of a session is by a third longer than what is in it.
const LONGEST: usize = 4096;

/// A session, as its id describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transport::http) struct Session {
    /// What tells it from all others.
    pub(super) id: String,
    pub(super) revision: ProtocolVersion,
    /// What the client said in `initialize`.
    pub(super) introduction: Arc<Introduction>,
    /// Milliseconds since 1970.
    expires: u64,
}

/// Whose sessions they are: they open for the same server and the same principal alone.
#[derive(Debug)]
pub(super) struct Owner<'a> {
    seal: &'a Seal,
    server: &'a str,
    principal: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    id: &'a str,
    revision: &'a str,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    capabilities: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    info: Option<&'a RawValue>,
    /// Whether tools, prompts and resources are among the lists whose changes it hears of.
    told_of: [bool; 3],
    expires: u64,
}

impl Session {
    /// A new session with a client that has introduced itself.
    ///
    /// # Errors
    ///
    /// When the client said more of itself than an id can hold.
    pub(super) fn begin(peer: &Peer, lifetime: Duration) -> Result<Self, Error> {
        let Introduction { capabilities, info, told_of } = match &peer.introduction {
            Some(introduction) => &**introduction,
            None => &Introduction::default(),
        };
        if capabilities.len() > LONGEST {
            return Err(Error::invalid_params(format!(
                "`params.capabilities` may have at most {LONGEST} bytes here"
            )));
        }
        // The name of a client is nice to know; what it can do has to be known.
        let info = match capabilities.len() + info.len() <= LONGEST {
            true => info.clone(),
            false => Bytes::new(),
        };
        Ok(Self {
            id: unguessable(),
            revision: peer.revision,
            introduction: Arc::new(Introduction {
                capabilities: capabilities.clone(),
                info,
                told_of: told_of.clone(),
            }),
            expires: milliseconds(since_1970() + lifetime),
        })
    }

    /// How long it lasts yet.
    pub(super) fn rest(&self) -> Duration {
        Duration::from_millis(self.expires.saturating_sub(milliseconds(since_1970())))
    }

    /// The id as the client gets it.
    ///
    /// # Errors
    ///
    /// When it cannot be sealed.
    pub(super) fn seal(&self, owner: &Owner<'_>) -> Result<String, Error> {
        let Introduction { capabilities, info, told_of } = &*self.introduction;
        let content = Sealed {
            id: &self.id,
            revision: self.revision.as_str(),
            capabilities: serde_json::from_slice(capabilities).ok(),
            info: serde_json::from_slice(info).ok(),
            told_of: [told_of.tools, told_of.prompts, told_of.resources],
            expires: self.expires,
        };
        serde_json::to_vec(&content)
            .ok()
            .and_then(|content| owner.seal.seal(Purpose::Session, &owner.bound(), &content))
            .ok_or_else(|| Error::internal("a session could not be sealed"))
    }

    /// The session with this id, unless it is no such id, belongs to somebody else, or has expired.
    pub(super) fn open(token: &str, owner: &Owner<'_>) -> Option<Self> {
        let content = Bytes::from(owner.seal.open(Purpose::Session, &owner.bound(), token)?);
        let read: Sealed<'_> = serde_json::from_slice(&content).ok()?;
        let part = |json: Option<&RawValue>| {
            json.map_or_else(Bytes::new, |json| content.slice_ref(json.get().as_bytes()))
        };
        let [tools, prompts, resources] = read.told_of;
        let session = Self {
            id: read.id.to_owned(),
            revision: ProtocolVersion::parse(read.revision)?,
            introduction: Arc::new(Introduction {
                capabilities: part(read.capabilities),
                info: part(read.info),
                told_of: Filter { tools, prompts, resources, uris: Vec::new() },
            }),
            expires: read.expires,
        };
        (!session.rest().is_zero()).then_some(session)
    }
}

impl<'a> Owner<'a> {
    pub(super) fn new(seal: &'a Seal, server: &'a str, principal: String) -> Self {
        Self { seal, server, principal }
    }

    /// What an id is bound to.
    fn bound(&self) -> Vec<u8> {
        // With its length before it, no name of a server can be taken for the beginning of a principal.
        format!("{}:{}{}", self.server.len(), self.server, self.principal).into_bytes()
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealKey;

    fn seal() -> Seal {
        Seal::new([SealKey::from_bytes([1; 32])])
    }

    fn peer(capabilities: usize, info: usize) -> Peer {
        let object = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        Peer {
            introduction: Some(Arc::new(Introduction {
                capabilities: object(capabilities).into(),
                info: object(info).into(),
                told_of: Filter::default(),
            })),
            ..Peer::speaking(ProtocolVersion::V2025_06_18)
        }
    }

    /// A session of `alice` with `server` that lasts for some seconds, opened by another.
    fn check(server: &str, principal: &str, seconds: u64, opens: bool) {
        let session = Session::begin(&peer(10, 20), Duration::from_secs(seconds)).unwrap();
        let seal = seal();
        let token = session.seal(&Owner::new(&seal, "server", "alice".into())).unwrap();
        let opened = Session::open(&token, &Owner::new(&seal, server, principal.into()));
        assert_eq!(opened, opens.then_some(session), "{server} {principal} {seconds}");
    }

    #[test]
    fn an_id_opens_for_its_server_and_principal_until_it_expires() {
        check("server", "alice", 60, true);
        check("server", "alice", u64::MAX / 2, true);
        check("server", "alice", 0, false);
        check("server", "bob", 60, false);
        check("serveralice", "", 60, false);
        check("servera", "lice", 60, false);
    }

    #[test]
    fn what_a_client_says_of_itself_is_cut_down_to_what_is_needed() {
        let begin = |capabilities, info| {
            let session = Session::begin(&peer(capabilities, info), Duration::from_secs(60));
            session.map(|session| {
                let token = session.seal(&Owner::new(&seal(), "s", "p".into())).unwrap();
                assert!(token.len() < 6000 && token.bytes().all(|byte| byte.is_ascii_graphic()));
                (session.introduction.capabilities.len(), session.introduction.info.len())
            })
        };
        assert_eq!(begin(4000, 96).unwrap(), (4000, 96));
        assert_eq!(begin(4000, 97).unwrap(), (4000, 0));
        assert_eq!(begin(4096, 10).unwrap(), (4096, 0));
        assert!(begin(4097, 10).is_err());
    }
}
