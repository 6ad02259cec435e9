//! The names of the metrics.

use metrics::{Gauge, Key, Label, Level, Metadata, Unit, describe_counter, describe_gauge};

use super::What;

pub(super) const CALLS: &str = "minimcp_calls_total";
pub(super) const DURATION: &str = "minimcp_call_duration_seconds";
const REFUSED: &str = "minimcp_refused_total";
pub(super) const SESSIONS_BEGUN: &str = "minimcp_sessions_begun_total";
pub(super) const SESSIONS_ENDED: &str = "minimcp_sessions_ended_total";
const RUNNING: &str = "minimcp_calls_running";
const QUEUED: &str = "minimcp_calls_queued";
const STREAMS: &str = "minimcp_streams_open";
const CONNECTIONS: &str = "minimcp_connections_open";
const TASKS: &str = "minimcp_tasks_running";

pub(super) static METADATA: Metadata<'static> =
    Metadata::new("minimcp", Level::INFO, Some("minimcp"));

/// Says to the recorder of metrics what the numbers of minimcp mean (feature `metrics`). To be called once the recorder is
/// installed; without it they are recorded as well, and have no descriptions.
///
/// | metric | kind | labels | |
/// |---|---|---|---|
/// | `minimcp_calls_total` | counter | `method`, `name`, `outcome` | requests that ended |
/// | `minimcp_call_duration_seconds` | histogram | `method`, `name` | how long they took |
/// | `minimcp_calls_running` | gauge | | calls whose handlers run |
/// | `minimcp_calls_queued` | gauge | | calls that wait for their turn |
/// | `minimcp_refused_total` | counter | `reason` | what was turned away before it became a call |
/// | `minimcp_streams_open` | gauge | | responses over HTTP that are streams |
/// | `minimcp_connections_open` | gauge | | connections of the ready-made HTTP server |
/// | `minimcp_sessions_begun_total`, `minimcp_sessions_ended_total` | counter | | sessions over HTTP, ended by their clients |
/// | `minimcp_tasks_running` | gauge | | tasks that run in this process |
///
/// A label has as many values as the program has methods and handlers: what clients make up is no label.
///
/// ```
/// // … install a recorder, such as that of `metrics-exporter-prometheus`; then:
/// minimcp::describe_metrics();
/// ```
pub fn describe_metrics() {
    describe_counter!(CALLS, "Requests that ended, by method, handler and outcome.");
    metrics::describe_histogram!(DURATION, Unit::Seconds, "How long requests took.");
    describe_gauge!(RUNNING, "Calls whose handlers run.");
    describe_gauge!(QUEUED, "Calls that wait for their turn.");
    describe_counter!(REFUSED, "What was turned away before it became a call, by reason.");
    describe_gauge!(STREAMS, "Responses over HTTP that are streams.");
    describe_gauge!(CONNECTIONS, "Connections of the ready-made HTTP server.");
    describe_counter!(SESSIONS_BEGUN, "Sessions over HTTP that began.");
    describe_counter!(SESSIONS_ENDED, "Sessions over HTTP that their clients ended.");
    describe_gauge!(TASKS, "Tasks that run in this process.");
}

pub(super) fn gauge(what: What) -> Gauge {
    static KEYS: [Key; 5] = [
        Key::from_static_name(RUNNING),
        Key::from_static_name(QUEUED),
        Key::from_static_name(STREAMS),
        Key::from_static_name(CONNECTIONS),
        Key::from_static_name(TASKS),
    ];
    let [running, queued, streams, connections, tasks] = &KEYS;
    let key = match what {
        What::Running => running,
        What::Queued => queued,
        What::Streams => streams,
        What::Connections => connections,
        What::Tasks => tasks,
    };
    metrics::with_recorder(|recorder| recorder.register_gauge(key, &METADATA))
}

/// Counts something that was turned away before it became a call.
pub(super) fn refused(reason: &'static str) {
    let key = Key::from_parts(REFUSED, vec![Label::new("reason", reason)]);
    metrics::with_recorder(|recorder| recorder.register_counter(&key, &METADATA)).increment(1);
}

/// Counts something that has no labels.
#[cfg(feature = "sessions")]
pub(super) fn count(name: &'static str) {
    let key = Key::from_static_name(name);
    metrics::with_recorder(|recorder| recorder.register_counter(&key, &METADATA)).increment(1);
}
