//! Serving until it is time to stop.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::app::{App, app};
use crate::options::Options;
use crate::rate::RateLimit;

/// How long calls may take to end after the service was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How often clients that are silent are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// Serves connections until `stop` is ready, and lets the calls end that are under way then.
///
/// # Errors
///
/// When connections can no longer be taken.
pub async fn serve(
    listener: TcpListener,
    options: &Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let App { router, feeds, rate } = app(options);
    let (stopping, stopped) = oneshot::channel();
    // The rate limit tells clients apart by their addresses.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping");
        feeds.close();
        let _ = stopping.send(());
    });
    let mut server = pin!(server.into_future());
    tokio::select! {
        served = &mut server => return served,
        _ = stopped => {}
        () = keep_house(rate) => {}
    }
    match timeout(GRACE, server).await {
        Ok(served) => served,
        Err(_) => {
            tracing::warn!("some calls did not end in time");
            Ok(())
        }
    }
}

/// Does what has to be done now and then, and never ends.
async fn keep_house(rate: Option<RateLimit>) {
    let Some(rate) = rate else { return std::future::pending().await };
    let mut round = interval(HOUSEKEEPING);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        rate.forget_idle();
    }
}
