//! Telling the client what is going on.

use std::fmt;

use serde::Serialize;

use super::Call;
use crate::protocol::json::Object;

/// Sends log messages to the client, which may show them to people (all revisions, Logging).
///
/// A parameter of this type is filled in, not asked for. It is always there: a message that is less severe than what the
/// client asked for, or that the transport cannot carry, is dropped. From 2026-07-28 on a client asks with each request, by
/// `io.modelcontextprotocol/logLevel` in its `_meta`; before, with `logging/setLevel` for the connection, on which
/// messages from [`LogLevel::Info`] on are sent until then. Sent or not, a message starts the idle timeout anew.
///
/// This is for the client. What the server's own people need to know goes to `tracing`; nothing secret belongs here.
///
/// Logging is deprecated from 2026-07-28 on: clients of that revision may still ask for it, and later ones need not.
///
/// ```
/// use minimcp::{tool, Log, LogLevel};
/// use serde_json::json;
///
/// /// Import a file
/// #[tool]
/// async fn import(path: &str, log: Log) -> &'static str {
///     log.info(format!("reading {path}")).await;
///     log.named("parser").send(LogLevel::Warning, &json!({ "line": 7, "problem": "no comma" })).await;
///     "imported"
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Log {
    call: Call,
    logger: Option<String>,
}

/// How severe a log message is, least severe first (RFC 5424).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogLevel {
    /// For those who look for a mistake.
    Debug,
    /// What goes on.
    Info,
    /// What is normal and worth knowing.
    Notice,
    /// What may become a problem.
    Warning,
    /// What failed.
    Error,
    /// What fails for good.
    Critical,
    /// What somebody has to see to at once.
    Alert,
    /// What makes everything fail.
    Emergency,
}

impl Log {
    pub(super) fn of(call: Call) -> Self {
        Self { call, logger: None }
    }

    /// The same log under a name, which tells the parts of a program apart.
    #[must_use]
    pub fn named(&self, logger: impl Into<String>) -> Self {
        Self { call: self.call.clone(), logger: Some(logger.into()) }
    }

    /// Whether a message of this level would be sent.
    #[must_use]
    pub fn is_wanted(&self, level: LogLevel) -> bool {
        let shared = &self.call.shared;
        let asked = shared.about.log_level.is_some_and(|least| level >= least);
        asked && self.call.outbox().is_open() && !shared.standing.is_ended()
    }

    /// Sends text at the level [`LogLevel::Debug`].
    pub async fn debug(&self, text: impl AsRef<str> + Send) {
        self.send(LogLevel::Debug, text.as_ref()).await;
    }

    /// Sends text at the level [`LogLevel::Info`].
    pub async fn info(&self, text: impl AsRef<str> + Send) {
        self.send(LogLevel::Info, text.as_ref()).await;
    }

    /// Sends text at the level [`LogLevel::Warning`].
    pub async fn warning(&self, text: impl AsRef<str> + Send) {
        self.send(LogLevel::Warning, text.as_ref()).await;
    }

    /// Sends text at the level [`LogLevel::Error`].
    pub async fn error(&self, text: impl AsRef<str> + Send) {
        self.send(LogLevel::Error, text.as_ref()).await;
    }

    /// Sends any value at any level. A value that cannot be JSON is sent as `null`.
    pub async fn send<T: Serialize + ?Sized>(&self, level: LogLevel, data: &T) {
        self.call.keep_alive();
        if !self.is_wanted(level) {
            return;
        }
        let message = self.notification(level, data);
        // Nobody listens any more: then nobody misses the message either.
        let _ = self.call.outbox().send(message).await;
    }

    fn notification<T: Serialize + ?Sized>(&self, level: LogLevel, data: &T) -> Vec<u8> {
        let mut out = Vec::with_capacity(160);
        let mut object = Object::open(&mut out);
        object.raw("jsonrpc", br#""2.0""#).raw("method", br#""notifications/message""#);
        object.object("params", |params| {
            params.member("level", level.as_str()).optional("logger", self.logger.as_deref());
            params.member("data", data);
        });
        object.close();
        out
    }
}

impl LogLevel {
    /// Every level, least severe first.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The level of this name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }

    /// The name of the level, as it goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::About;
    use crate::outbox::Outbox;
    use crate::protocol::version::ProtocolVersion;

    async fn check(asked: Option<LogLevel>, expected: &[&str]) {
        let (outbox, mut inbox) = Outbox::channel(8);
        let call = Call::new(About { log_level: asked, ..About::default() }, outbox);
        let log = call.log();
        log.debug("a").await;
        log.named("part").send(LogLevel::Error, &[1]).await;
        call.end();
        log.error("late").await;
        for message in expected {
            for revision in ProtocolVersion::ALL {
                judge::notification(revision.as_str(), message);
            }
            assert_eq!(inbox.try_recv().unwrap(), message.as_bytes());
        }
        assert_eq!(inbox.try_recv(), None);
    }

    #[tokio::test]
    async fn messages_are_sent_from_the_level_that_was_asked_for() {
        let debug = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"debug","data":"a"}}"#;
        let error = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","logger":"part","data":[1]}}"#;
        check(None, &[]).await;
        check(Some(LogLevel::Debug), &[debug, error]).await;
        check(Some(LogLevel::Error), &[error]).await;
        check(Some(LogLevel::Alert), &[]).await;
    }
}
