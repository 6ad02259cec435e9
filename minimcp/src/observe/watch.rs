//! The watch over one request, from the time that it was read to its answer.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "metrics")]
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Span, field};

#[cfg(feature = "metrics")]
use super::meters::{Keys, of_method};
use super::{Outcome, Plain};
use crate::call::TraceContext;
use crate::protocol::version::ProtocolVersion;

/// A request that may be watched, if anybody is interested. One that is dropped before its end was cancelled.
pub(crate) struct Watched(Option<Kept>);

/// In a box, since most of the time nobody is interested; numbers are taken of every request.
#[cfg(not(feature = "metrics"))]
type Kept = Box<CallWatch>;
#[cfg(feature = "metrics")]
type Kept = CallWatch;

/// The span of a request, and what is recorded of it in the end.
struct CallWatch {
    span: Span,
    begun: Instant,
    over: AtomicBool,
    /// Of the method, until the handler is known.
    #[cfg(feature = "metrics")]
    method: &'static Keys,
    #[cfg(feature = "metrics")]
    handler: OnceLock<Arc<Keys>>,
}

/// Inside of the span, until this is dropped.
pub(crate) struct Inside<'w>(&'w Watched);

impl Watched {
    /// Begins the watch. What `about` gives is looked at only if there is a subscriber that wants to know.
    pub(crate) fn begin<'n>(
        method: &str,
        revision: ProtocolVersion,
        about: impl FnOnce() -> (Option<Cow<'n, str>>, TraceContext),
    ) -> Self {
        let span = tracing::info_span!(
            target: "minimcp::call",
            "call",
            method = %Plain(method),
            handler = Empty,
            revision = revision.as_str(),
            outcome = Empty,
            duration_ms = Empty,
            trace_id = Empty,
            parent_span_id = Empty,
        );
        if !cfg!(feature = "metrics") && span.is_disabled() {
            return Self(None);
        }
        if !span.is_disabled() {
            let (handler, trace) = about();
            if let Some(handler) = handler {
                span.record("handler", field::display(Plain(&handler)));
            }
            if let (Some(trace), Some(parent)) = (trace.trace_id(), trace.span_id()) {
                span.record("trace_id", trace).record("parent_span_id", parent);
            }
        }
        let watch = CallWatch {
            span,
            begun: Instant::now(),
            over: AtomicBool::new(false),
            #[cfg(feature = "metrics")]
            method: of_method(method),
            #[cfg(feature = "metrics")]
            handler: OnceLock::new(),
        };
        #[cfg(not(feature = "metrics"))]
        let watch = Box::new(watch);
        Self(Some(watch))
    }

    /// Says which handler the request turned out to be for.
    #[cfg(feature = "metrics")]
    pub(crate) fn is_of(&self, keys: impl FnOnce() -> Arc<Keys>) {
        if let Some(watch) = &self.0 {
            watch.handler.get_or_init(keys);
        }
    }

    /// Goes into the span, if there is one.
    pub(crate) fn enter(&self) -> Inside<'_> {
        if let Some(watch) = &self.0 {
            watch.span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
        }
        Inside(self)
    }

    /// Ends the watch.
    pub(crate) fn end(&self, outcome: Outcome) {
        if let Some(watch) = &self.0 {
            watch.record(outcome);
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if let Some(watch) = &self.0.0 {
            watch.span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
        }
    }
}

impl CallWatch {
    fn record(&self, outcome: Outcome) {
        self.over.store(true, Ordering::Relaxed);
        let duration = self.begun.elapsed();
        if !self.span.is_disabled() {
            self.span.record("outcome", outcome.word());
            self.span.record("duration_ms", duration.as_secs_f64() * 1000.0);
        }
        #[cfg(feature = "metrics")]
        match self.handler.get() {
            Some(keys) => keys.record(outcome, duration),
            None => self.method.record(outcome, duration),
        }
    }
}

impl Drop for CallWatch {
    fn drop(&mut self) {
        if !*self.over.get_mut() {
            self.record(Outcome::Cancelled);
        }
    }
}

/// Something was turned away before it became a call.
pub(crate) fn refused(reason: &'static str) {
    #[cfg(feature = "metrics")]
    super::names::refused(reason);
    #[cfg(not(feature = "metrics"))]
    let _ = reason;
}

/// A session began.
#[cfg(feature = "sessions")]
pub(crate) fn session_begun() {
    #[cfg(feature = "metrics")]
    super::names::count(super::names::SESSIONS_BEGUN);
}

/// A client ended its session.
#[cfg(feature = "sessions")]
pub(crate) fn session_ended() {
    #[cfg(feature = "metrics")]
    super::names::count(super::names::SESSIONS_ENDED);
}
