//! How often one client may call.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::IntoResponse;
use governor::middleware::NoOpMiddleware;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Request, Response, StatusCode};
use tower_governor::governor::{GovernorConfig, GovernorConfigBuilder};
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

/// A rate limit for each client, and the memory of who called how often.
#[derive(Clone)]
pub(crate) struct RateLimit {
    config: Arc<GovernorConfig<Address, NoOpMiddleware>>,
}

impl RateLimit {
    /// So many requests a second for each client, and as many at once.
    #[allow(clippy::expect_used, reason = "a part of a second and a rate are never zero")]
    pub(crate) fn per_second(rate: NonZeroU16) -> Self {
        let config = GovernorConfigBuilder::default()
            .period(Duration::from_secs(1) / u32::from(rate.get()))
            .burst_size(rate.get().into())
            .key_extractor(Address)
            .finish();
        Self { config: Arc::new(config.expect("a period and a burst above zero")) }
    }

    pub(crate) fn layer(&self) -> GovernorLayer<Address, NoOpMiddleware, Body> {
        GovernorLayer::new(Arc::clone(&self.config)).error_handler(refuse)
    }

    /// Forgets the clients that were silent for so long that nothing would be held against them. To be called now and
    /// then, or the memory of all addresses that ever called grows for ever.
    pub(crate) fn forget_idle(&self) {
        self.config.limiter().retain_recent();
        self.config.limiter().shrink_to_fit();
    }
}

/// Tells clients apart by the address that the connection comes from.
///
/// Behind a proxy that is the proxy's own: there, take the client's from the header that the proxy sets, as
/// `SmartIpKeyExtractor` of the crate does. Without a proxy such a header is whatever the client likes it to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address;

impl KeyExtractor for Address {
    type Key = IpAddr;

    fn extract<B>(&self, request: &Request<B>) -> Result<IpAddr, GovernorError> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        peer.map(|peer| network(peer.ip())).ok_or(GovernorError::UnableToExtractKey)
    }
}

/// Who has one address of IPv6 mostly has a whole network of 64 bits, and would not run out of fresh ones.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        IpAddr::V4(address) => address.into(),
    }
}

/// The answer instead of the crate's own, which invites to try again in 0 seconds: it rounds down.
fn refuse(error: GovernorError) -> Response<Body> {
    match error {
        GovernorError::TooManyRequests { wait_time, .. } => {
            let after = [(RETRY_AFTER, HeaderValue::from(wait_time.saturating_add(1)))];
            (StatusCode::TOO_MANY_REQUESTS, after, "Too many requests; try again later.\n")
                .into_response()
        }
        // The service was not told the addresses of its connections.
        error => {
            tracing::error!(%error, "the rate limit does not know who is calling");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RateLimit")
            .field("clients", &self.config.limiter().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let network = |text: &str| text.parse().map(network);
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
    #[test]
    fn clients_that_fall_silent_are_forgotten() {
        let limit = RateLimit::per_second(NonZeroU16::MAX);
        let known = limit.config.limiter();
        assert!(known.check_key(&Ipv6Addr::LOCALHOST.into()).is_ok());
        assert_eq!(known.len(), 1);
        // At this rate that is some microseconds from now. The clock is the crate's own, and cannot be set.
        while !known.is_empty() {
            limit.forget_idle();
        }
    }
}
