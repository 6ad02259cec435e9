//! Answers: the bytes that go out, and what a transport has to know of them.

use std::array::IntoIter;
use std::cell::Cell;
use std::iter::once;

use bytes::Bytes;

use super::json::{Object, array};
use super::version::ProtocolVersion;
use crate::error::{Error, Kind};
use crate::observe::Outcome;

/// The answer to a message.
///
/// A request has an answer, a result or an error; a notification has none. A batch of 2025-03-26 has an array of the
/// answers to its requests.
///
/// ```
/// use minimcp::{MiniMcp, Outbox};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let server: MiniMcp = MiniMcp::new("empty");
/// let reply = server.handle(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, Outbox::none(), ()).await;
/// assert_eq!(reply.as_str(), Some(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#));
///
/// let reply = server.handle(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, Outbox::none(), ()).await;
/// assert!(reply.is_none());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Reply {
    body: Option<Bytes>,
    rest: Option<Rest>,
    error_code: Option<i32>,
    class: Class,
    outcome: Outcome,
    /// The scopes without which the call is refused.
    #[cfg(feature = "auth")]
    needs: Option<Box<[String]>>,
}

/// What comes behind the first piece of an answer: ready text that is shared with other answers, and the end.
///
/// In a box, since few answers have it and all have room for it.
pub(crate) type Rest = Box<IntoIter<Bytes, 2>>;

/// What kind of answer it is, for transports that have statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A result, or an error that belongs to the call.
    Answered,
    /// Nothing to answer.
    Accepted,
    /// The message was refused before anything was called.
    Refused,
    /// The client does not take the only form that the answer can have.
    NotAcceptable,
    /// A modern revision was asked for a method that is not there.
    NoSuchMethod,
    /// As many calls as may are running and waiting.
    Overloaded,
    /// The caller lacks scopes.
    #[cfg(feature = "auth")]
    Forbidden,
}

impl Reply {
    /// The answer as JSON; `None` for a notification.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.body.as_deref().and_then(|body| std::str::from_utf8(body).ok())
    }

    /// The answer as bytes of JSON.
    #[must_use]
    pub fn into_bytes(self) -> Option<Bytes> {
        match (self.body, self.rest) {
            (Some(first), Some(rest)) => {
                Some(once(first).chain(*rest).collect::<Vec<_>>().concat().into())
            }
            (body, _) => body,
        }
    }

    /// The answer in the pieces that it is made of: the first, and what comes behind it.
    #[cfg(feature = "http")]
    pub(crate) fn into_pieces(self) -> Option<(Bytes, Option<Rest>)> {
        self.body.map(|first| (first, self.rest))
    }

    /// Whether there is nothing to answer.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.body.is_none()
    }

    /// The code, if the answer is an error.
    #[must_use]
    pub fn error_code(&self) -> Option<i32> {
        self.error_code
    }

    /// The scopes that the call needs and the caller lacks some of, if that is why it was refused: a transport of your own
    /// can tell the client so.
    #[cfg(feature = "auth")]
    #[must_use]
    pub fn needed_scopes(&self) -> Option<&[String]> {
        self.needs.as_deref()
    }

    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has statuses"))]
    pub(crate) fn class(&self) -> Class {
        self.class
    }

    /// How the call ended, for those who run the server.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(crate) fn with_outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    fn new(body: Option<Bytes>, class: Class) -> Self {
        Self {
            body,
            rest: None,
            error_code: None,
            class,
            outcome: Outcome::Answered,
            #[cfg(feature = "auth")]
            needs: None,
        }
    }

    pub(crate) fn nothing() -> Self {
        Self::new(None, Class::Accepted)
    }

    /// A result whose members `write` adds.
    pub(crate) fn result(id: &str, capacity: usize, write: impl FnOnce(&mut Object<'_>)) -> Self {
        let body = written(64 + id.len() + capacity, |out| {
            out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(br#","result":"#);
            let mut result = Object::open(out);
            write(&mut result);
            result.close();
            out.push(b'}');
        });
        Self::new(Some(body), Class::Answered)
    }

    /// The reply with `text` at a place of its body, as a piece of its own. Its transport has to take pieces.
    pub(crate) fn with_piece(mut self, at: usize, text: Bytes) -> Self {
        if let Some(first) = &mut self.body {
            let end = first.split_off(at.min(first.len()));
            self.rest = Some(Box::new([text, end].into_iter()));
        }
        self
    }

    /// The answers to the messages of a batch: an array, or nothing if none of them has one.
    pub(crate) fn batch(replies: impl IntoIterator<Item = Self>) -> Self {
        let mut answers = replies.into_iter().filter_map(Self::into_bytes).peekable();
        if answers.peek().is_none() {
            return Self::nothing();
        }
        let mut out = Vec::new();
        array(&mut out, answers, |out, answer| out.extend_from_slice(&answer));
        Self::new(Some(out.into()), Class::Answered)
    }

    /// An error; `id` is what the message gave, if it could be read.
    ///
    /// `stage` tells an error of the call from one that kept the call from being made.
    pub(crate) fn error(
        id: Option<&str>,
        revision: Option<ProtocolVersion>,
        error: &Error,
        stage: Stage,
        debug: bool,
    ) -> Self {
        let code = error.code_in(revision.unwrap_or(ProtocolVersion::LATEST_LEGACY));
        let mut out = Vec::with_capacity(160);
        let mut object = Object::open(&mut out);
        object.raw("jsonrpc", br#""2.0""#);
        match id {
            Some(id) => {
                object.raw("id", id);
            }
            None if revision.is_some_and(ProtocolVersion::omits_unknown_id) => (),
            None => {
                object.raw("id", b"null");
            }
        }
        object.object("error", |object| {
            object.member("code", &code).member("message", error.public_message());
            match error.data() {
                Some(data) => {
                    object.raw("data", data);
                }
                None if debug && error.message() != error.public_message() => {
                    object.object("data", |data| {
                        data.member("detail", error.message());
                    });
                }
                None => (),
            }
        });
        object.close();
        let modern = revision.is_some_and(ProtocolVersion::is_modern);
        let class = match error.kind() {
            Kind::Overloaded | Kind::Stopping => Class::Overloaded,
            Kind::NotAcceptable => Class::NotAcceptable,
            #[cfg(feature = "auth")]
            Kind::InsufficientScope => Class::Forbidden,
            Kind::Parse
            | Kind::InvalidRequest
            | Kind::HeaderMismatch
            | Kind::UnsupportedVersion
            | Kind::MissingCapability => Class::Refused,
            Kind::MethodNotFound if modern => Class::NoSuchMethod,
            _ if modern && stage == Stage::Before => Class::Refused,
            _ => Class::Answered,
        };
        Self {
            error_code: Some(code),
            outcome: Outcome::of(error.kind()),
            #[cfg(feature = "auth")]
            needs: error.needed_scopes().map(Into::into),
            ..Self::new(Some(out.into()), class)
        }
    }
}

/// What `write` writes, `capacity` bytes or so.
///
/// A short answer is written into a buffer that the thread keeps, and copied at its length: bytes that are made of a
/// vector with room left over cost an allocation more, to remember the room.
fn written(capacity: usize, write: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    const SHORT: usize = 4096;
    thread_local!(static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });
    if capacity > SHORT {
        let mut out = Vec::with_capacity(capacity);
        write(&mut out);
        return out.into();
    }
    let mut out = BUFFER.take();
    out.clear();
    write(&mut out);
    // It may have become longer than was thought.
    if out.capacity() > 4 * SHORT {
        return out.into();
    }
    let written = Bytes::copy_from_slice(&out);
    BUFFER.set(out);
    written
}

/// When an error came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the method was looked at.
    Before,
    /// In the method.
    Method,
}
