//! The stream that a client opens to hear what belongs to no call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

use super::feed::Source;
use super::listener::Listener;
use super::token::Session;
use super::topic;
use crate::bus::Bus;
use crate::error::Error;
use crate::seal::unguessable;
use crate::transport::http::event;

/// One stream of a session that is open: until the session ends or expires, or the client opens it elsewhere.
pub(super) struct Opened {
    listener: Listener,
    opened: String,
    own: Bytes,
    end: String,
    expires: Option<Instant>,
    keep_alive: Option<Duration>,
    _place: OwnedSemaphorePermit,
}

/// What an open stream hears.
pub(super) enum Event {
    /// Something was published that concerns this stream.
    News(Bytes),
    /// Nothing for as long as a connection should be silent.
    Silence,
    /// Nothing any more.
    End,
}

impl Opened {
    /// Opens a stream, which ends any other with the same topic `opened`; `news` is what it listens to besides.
    pub(super) async fn new(
        bus: &Arc<dyn Bus>,
        session: &Session,
        opened: String,
        news: Option<String>,
        place: OwnedSemaphorePermit,
        keep_alive: Option<Duration>,
    ) -> Result<Self, Error> {
        let end = topic::end(&session.id);
        let topics = [opened.clone(), end.clone()].into_iter().chain(news).collect();
        let listener = Listener::new(bus.subscribe(topics).await?);
        let own = Bytes::from(unguessable());
        bus.publish(&opened, own.clone()).await?;
        let expires = Instant::now().checked_add(session.rest());
        Ok(Self { listener, opened, own, end, expires, keep_alive, _place: place })
    }

    /// What is heard next. May be dropped at any time.
    pub(super) async fn next(&mut self) -> Event {
        let silent = self.keep_alive.and_then(|longest| Instant::now().checked_add(longest));
        loop {
            let news = tokio::select! {
                news = self.listener.next() => news,
                () = until(self.expires) => None,
                () = until(silent) => return Event::Silence,
            };
            match news {
                None => return Event::End,
                Some((topic, _)) if topic == self.end => return Event::End,
                Some((topic, who)) if topic == self.opened => {
                    if who != self.own {
                        return Event::End;
                    }
                }
                Some((_, news)) => return Event::News(news),
            }
        }
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// The stream of a session that belongs to no call. A client has one: the newest.
pub(super) struct Listen {
    opened: Opened,
    began: bool,
}

impl Listen {
    pub(super) async fn open(
        bus: &Arc<dyn Bus>,
        session: Session,
        place: OwnedSemaphorePermit,
        keep_alive: Option<Duration>,
    ) -> Result<Self, Error> {
        let topic = topic::opened(&session.id);
        let opened = Opened::new(bus, &session, topic, None, place, keep_alive).await?;
        Ok(Self { opened, began: false })
    }
}

impl Source for Listen {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.began, true) {
            // So that the head of the response goes out, and the client knows that it is heard.
            return Some(Bytes::from_static(event::KEEP_ALIVE));
        }
        loop {
            match self.opened.next().await {
                Event::Silence => return Some(Bytes::from_static(event::KEEP_ALIVE)),
                Event::News(_) => (),
                Event::End => return None,
            }
        }
    }
}
