//! What there is at the moment: calls, streams, connections, tasks.

/// What is counted while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Calls whose handlers run.
    Running,
    /// Calls that wait for their turn.
    Queued,
    /// Responses that are streams, while they are open.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has them"))]
    Streams,
    /// Connections of the ready-made server.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has them"))]
    Connections,
    /// Tasks that run in this process.
    #[cfg_attr(not(feature = "tasks"), allow(dead_code, reason = "only tasks are tasks"))]
    Tasks,
}

/// One of them, until it is dropped. Without the feature `metrics` it is nothing.
#[derive(Debug)]
pub(crate) struct Counted {
    #[cfg(feature = "metrics")]
    what: What,
}

impl Counted {
    pub(crate) fn one(what: What) -> Self {
        Self::begin(what);
        Self {
            #[cfg(feature = "metrics")]
            what,
        }
    }

    /// There is one more; whoever says so says as well when it is over.
    pub(crate) fn begin(what: What) {
        #[cfg(feature = "metrics")]
        super::names::gauge(what).increment(1.0);
        #[cfg(not(feature = "metrics"))]
        let _ = what;
    }

    /// There is one less.
    pub(crate) fn end(what: What) {
        #[cfg(feature = "metrics")]
        super::names::gauge(what).decrement(1.0);
        #[cfg(not(feature = "metrics"))]
        let _ = what;
    }
}

#[cfg(feature = "metrics")]
impl Drop for Counted {
    fn drop(&mut self) {
        Self::end(self.what);
    }
}
