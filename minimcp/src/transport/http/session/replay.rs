//! Coming back for the rest of a stream (2025-11-25, Streamable HTTP, Resumability and Redelivery).

use std::sync::Arc;

use bytes::Bytes;

use super::events::{EventStore, StreamEvent};
use super::feed::Source;
use super::listen::{Event, Opened, Terms};
use super::recorder::{News, event_id, key, parse_event_id};
use super::token::Session;
use super::topic;
use crate::bus::Bus;
use crate::error::Error;
use crate::transport::http::event;

/// The events of one stream after the one that the client saw last, those to come among them.
pub(super) struct Replay {
    opened: Opened,
    events: Arc<dyn EventStore>,
    key: String,
    stream: String,
    /// The number of the last event that was sent.
    seen: u64,
    /// What was there already when the client came back.
    ready: Vec<StreamEvent>,
    began: bool,
    over: bool,
}

impl Replay {
    /// `None` if nothing is kept of the stream in this session.
    pub(super) async fn open(
        bus: &Arc<dyn Bus>,
        events: &Arc<dyn EventStore>,
        session: Session,
        last_event_id: &str,
        terms: Terms,
    ) -> Result<Option<Self>, Error> {
        let Some((stream, seen)) = parse_event_id(last_event_id) else { return Ok(None) };
        let key = key(&session.id, stream);
        // Who listens before looking misses nothing.
        let (resumed, news) = (topic::resumed(&key), topic::stream(&key));
        let opened = Opened::new(bus, &session, resumed, news, terms).await?;
        // The event that was seen is looked at again: it may have been the last.
        let ready = events.replay(&key, seen.saturating_sub(1)).await?;
        let Some(ready) = ready else { return Ok(None) };
        let (events, stream) = (Arc::clone(events), stream.to_owned());
        Ok(Some(Self { opened, events, key, stream, seen, ready, began: false, over: false }))
    }

    fn write(&mut self, events: Vec<StreamEvent>) -> Vec<u8> {
        let mut out = Vec::new();
        for event in events {
            let id = event_id(&self.stream, event.number);
            let new = event.number > self.seen;
            self.seen = self.seen.max(event.number);
            self.over |= event.last;
            if new && !event.message.is_empty() {
                event::write_with_id(&mut out, &id, &event.message);
            }
        }
        out
    }

    /// The events that are new.
    async fn look(&mut self) -> Vec<u8> {
        match self.events.replay(&self.key, self.seen).await {
            Ok(Some(events)) => self.write(events),
            Ok(None) => {
                self.over = true;
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "a stream could not be resumed");
                self.over = true;
                Vec::new()
            }
        }
    }
}

impl Source for Replay {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.began, true) {
            let ready = std::mem::take(&mut self.ready);
            let mut out = self.write(ready);
            if out.is_empty() {
                out.extend_from_slice(event::KEEP_ALIVE);
            }
            return Some(out.into());
        }
        while !self.over {
            let out = match self.opened.next().await {
                Event::Silence => return Some(Bytes::from_static(event::KEEP_ALIVE)),
                Event::End => return None,
                Event::News(news) => {
                    let mut out = self.look().await;
                    if let News::HangUp(after) = News::parse(&news) {
                        event::write_retry(&mut out, after);
                        self.over = true;
                    }
                    out
                }
            };
            if !out.is_empty() {
                return Some(out.into());
            }
        }
        None
    }
}
