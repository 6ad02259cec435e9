//! What streams said, in the memory of one process.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::events::{EventStore, StreamEvent};
use crate::boxed::BoxFuture;
use crate::error::Error;

/// An [`EventStore`] in the memory of one process.
///
/// ```
/// use minimcp::http::{LocalEvents, Sessions};
///
/// let sessions = Sessions::new().events(LocalEvents::new().bytes(1 << 30).streams(10_000));
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`streams`](Self::streams) | 1000 | streams that are kept; the one that was quiet longest goes first |
/// | [`events`](Self::events) | 256 | events of one stream; the oldest go first |
/// | [`bytes`](Self::bytes) | 64 MiB | bytes of all messages; the stream that was quiet longest goes first |
#[derive(Debug)]
pub struct LocalEvents {
    kept: Mutex<Kept>,
    streams: usize,
    events: usize,
    bytes: usize,
}

#[derive(Default)]
struct Kept {
    streams: HashMap<String, Stream>,
    bytes: usize,
}

struct Stream {
    events: VecDeque<StreamEvent>,
    bytes: usize,
    touched: Instant,
    /// `None`: for ever, since there is no such time.
    until: Option<Instant>,
}

impl LocalEvents {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self { kept: Mutex::default(), streams: 1000, events: 256, bytes: 64 * 1024 * 1024 }
    }

    /// How many streams are kept, 1000 unless it is said, at least one.
    #[must_use]
    pub fn streams(mut self, streams: usize) -> Self {
        self.streams = streams.max(1);
        self
    }

    /// How many events of one stream are kept, 256 unless it is said, at least one.
    #[must_use]
    pub fn events(mut self, events: usize) -> Self {
        self.events = events.max(1);
        self
    }

    /// How many bytes of messages are kept of all streams together, 64 MiB unless it is said.
    #[must_use]
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    fn add(&self, name: &str, events: Vec<StreamEvent>, keep: Duration) {
        let now = Instant::now();
        let mut guard = self.lock();
        let kept = &mut *guard;
        if !kept.streams.contains_key(name) {
            kept.forget_expired(now);
        }
        let stream = kept.streams.entry(name.to_owned()).or_insert_with(|| Stream {
            events: VecDeque::new(),
            bytes: 0,
            touched: now,
            until: None,
        });
        stream.touched = now;
        stream.until = now.checked_add(keep);
        kept.bytes -= stream.bytes;
        for event in events {
            stream.bytes += event.message.len();
            stream.events.push_back(event);
            if stream.events.len() > self.events
                && let Some(oldest) = stream.events.pop_front()
            {
                stream.bytes -= oldest.message.len();
            }
        }
        kept.bytes += stream.bytes;
        while kept.streams.len() > self.streams || kept.bytes > self.bytes {
            kept.forget_one(name);
        }
    }

    fn after(&self, name: &str, after: u64) -> Option<Vec<StreamEvent>> {
        let kept = self.lock();
        let stream = kept.streams.get(name)?;
        if stream.until.is_some_and(|until| until <= Instant::now()) {
            return None;
        }
        Some(stream.events.iter().filter(|event| event.number > after).cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget_expired(&mut self, now: Instant) {
        self.streams.retain(|_, stream| stream.until.is_none_or(|until| until > now));
        self.bytes = self.streams.values().map(|stream| stream.bytes).sum();
    }

    /// Forgets the stream that was quiet longest, and `last` only where there is no other.
    fn forget_one(&mut self, last: &str) {
        let quiet =
            self.streams.iter().min_by_key(|(name, stream)| (*name == last, stream.touched));
        let Some(quiet) = quiet.map(|(name, _)| name.clone()) else {
            self.bytes = 0;
            return;
        };
        tracing::warn!("the events of a stream were forgotten to make room for others");
        if let Some(stream) = self.streams.remove(&quiet) {
            self.bytes -= stream.bytes;
        }
    }
}

impl EventStore for LocalEvents {
    fn append<'a>(
        &'a self,
        stream: &'a str,
        events: Vec<StreamEvent>,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.add(stream, events, keep);
        Box::pin(async { Ok(()) })
    }

    fn replay<'a>(
        &'a self,
        stream: &'a str,
        after: u64,
    ) -> BoxFuture<'a, Result<Option<Vec<StreamEvent>>, Error>> {
        let events = self.after(stream, after);
        Box::pin(async { Ok(events) })
    }
}

impl Default for LocalEvents {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Kept")
            .field("streams", &self.streams.len())
            .field("bytes", &self.bytes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds `stream`, `number` and `message` one after the other, a second apart, each kept for ten; then replays the
    /// streams `a` and `b` from their beginnings.
    async fn check(store: LocalEvents, added: &[(&str, u64, &'static str)], kept: [&str; 2]) {
        for (stream, number, message) in added {
            let event = StreamEvent::new(*number, *message, false);
            store.append(stream, vec![event], Duration::from_secs(10)).await.unwrap();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let mut replayed = [String::new(), String::new()];
        for (text, stream) in replayed.iter_mut().zip(["a", "b"]) {
            match store.replay(stream, 0).await.unwrap() {
                None => *text = "none".into(),
                Some(events) => {
                    for event in events {
                        *text +=
                            &format!("{}{}", event.number, str::from_utf8(&event.message).unwrap());
                    }
                }
            }
        }
        assert_eq!(replayed, kept, "{added:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_is_bounded() {
        let new = LocalEvents::new;
        check(new(), &[("a", 0, ""), ("a", 1, "x"), ("a", 2, "y")], ["1x2y", "none"]).await;
        check(new(), &[("a", 0, ""), ("b", 1, "x")], ["", "1x"]).await;
        check(new().events(2), &[("a", 1, "x"), ("a", 2, "y"), ("a", 3, "z")], ["2y3z", "none"])
            .await;
        check(new().streams(1), &[("a", 1, "x"), ("b", 1, "x")], ["none", "1x"]).await;
        let three = [("a", 1, "x"), ("b", 1, "xx"), ("a", 2, "y")];
        check(new().bytes(4), &three, ["1x2y", "1xx"]).await;
        check(new().bytes(3), &three, ["1x2y", "none"]).await;
        check(new().bytes(1), &three, ["2y", "none"]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_expires() {
        let mut added = vec![("a", 1, "x")];
        added.extend((1..=8).map(|number| ("b", number, "x")));
        check(LocalEvents::new().events(1), &added, ["1x", "8x"]).await;
        added.push(("b", 9, "x"));
        check(LocalEvents::new().events(1), &added, ["none", "9x"]).await;
    }
}
