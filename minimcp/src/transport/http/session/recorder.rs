//! Writing down what a stream says, so that a client can come back for it.

use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;

use super::events::{EventStore, StreamEvent};
use super::{Settings, topic};
use crate::boxed::BoxFuture;
use crate::bus::{Bus, publish_soon};
use crate::error::Error;
use crate::seal::unguessable;
use crate::transport::http::event;

/// The stream of one call, with an id for each event.
pub(super) struct Recorder {
    settings: Arc<Settings>,
    events: Arc<dyn EventStore>,
    bus: Arc<dyn Bus>,
    session: String,
    /// What the client knows the stream by, once it has begun.
    stream: Option<String>,
    next: u64,
    unsaved: Vec<StreamEvent>,
    saving: Option<BoxFuture<'static, ()>>,
}

/// What those who read a stream are told over the bus.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// There are events that they have not seen.
    Events,
    /// They are to hang up, and to come back after this time.
    HangUp(Duration),
}

impl Recorder {
    /// The recorder of a stream that has not begun; `None` where nothing is kept.
    pub(super) fn new(settings: &Arc<Settings>, bus: &Arc<dyn Bus>, session: &str) -> Option<Self> {
        Some(Self {
            settings: Arc::clone(settings),
            events: Arc::clone(settings.events.as_ref()?),
            bus: Arc::clone(bus),
            session: session.to_owned(),
            stream: None,
            next: 0,
            unsaved: Vec::new(),
            saving: None,
        })
    }

    pub(super) fn has_begun(&self) -> bool {
        self.stream.is_some()
    }

    /// Begins the stream, if it has not begun, with an event that says nothing.
    pub(super) fn begin(&mut self, out: &mut Vec<u8>) {
        if self.stream.is_none() {
            let id = self.add(Bytes::new(), false);
            event::write_first(out, &id, self.settings.retry);
        }
    }

    pub(super) fn write(&mut self, out: &mut Vec<u8>, message: &Bytes) {
        self.begin(out);
        let id = self.add(message.clone(), false);
        event::write_with_id(out, &id, message);
    }

    /// Adds the last event: the answer, or nothing if there is none.
    pub(super) fn end(&mut self, out: &mut Vec<u8>, answer: Option<Bytes>) {
        self.begin(out);
        let answer = answer.unwrap_or_default();
        let id = self.add(answer.clone(), true);
        if !answer.is_empty() {
            event::write_with_id(out, &id, &answer);
        }
    }

    /// Tells those who read the stream elsewhere to hang up.
    pub(super) fn hang_up(&self, come_back_after: Duration) {
        if let Some(key) = self.key() {
            publish_soon(&self.bus, topic::stream(&key), News::HangUp(come_back_after).to_bytes(0));
        }
    }

    /// Adds an event and gives its id.
    fn add(&mut self, message: Bytes, last: bool) -> String {
        let stream = self.stream.get_or_insert_with(unguessable);
        let number = self.next;
        self.next += 1;
        self.unsaved.push(StreamEvent { number, message, last });
        event_id(stream, number)
    }

    fn key(&self) -> Option<String> {
        self.stream.as_ref().map(|stream| key(&self.session, stream))
    }

    pub(super) fn is_saved(&self) -> bool {
        self.unsaved.is_empty() && self.saving.is_none()
    }

    /// Ready when everything is saved that was written.
    pub(super) fn poll_saved(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(saving) = &mut self.saving {
                ready!(saving.as_mut().poll(context));
                self.saving = None;
            }
            let Some(key) = self.key().filter(|_| !self.unsaved.is_empty()) else {
                return Poll::Ready(());
            };
            let events = std::mem::take(&mut self.unsaved);
            let last = self.next;
            let (store, bus) = (Arc::clone(&self.events), Arc::clone(&self.bus));
            let keep = self.settings.event_lifetime;
            self.saving = Some(Box::pin(async move {
                let saved: Result<(), Error> = async {
                    store.append(&key, events, keep).await?;
                    bus.publish(&topic::stream(&key), News::Events.to_bytes(last)).await
                }
                .await;
                if let Err(error) = saved {
                    tracing::error!(%error, "a stream cannot be resumed");
                }
            }));
        }
    }
}

impl News {
    /// `number` tells one piece of news from the next, since equal ones may be joined.
    fn to_bytes(&self, number: u64) -> Bytes {
        match self {
            Self::Events => format!("events {number}").into(),
            Self::HangUp(after) => format!("hang up {}", after.as_millis()).into(),
        }
    }

    pub(super) fn parse(news: &[u8]) -> Self {
        let after = news.strip_prefix(b"hang up ").and_then(|after| str::from_utf8(after).ok());
        match after.and_then(|after| after.parse().ok()) {
            Some(after) => Self::HangUp(Duration::from_millis(after)),
            None => Self::Events,
        }
    }
}

/// What the event store knows a stream by.
pub(super) fn key(session: &str, stream: &str) -> String {
    format!("{session}/{stream}")
}

pub(super) fn event_id(stream: &str, number: u64) -> String {
    format!("{stream}.{number}")
}

/// The stream and the number of an event.
pub(super) fn parse_event_id(id: &str) -> Option<(&str, u64)> {
    let (stream, number) = id.rsplit_once('.')?;
    let is_ours = stream.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    (is_ours && digits && stream.len() <= 64).then_some(())?;
    Some((stream, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, expected: Option<(&str, u64)>) {
        assert_eq!(parse_event_id(id), expected, "{id}");
    }

    #[test]
    fn ids_of_events_are_read_as_they_were_written() {
        check(&event_id("a-_9", 12), Some(("a-_9", 12)));
        for other in
            ["", ".", "a", "a.", "a.x", "a.+1", "a/b.1", "a.b.1", "ä.1", "a.99999999999999999999"]
        {
            check(other, None);
        }
        check(&format!("{}.1", "a".repeat(65)), None);
    }

    #[test]
    fn news_are_read_as_they_were_written() {
        for news in [News::Events, News::HangUp(Duration::from_millis(1500))] {
            assert_eq!(News::parse(&news.to_bytes(7)), news);
        }
    }
}
