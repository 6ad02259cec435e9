//! What one message has to do with a session.

use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::Notify;

use super::store::{SessionChange, SessionState};
use super::token::{Owner, Session};
use super::{Sessions, topic};
#[cfg(feature = "ask")]
use crate::ask::Questions;
use crate::bus::{Bus, publish_soon};
use crate::call::LogLevel;
use crate::changes::too_many;
use crate::error::Error;
use crate::observe::session_begun;
use crate::protocol::envelope::Response;
use crate::protocol::reply::{Reply, Stage};
use crate::protocol::version::ProtocolVersion;
use crate::seal::unguessable;
use crate::server::Peer;
use crate::transport::http::body::Body;

/// The header that names a session. `MCP-Session-Id` is the same.
static SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The session that a message names, if any, and what becomes of it while the message is answered.
pub(in crate::transport::http) struct Link<'a> {
    sessions: &'a Sessions,
    owner: Owner<'a>,
    bus: &'a Arc<dyn Bus>,
    found: &'a Found,
    /// In a box, since most messages have no session, and need none of it.
    outcome: OnceLock<Box<Mutex<Outcome>>>,
}

/// The session that a message names.
pub(in crate::transport::http) enum Found {
    /// It names none.
    None,
    /// It has ended, has expired, belongs to somebody else, or never was.
    Dead,
    /// Nobody can say.
    Unknown,
    Live(Session, SessionState),
}

/// What the head of a response says of the session.
#[derive(Debug, Default)]
pub(in crate::transport::http) struct Became {
    /// The id of a session that has begun.
    begun: Option<String>,
    /// Whether a session was needed that is not there.
    missed: bool,
}

#[derive(Default)]
struct Outcome {
    /// Whether the message is an `initialize`.
    greeted: bool,
    became: Became,
    /// The requests that are running, by the JSON text of their ids.
    running: Vec<(String, Arc<Notify>)>,
    /// What is to be remembered before the answer goes out.
    changes: Vec<SessionChange>,
}

impl Found {
    /// Whether a request names a session, so that there is one to be looked for.
    pub(in crate::transport::http) fn is_named(headers: &HeaderMap) -> bool {
        headers.contains_key(&SESSION)
    }

    /// Looks for the session that a request names.
    pub(super) async fn of(headers: &HeaderMap, sessions: &Sessions, owner: &Owner<'_>) -> Self {
        let mut tokens = headers.get_all(&SESSION).iter();
        let Some(token) = tokens.next() else { return Self::None };
        let token = token.to_str().ok().filter(|_| tokens.all(|other| other == token));
        let Some(session) = token.and_then(|token| Session::open(token.trim(), owner)) else {
            return Self::Dead;
        };
        match sessions.settings.store.load(&session.id).await {
            Ok(state) if state.ended => Self::Dead,
            Ok(state) => Self::Live(session, state),
            Err(error) => {
                tracing::error!(%error, "a session could not be looked up");
                Self::Unknown
            }
        }
    }
}

impl<'a> Link<'a> {
    pub(super) fn new(
        sessions: &'a Sessions,
        owner: Owner<'a>,
        bus: &'a Arc<dyn Bus>,
        found: &'a Found,
    ) -> Self {
        Self { sessions, owner, bus, found, outcome: OnceLock::new() }
    }

    fn session(&self) -> Option<&Session> {
        match self.found {
            Found::Live(session, _) => Some(session),
            _ => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.get_or_init(Box::default).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the core wants to know while it reads the message.
impl Link<'_> {
    pub(in crate::transport::http) fn is_live(&self) -> bool {
        self.session().is_some()
    }

    /// Whether the message is in a session; one that is not there is missed.
    pub(in crate::transport::http) fn is_there(&self) -> bool {
        if matches!(self.found, Found::Dead) {
            self.lock().became.missed = true;
        }
        self.is_live()
    }

    pub(in crate::transport::http) fn revision(&self) -> Option<ProtocolVersion> {
        self.session().map(|session| session.revision)
    }

    /// The client; `revision` is what its header says.
    pub(in crate::transport::http) fn peer(
        &self,
        revision: ProtocolVersion,
    ) -> Result<Peer, Error> {
        match self.found {
            Found::None => Ok(Peer::speaking(revision)),
            Found::Unknown => Err(Error::internal("the session could not be looked up")),
            Found::Dead => {
                self.lock().became.missed = true;
                Err(no_such_session())
            }
            Found::Live(session, state) => Ok(Peer {
                introduction: Some(Arc::clone(&session.introduction)),
                log_level: Some(state.log_level.unwrap_or(LogLevel::Info)),
                #[cfg(feature = "ask")]
                questions: Some(Arc::new(self.questions(session))),
                ..Peer::speaking(session.revision)
            }),
        }
    }

    /// A client introduced itself.
    pub(in crate::transport::http) fn begin(&self, peer: &Peer) -> Result<(), Error> {
        let session = Session::begin(peer, self.sessions.settings.lifetime)?;
        self.lock().became.begun = Some(session.seal(&self.owner)?);
        session_begun();
        Ok(())
    }

    /// The message is an `initialize`.
    pub(in crate::transport::http) fn greet(&self) {
        self.lock().greeted = true;
    }

    /// Whether something can be remembered of the client: it is in a session, or about to begin one.
    pub(in crate::transport::http) fn remembers(&self) -> bool {
        self.is_live() || self.lock().greeted
    }

    /// The client wants to hear of new contents of a resource, and of at most `limit` resources.
    pub(in crate::transport::http) async fn subscribe(
        &self,
        uri: &str,
        limit: usize,
    ) -> Result<(), Error> {
        let Some(session) = self.session() else { return Ok(()) };
        let settings = &self.sessions.settings;
        let subscriptions = settings.store.load(&session.id).await?.subscriptions;
        if !subscriptions.iter().any(|other| other == uri) && subscriptions.len() >= limit {
            return Err(too_many("subscriptions to resources"));
        }
        // A stream that is open here hears of it from now on; one that is open elsewhere is told to look.
        if let Some(followed) = settings.listening.of(&session.id) {
            followed.add(uri, self.bus, limit).await?;
        }
        self.store(session, SessionChange::Subscribe(uri.to_owned())).await
    }

    /// It wants to hear no more of it.
    pub(in crate::transport::http) async fn unsubscribe(&self, uri: &str) -> Result<(), Error> {
        let Some(session) = self.session() else { return Ok(()) };
        self.store(session, SessionChange::Unsubscribe(uri.to_owned())).await
    }

    async fn store(&self, session: &Session, change: SessionChange) -> Result<(), Error> {
        self.sessions.settings.store.change(&session.id, change, session.rest()).await?;
        self.bus.publish(&topic::subscriptions(&session.id), unguessable().into()).await
    }

    /// Something is to be remembered of the session.
    pub(in crate::transport::http) fn change(&self, change: SessionChange) {
        self.lock().changes.push(change);
    }

    /// A request came in that can be cancelled while it runs.
    pub(in crate::transport::http) fn note(&self, id: &str, cancelled: &Arc<Notify>) {
        self.lock().running.push((id.to_owned(), Arc::clone(cancelled)));
    }

    /// The client cancels a request of this session, wherever it runs.
    pub(in crate::transport::http) fn cancel(&self, id: &str) {
        if let Some(session) = self.session() {
            publish_soon(self.bus, topic::cancel(&session.id, id), Bytes::new());
        }
    }

    /// The client answers a request of the server.
    pub(in crate::transport::http) fn answer(
        &self,
        response: &Response<'_>,
        message: &Bytes,
    ) -> Result<(), Error> {
        match self.found {
            Found::Dead => {
                self.lock().became.missed = true;
                return Err(no_such_session());
            }
            Found::Unknown => return Err(Error::internal("the session could not be looked up")),
            #[cfg(feature = "ask")]
            Found::Live(session, _) => {
                if let Some(id) = response.id {
                    self.questions(session).answer(id, message);
                }
            }
            _ => (),
        }
        let _ = (response, message);
        Ok(())
    }

    #[cfg(feature = "ask")]
    fn questions(&self, session: &Session) -> Questions {
        Questions::in_session(Arc::clone(self.bus), &session.id)
    }
}

/// Around the core.
impl Link<'_> {
    /// Sees a message to its answer: listens for cancellations meanwhile, and remembers what is to be remembered.
    pub(super) async fn attend(
        &self,
        mut answer: Pin<&mut (dyn Future<Output = Reply> + Send)>,
    ) -> Reply {
        let Some(session) = self.session() else { return answer.await };
        let mut listening = None;
        let reply = poll_fn(|context| {
            let reply = answer.as_mut().poll(context);
            // Only now is it known which requests there are, and a request that is answered at once needs no listener.
            if reply.is_pending() {
                let listening = listening
                    .get_or_insert_with(|| Box::pin(self.listen_for_cancellations(session)));
                let _: Poll<()> = listening.as_mut().poll(context);
            }
            reply
        })
        .await;
        match self.remember(session).await {
            Ok(()) => reply,
            Err(error) => {
                tracing::error!(%error, "a change of a session could not be remembered");
                let outcome = self.lock();
                let id = outcome.running.first().map(|(id, _)| id.as_str());
                Reply::error(id, Some(session.revision), &error, Stage::Method, false)
            }
        }
    }

    /// Never ready.
    async fn listen_for_cancellations(&self, session: &Session) {
        let running = self.lock().running.clone();
        let end = topic::end(&session.id);
        let mut topics: Vec<_> =
            running.iter().map(|(id, _)| topic::cancel(&session.id, id)).collect();
        topics.push(end.clone());
        match self.bus.subscribe(topics.clone()).await {
            Ok(mut subscription) => {
                while let Some((topic, _)) = subscription.next().await {
                    for (own, (_, cancelled)) in topics.iter().zip(&running) {
                        if topic == *own || topic == end {
                            cancelled.notify_one();
                        }
                    }
                }
            }
            Err(error) => tracing::error!(%error, "a call cannot be cancelled"),
        }
        pending::<()>().await;
    }

    async fn remember(&self, session: &Session) -> Result<(), Error> {
        let changes = std::mem::take(&mut self.lock().changes);
        for change in changes {
            self.sessions.settings.store.change(&session.id, change, session.rest()).await?;
        }
        Ok(())
    }

    /// What became of the session, for the response.
    pub(super) fn became(self) -> Became {
        self.outcome.into_inner().map_or_else(Became::default, |outcome| {
            outcome.into_inner().unwrap_or_else(PoisonError::into_inner).became
        })
    }
}

impl Became {
    /// Says it in the head of a response.
    pub(in crate::transport::http) fn tell(&self, response: &mut http::Response<Body>) {
        if self.missed {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        if let Some(begun) = &self.begun
            && let Ok(value) = HeaderValue::from_str(begun)
        {
            response.headers_mut().insert(&SESSION, value);
        }
    }
}

fn no_such_session() -> Error {
    Error::invalid_request(
        "there is no such session, or it has ended; `initialize` without a session begins a new one",
    )
}

impl fmt::Debug for Link<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Link").field("session", &self.session()).finish_non_exhaustive()
    }
}
