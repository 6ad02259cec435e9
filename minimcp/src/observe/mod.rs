//! What those who run a server are told of its calls: a span for each, what went wrong, and numbers.
//!
//! Nothing here is seen by clients. Without a subscriber of `tracing` and without the feature `metrics` it costs a
//! comparison or two.

mod counted;
mod log;
#[cfg(feature = "metrics")]
mod meters;
#[cfg(feature = "metrics")]
mod names;
mod outcome;
mod watch;

pub(crate) use counted::{Counted, What};
pub(crate) use log::{Plain, log};
#[cfg(feature = "metrics")]
pub(crate) use meters::Meters;
#[cfg(feature = "metrics")]
pub use names::describe_metrics;
pub(crate) use outcome::Outcome;
pub(crate) use watch::{Watched, refused};
#[cfg(feature = "sessions")]
pub(crate) use watch::{session_begun, session_ended};
