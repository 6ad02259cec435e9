//! The options of an endpoint.

#[cfg(feature = "auth")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "auth")]
use super::authorization::Authorization;
use super::checks::Checks;
use super::legacy::Legacy;
use super::mirror::MissingMirrorHeaders;

/// What an endpoint keeps to; shared by its clones.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) streams: bool,
    pub(super) checks: Checks,
    pub(super) body_limit: usize,
    pub(super) body_timeout: Option<Duration>,
    pub(super) keep_alive: Option<Duration>,
    pub(super) outbox_capacity: usize,
    pub(super) missing_mirror_headers: MissingMirrorHeaders,
    pub(super) legacy: Legacy,
    #[cfg(feature = "auth")]
    pub(super) authorization: Option<Arc<Authorization>>,
}

impl Options {
    pub(super) fn new(streams: bool) -> Self {
        Self {
            streams,
            checks: Checks::default(),
            body_limit: 4 * 1024 * 1024,
            body_timeout: Some(Duration::from_secs(60)),
            keep_alive: Some(Duration::from_secs(15)),
            outbox_capacity: 64,
            missing_mirror_headers: MissingMirrorHeaders::default(),
            legacy: Legacy::usual(streams),
            #[cfg(feature = "auth")]
            authorization: None,
        }
    }
}
