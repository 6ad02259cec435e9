//! The watch over one request, from the time that it was read to its answer.

#[cfg(feature = "metrics")]
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Span, field};

#[cfg(feature = "metrics")]
use super::meters::{Keys, of_method};
use super::{Outcome, Plain};
use crate::call::TraceContext;

/// The span of a request, and what is recorded of it in the end. One that is dropped was cancelled.
pub(crate) struct CallWatch<'m> {
    span: Span,
    /// `None` if nobody wants to know how long it took.
    begun: Option<Instant>,
    over: bool,
    #[cfg(feature = "metrics")]
    method: &'m str,
    #[cfg(feature = "metrics")]
    handled: &'m Handled,
    #[cfg(not(feature = "metrics"))]
    _of: std::marker::PhantomData<&'m str>,
}

/// Which handler a request turned out to be for.
#[cfg(feature = "metrics")]
#[derive(Debug, Default)]
pub(crate) struct Handled(pub(crate) OnceLock<Arc<Keys>>);

impl<'m> CallWatch<'m> {
    /// Begins the watch. What `about` gives is looked at only if there is a subscriber that wants to know.
    pub(crate) fn begin<'n>(
        method: &'m str,
        revision: &'static str,
        about: impl FnOnce() -> (Option<std::borrow::Cow<'n, str>>, TraceContext),
        #[cfg(feature = "metrics")] handled: &'m Handled,
    ) -> Self {
        let span = tracing::info_span!(
            target: "minimcp::call",
            "call",
            method = %Plain(method),
            handler = Empty,
            revision,
            outcome = Empty,
            duration_ms = Empty,
            trace_id = Empty,
            parent_span_id = Empty,
        );
        if !span.is_disabled() {
            let (name, trace) = about();
            if let Some(name) = name {
                span.record("handler", field::display(Plain(&name)));
            }
            if let (Some(trace), Some(parent)) = (trace.trace_id(), trace.span_id()) {
                span.record("trace_id", trace).record("parent_span_id", parent);
            }
        }
        let timed = cfg!(feature = "metrics") || !span.is_disabled();
        Self {
            span,
            begun: timed.then(Instant::now),
            over: false,
            #[cfg(feature = "metrics")]
            method,
            #[cfg(feature = "metrics")]
            handled,
            #[cfg(not(feature = "metrics"))]
            _of: std::marker::PhantomData,
        }
    }

    /// Does something inside of the span.
    pub(crate) fn inside<T>(&self, work: impl FnOnce() -> T) -> T {
        let _inside = self.span.enter();
        work()
    }

    /// Ends the watch.
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.record(outcome);
    }

    fn record(&mut self, outcome: Outcome) {
        self.over = true;
        let Some(begun) = self.begun else { return };
        let duration = begun.elapsed();
        if !self.span.is_disabled() {
            self.span.record("outcome", outcome.word());
            self.span.record("duration_ms", duration.as_secs_f64() * 1000.0);
        }
        #[cfg(feature = "metrics")]
        match self.handled.0.get() {
            Some(keys) => keys.record(outcome, duration),
            None => of_method(self.method).record(outcome, duration),
        }
    }
}

impl Drop for CallWatch<'_> {
    fn drop(&mut self) {
        if !self.over {
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
