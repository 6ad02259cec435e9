//! Telling the client how far a call has come.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use super::{Call, text};
use crate::protocol::json::Object;

/// Tells the client how far the call has come.
///
/// A parameter of this type is filled in, not asked for. It is always there: when the client did not ask for
/// progress, or the transport cannot carry it, a report does nothing but start the idle timeout anew.
///
/// ```
/// use minimcp::{tool, Progress};
///
/// /// Copy some files
/// #[tool]
/// async fn copy(files: Vec<String>, progress: Progress) -> String {
///     for (done, file) in files.iter().enumerate() {
///         progress.report(done as f64).total(files.len() as f64).message(file).await;
///     }
///     format!("copied {} files", files.len())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Progress {
    call: Call,
}

/// A report under construction; it is sent when it is awaited.
#[derive(Debug)]
#[must_use = "a report is sent when it is awaited"]
pub struct Report<'p> {
    call: &'p Call,
    progress: f64,
    total: Option<f64>,
    message: Option<String>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reported {
    /// It was sent.
    Sent,
    /// The client did not ask for progress.
    NotAsked,
    /// It was not sent, because progress has to increase with every report.
    NotIncreasing,
    /// It was not sent, because nobody listens any more.
    Closed,
}

impl Progress {
    pub(super) fn of(call: Call) -> Self {
        Self { call }
    }

    /// Whether a report would reach anyone now: the client asked for progress, and still listens.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        let shared = &self.call.shared;
        shared.about.progress_token.is_some()
            && self.call.outbox().is_open()
            && !shared.ended.is_set()
    }

    /// Reports progress when awaited (Progress, all revisions). The value has to increase with every report and may
    /// have any unit; say the [`total`](Report::total) if it is known.
    pub fn report(&self, progress: f64) -> Report<'_> {
        Report { call: &self.call, progress, total: None, message: None }
    }
}

impl Report<'_> {
    /// The value at which the work will be done.
    pub fn total(mut self, total: f64) -> Self {
        self.total = Some(total);
        self
    }

    /// What is happening, for people. Known from revision 2025-03-26 on.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    async fn send(self) -> Reported {
        let shared = &self.call.shared;
        shared.activity.touch();
        let Some(token) = &shared.about.progress_token else { return Reported::NotAsked };
        let outbox = self.call.outbox();
        if shared.ended.is_set() || !outbox.is_open() {
            return Reported::Closed;
        }
        if !shared.progress.advance(self.progress) {
            return Reported::NotIncreasing;
        }
        let notification = self.notification(text(token));
        match outbox.send(notification).await {
            Ok(()) => Reported::Sent,
            Err(_) => Reported::Closed,
        }
    }

    fn notification(&self, token: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(160);
        let mut object = Object::open(&mut out);
        object.raw("jsonrpc", br#""2.0""#).raw("method", br#""notifications/progress""#);
        object.object("params", |params| {
            params.raw("progressToken", token).member("progress", &self.progress);
            params.optional("total", self.total.filter(|total| total.is_finite()));
            if self.call.revision().has_progress_message() {
                params.optional("message", self.message.as_deref());
            }
        });
        object.close();
        out
    }
}

impl<'p> IntoFuture for Report<'p> {
    type Output = Reported;
    type IntoFuture = Pin<Box<dyn Future<Output = Reported> + Send + 'p>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// The last progress that was reported.
#[derive(Debug, Default)]
pub(super) struct Last(Mutex<Option<f64>>);

impl Last {
    /// Whether this value is more than the last one, which it then replaces.
    fn advance(&self, progress: f64) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more = progress.is_finite() && last.is_none_or(|last| progress > last);
        if more {
            *last = Some(progress);
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::About;
    use crate::outbox::Outbox;
    use crate::protocol::version::ProtocolVersion;

    fn about(token: Option<&'static str>, revision: ProtocolVersion) -> About {
        About {
            revision: Some(revision),
            progress_token: token.map(Into::into),
            ..About::default()
        }
    }

    #[tokio::test]
    async fn reports_have_the_shape_of_their_revision() {
        for (revision, message) in [
            (ProtocolVersion::V2024_11_05, ""),
            (ProtocolVersion::V2025_03_26, r#","message":"half""#),
        ] {
            let (outbox, mut inbox) = Outbox::channel(4);
            let call = Call::new(about(Some("\"t\""), revision), outbox);
            assert_eq!(
                call.progress().report(0.5).total(1.0).message("half").await,
                Reported::Sent
            );
            let expected = format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":"t","progress":0.5,"total":1.0{message}}}}}"#
            );
            judge::notification(revision.as_str(), &expected);
            assert_eq!(inbox.recv().await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn only_increasing_progress_is_sent_and_nothing_after_the_end() {
        let (outbox, mut inbox) = Outbox::channel(4);
        let call = Call::new(about(Some("1"), ProtocolVersion::LATEST), outbox);
        let progress = call.progress();
        assert_eq!(progress.report(1.0).await, Reported::Sent);
        for value in [1.0, 0.5, f64::NAN, f64::INFINITY] {
            assert_eq!(progress.report(value).await, Reported::NotIncreasing);
        }
        call.end();
        assert_eq!(progress.report(2.0).await, Reported::Closed);
        assert!(inbox.try_recv().is_some());
        assert!(inbox.try_recv().is_none());
    }

    #[tokio::test]
    async fn nothing_is_sent_when_nobody_asked() {
        let (outbox, mut inbox) = Outbox::channel(4);
        let call = Call::new(about(None, ProtocolVersion::LATEST), outbox);
        assert_eq!(call.progress().report(1.0).await, Reported::NotAsked);
        assert!(inbox.try_recv().is_none());
    }
}
