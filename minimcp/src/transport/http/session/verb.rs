//! The requests of a session that carry no message: GET opens a stream, DELETE ends the session.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};

use super::link::Found;
use super::listen::{Listen, Terms};
use super::replay::Replay;
use super::store::SessionChange;
use super::token::{Owner, Session};
use super::{Feed, Sessions, topic};
use crate::error::Error;
use crate::protocol::version::ProtocolVersion;
use crate::transport::http::answer;
use crate::transport::http::body::Body;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::media::Accepted;
use crate::transport::http::rejection::Rejection;

/// What a request without a message wants of its session.
#[derive(Debug, Clone, Copy)]
pub(in crate::transport::http) enum Verb {
    Get,
    Delete,
}

impl Verb {
    pub(in crate::transport::http) fn of(method: &Method) -> Option<Self> {
        match *method {
            Method::GET => Some(Self::Get),
            Method::DELETE => Some(Self::Delete),
            _ => None,
        }
    }
}

impl<S: Send + Sync + 'static> Endpoint<S> {
    pub(in crate::transport::http) async fn tend_session(
        &self,
        sessions: &Sessions,
        verb: Verb,
        headers: &HeaderMap,
        scope: &S,
    ) -> Result<Response<Body>, Rejection> {
        self.check_version(headers)?;
        if matches!(verb, Verb::Get) {
            if !self.options().streams {
                return Err(Rejection::Method { allowed: "POST, DELETE" });
            }
            if !Accepted::of(headers).stream {
                return Err(Rejection::NotAcceptable { offers: "text/event-stream" });
            }
        }
        let session = match Found::of(headers, sessions, &self.owner(scope)).await {
            Found::Live(session, _) => session,
            Found::Dead => return Err(Rejection::NoSuchSession),
            Found::None => return Err(Rejection::NoSessionNamed),
            Found::Unknown => return Err(Rejection::Busy),
        };
        let answered = match verb {
            Verb::Get => self.open_stream(sessions, session, headers).await,
            Verb::Delete => self.end_session(sessions, &session).await,
        };
        answered.map_err(|error| match error {
            Refused::With(rejection) => rejection,
            Refused::Because(error) => {
                tracing::error!(%error, "a session could not be tended to");
                Rejection::Busy
            }
        })
    }

    /// Whose sessions a caller has.
    pub(super) fn owner(&self, scope: &S) -> Owner<'_> {
        let server = self.server();
        Owner::new(server.seal(), server.name(), server.principal_of(scope))
    }

    /// Modern clients have no sessions.
    fn check_version(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        let mirror = self.mirror(headers.clone());
        match mirror.legacy_revision() {
            Ok(_) => Ok(()),
            Err(_) if mirror.revision().is_some_and(ProtocolVersion::is_modern) => {
                Err(Rejection::Method { allowed: "POST" })
            }
            Err(_) => Err(Rejection::Version),
        }
    }

    async fn end_session(
        &self,
        sessions: &Sessions,
        session: &Session,
    ) -> Result<Response<Body>, Refused> {
        let store = &sessions.settings.store;
        store.change(&session.id, SessionChange::End, session.rest()).await?;
        self.server().news().publish(&topic::end(&session.id), Bytes::new()).await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    async fn open_stream(
        &self,
        sessions: &Sessions,
        session: Session,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, Refused> {
        let settings = &sessions.settings;
        let place = Arc::clone(&settings.open_streams)
            .try_acquire_owned()
            .map_err(|_| Refused::With(Rejection::Busy))?;
        let last_event_id = headers.get("last-event-id").filter(|id| !id.is_empty());
        let bus = self.server().news();
        let terms = Terms {
            keep_alive: self.options().keep_alive,
            endpoint: Arc::clone(self.ending()),
            server: Arc::clone(&self.server().options().subscriptions),
            _place: place,
        };
        let feed = match last_event_id {
            None => Feed::of(Listen::open(bus, settings, session, terms).await?),
            Some(id) => {
                let gone = || Refused::With(Rejection::NoSuchStream);
                let id = id.to_str().map_err(|_| gone())?;
                let events = settings.events.as_ref().ok_or_else(gone)?;
                let replay = Replay::open(bus, events, session, id, terms).await?;
                Feed::of(replay.ok_or_else(gone)?)
            }
        };
        Ok(answer::streaming(Body::feed(feed)))
    }
}

enum Refused {
    With(Rejection),
    Because(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Because(error)
    }
}
