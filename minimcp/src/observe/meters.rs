//! The metrics of calls, by handler.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Key, Label, SharedString};

use super::Outcome;
use super::names::{CALLS, DURATION, METADATA};

/// The keys under which the calls of one handler, or of a method without handlers, are recorded. They are made once, so
/// that a call allocates nothing for them; who records them is looked up each time.
#[derive(Debug)]
pub(crate) struct Keys {
    calls: [Key; Outcome::ALL.len()],
    duration: Key,
}

impl Keys {
    fn of(method: &'static str, name: &str) -> Self {
        let name = SharedString::from(Arc::<str>::from(name));
        let labels = || vec![Label::new("method", method), Label::new("name", name.clone())];
        let calls = Outcome::ALL.map(|outcome| {
            let mut labels = labels();
            labels.push(Label::new("outcome", outcome.word()));
            Key::from_parts(CALLS, labels)
        });
        Self { calls, duration: Key::from_parts(DURATION, labels()) }
    }

    pub(super) fn record(&self, outcome: Outcome, duration: Duration) {
        metrics::with_recorder(|recorder| {
            if let Some(key) = self.calls.get(outcome as usize) {
                recorder.register_counter(key, &METADATA).increment(1);
            }
            recorder.register_histogram(&self.duration, &METADATA).record(duration.as_secs_f64());
        });
    }
}

/// The keys of one handler.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    run: OnceLock<Arc<Keys>>,
    completed: OnceLock<Arc<Keys>>,
}

impl Meters {
    pub(crate) fn keys(&self, method: &'static str, name: &str) -> Arc<Keys> {
        let kept = match method {
            "completion/complete" => &self.completed,
            _ => &self.run,
        };
        Arc::clone(kept.get_or_init(|| Arc::new(Keys::of(method, name))))
    }
}

/// The keys of a method that calls no handler; one that nobody knows is another's.
pub(super) fn of_method(method: &str) -> &'static Keys {
    const KNOWN: [&str; 18] = [
        "tools/call",
        "prompts/get",
        "resources/read",
        "completion/complete",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "resources/subscribe",
        "resources/unsubscribe",
        "server/discover",
        "subscriptions/listen",
        "logging/setLevel",
        "initialize",
        "ping",
        "tasks/get",
        "tasks/update",
        "tasks/cancel",
    ];
    static KEYS: [OnceLock<Keys>; KNOWN.len()] = [const { OnceLock::new() }; KNOWN.len()];
    static OTHER: OnceLock<Keys> = OnceLock::new();
    for (known, keys) in KNOWN.iter().zip(&KEYS) {
        if *known == method {
            return keys.get_or_init(|| Keys::of(known, ""));
        }
    }
    OTHER.get_or_init(|| Keys::of("other", ""))
}
