//! Those who watch: a subscriber for spans, a recorder for metrics.

use std::io;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::{MissedTickBehavior, interval};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// In seconds. Half of the calls or more should fall between the first and the last.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The recorder of metrics, with its buckets.
///
/// # Errors
///
/// If there are no buckets.
pub fn recorder() -> Result<PrometheusBuilder, BuildError> {
    let durations = Matcher::Suffix("_seconds".into());
    PrometheusBuilder::new().set_buckets_for_metric(durations, &BUCKETS)
}

/// Installs the recorder for the whole program.
///
/// # Errors
///
/// If there is one already.
pub fn collect() -> io::Result<PrometheusHandle> {
    let numbers = recorder().and_then(PrometheusBuilder::install_recorder);
    minimcp::describe_metrics();
    numbers.map_err(io::Error::other)
}

/// Folds what was recorded into the buckets now and then, so that it does not pile up while nobody asks. Never ends.
pub async fn keep_house(numbers: PrometheusHandle) {
    let mut round = interval(Duration::from_secs(5));
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        numbers.run_upkeep();
    }
}

/// A subscriber that writes what happens, and each call as it ends: as text, or a line of JSON for each.
///
/// `RUST_LOG` says how much; without it, information and worse.
pub fn write_spans<W>(json: bool, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter.from_env_lossy())
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(writer);
    match json {
        true => Box::new(subscriber.json().finish()),
        false => Box::new(subscriber.finish()),
    }
}
