//! The stream that a client opens to hear what belongs to no call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

use super::feed::Source;
use super::listener::Listener;
use super::store::SessionStore;
use super::token::Session;
use super::{Settings, topic};
use crate::bus::Bus;
use crate::changes::{Change, Ending, Followed, Subscriptions, Watch};
use crate::error::Error;
use crate::seal::unguessable;
use crate::transport::http::event;

/// One stream of a session that is open: until the session ends or expires, the server stops, or the client opens it
/// elsewhere.
pub(super) struct Opened {
    listener: Listener,
    opened: String,
    own: Bytes,
    end: String,
    expires: Option<Instant>,
    terms: Terms,
}

/// What every stream keeps to that a client opens with GET.
pub(super) struct Terms {
    pub(super) keep_alive: Option<Duration>,
    /// Told when the endpoint, or the server, is about to stop.
    pub(super) endpoint: Arc<Ending>,
    pub(super) server: Arc<Subscriptions>,
    /// Its place among all of them.
    pub(super) _place: OwnedSemaphorePermit,
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
        news: String,
        terms: Terms,
    ) -> Result<Self, Error> {
        let end = topic::end(&session.id);
        let topics = vec![opened.clone(), end.clone(), news];
        let listener = Listener::new(bus.subscribe(topics).await?);
        let own = Bytes::from(unguessable());
        bus.publish(&opened, own.clone()).await?;
        let longest = terms.server.lifetime.map_or(session.rest(), |most| most.min(session.rest()));
        let expires = Instant::now().checked_add(longest);
        Ok(Self { listener, opened, own, end, expires, terms })
    }

    /// What is heard next. May be dropped at any time.
    pub(super) async fn next(&mut self) -> Event {
        let silent = self.terms.keep_alive.and_then(|longest| Instant::now().checked_add(longest));
        loop {
            let news = tokio::select! {
                news = self.listener.next() => news,
                () = until(self.expires) => None,
                () = self.terms.endpoint.ended() => None,
                () = self.terms.server.ending.ended() => None,
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

/// The stream of a session that belongs to no call: it tells of changes. A client has one, the newest.
pub(super) struct Listen {
    opened: Opened,
    place: Listed,
    lists: Watch,
    bus: Arc<dyn Bus>,
    store: Arc<dyn SessionStore>,
    began: bool,
}

impl Listen {
    pub(super) async fn open(
        bus: &Arc<dyn Bus>,
        settings: &Settings,
        session: Session,
        terms: Terms,
    ) -> Result<Self, Error> {
        let (opened, news) = (topic::opened(&session.id), topic::subscriptions(&session.id));
        let opened = Opened::new(bus, &session, opened, news, terms).await?;
        let lists = Watch::new(bus, session.introduction.told_of.clone()).await?;
        let place = settings.listening.enter(&session.id);
        place.followed.begin(session.introduction.told_of.clone());
        let (bus, store) = (Arc::clone(bus), Arc::clone(&settings.store));
        let mut listen = Self { opened, place, lists, bus, store, began: false };
        // Whoever listens before looking misses nothing.
        listen.look().await?;
        Ok(listen)
    }

    /// Follows the resources that the client wants to hear of, and gives those that are new.
    async fn look(&mut self) -> Result<Vec<String>, Error> {
        let wanted = self.store.load(&self.place.session).await?.subscriptions;
        self.place.followed.keep_only(&wanted);
        let mut new = Vec::new();
        for uri in wanted {
            if self.place.followed.add(&uri, &self.bus, usize::MAX).await? {
                new.push(uri);
            }
        }
        Ok(new)
    }

    /// The client subscribed or unsubscribed, perhaps at another process.
    async fn look_again(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        match self.look().await {
            // What changed since the client was told that it is subscribed went unheard here; to read once more than
            // needed does no harm.
            Ok(new) => {
                for uri in new {
                    event::write(&mut out, &Change::Resource(uri).notification(None));
                }
            }
            Err(error) => tracing::error!(%error, "a client is not told of changes"),
        }
        out
    }
}

impl Source for Listen {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.began, true) {
            // So that the head of the response goes out, and the client knows that it is heard.
            return Some(Bytes::from_static(event::KEEP_ALIVE));
        }
        loop {
            let out = tokio::select! {
                // What the client wants to hear of comes before what there is to hear.
                biased;
                event = self.opened.next() => match event {
                    Event::Silence => return Some(Bytes::from_static(event::KEEP_ALIVE)),
                    Event::End => return None,
                    Event::News(_) => self.look_again().await,
                },
                change = self.place.followed.next(&mut self.lists) => {
                    let mut out = Vec::new();
                    event::write(&mut out, &change.notification(None));
                    out
                }
            };
            if !out.is_empty() {
                return Some(out.into());
            }
        }
    }
}

/// The streams of this process on which clients hear of changes, by their sessions.
#[derive(Debug, Default)]
pub(super) struct Listening(Mutex<HashMap<String, Arc<Followed>>>);

/// A place among them, until it is dropped.
struct Listed {
    listening: Arc<Listening>,
    session: String,
    followed: Arc<Followed>,
}

impl Listening {
    /// What a session follows on its stream in this process, if it has one.
    pub(super) fn of(&self, session: &str) -> Option<Arc<Followed>> {
        self.lock().get(session).cloned()
    }

    fn enter(self: &Arc<Self>, session: &str) -> Listed {
        let followed = Arc::<Followed>::default();
        self.lock().insert(session.to_owned(), Arc::clone(&followed));
        Listed { listening: Arc::clone(self), session: session.to_owned(), followed }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Followed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut listening = self.listening.lock();
        // A newer stream of the same session may have taken the place.
        if listening.get(&self.session).is_some_and(|own| Arc::ptr_eq(own, &self.followed)) {
            listening.remove(&self.session);
        }
    }
}
