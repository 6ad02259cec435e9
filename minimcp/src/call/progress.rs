//! Telling the client how far a call has come.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

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

/// A report under way.
///
/// ```
/// use minimcp::{tool, Progress, Reported};
///
/// /// Work, and report it
/// #[tool]
/// async fn work(progress: Progress) -> String {
///     let sending = progress.report(0.5).into_future();
///     match sending.await {
///         Reported::NotAsked => "done, and nobody wanted to know how far it was".to_owned(),
///         _ => "done".to_owned(),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "a report is sent when it is awaited"]
pub struct Reporting<'p>(Report<'p>);

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
            && !shared.standing.is_ended()
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

    fn poll_send(&self, context: &mut Context<'_>) -> Poll<Reported> {
        let shared = &self.call.shared;
        shared.activity.touch();
        let Some(token) = &shared.about.progress_token else {
            return Poll::Ready(Reported::NotAsked);
        };
        if shared.standing.is_ended() {
            return Poll::Ready(Reported::Closed);
        }
        let outbox = shared.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = outbox.poll_write(context, |out| {
            let more = shared.progress.advance(self.progress);
            if more {
                self.write(out, text(token));
            }
            more
        });
        sent.map(|sent| match sent {
            Ok(true) => Reported::Sent,
            Ok(false) => Reported::NotIncreasing,
            Err(_) => Reported::Closed,
        })
    }

    /// Writes the notification.
    fn write(&self, out: &mut Vec<u8>, token: &str) {
        out.extend_from_slice(br#"{"jsonrpc":"2.0","method":"notifications/progress","params":"#);
        let mut params = Object::open(out);
        params.raw("progressToken", token).member("progress", &self.progress);
        params.optional("total", self.total.filter(|total| total.is_finite()));
        if self.call.revision().has_progress_message() {
            params.optional("message", self.message.as_deref());
        }
        params.close();
        out.push(b'}');
    }
}

impl<'p> IntoFuture for Report<'p> {
    type Output = Reported;
    type IntoFuture = Reporting<'p>;

    fn into_future(self) -> Reporting<'p> {
        Reporting(self)
    }
}

impl Future for Reporting<'_> {
    type Output = Reported;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reported> {
        self.0.poll_send(context)
    }
}

/// The last progress that was reported: the bits of a number. Only who has the outbox changes it.
#[derive(Debug)]
pub(super) struct Last(AtomicU64);

impl Default for Last {
    fn default() -> Self {
        Self(AtomicU64::new(f64::NEG_INFINITY.to_bits()))
    }
}

impl Last {
    /// Whether this value is more than the last one, which it then replaces.
    fn advance(&self, progress: f64) -> bool {
        let last = f64::from_bits(self.0.load(Ordering::Relaxed));
        let more = progress.is_finite() && progress > last;
        if more {
            self.0.store(progress.to_bits(), Ordering::Relaxed);
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
