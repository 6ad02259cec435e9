//! Messages of clients that may have a session.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use super::Sessions;
use super::lasting::Lasting;
use super::link::{Found, Link};
use super::recorder::Recorder;
use crate::transport::http::answer;
use crate::transport::http::body::Body;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::exchange::{Answered, Exchange};
use crate::transport::http::media::Accepted;
use crate::transport::http::mirror::Mirror;
use crate::transport::http::received::Received;

impl<S: Send + Sync + 'static> Endpoint<S> {
    pub(in crate::transport::http) async fn call_in_session(
        &self,
        sessions: &Sessions,
        mirror: Mirror,
        message: Bytes,
        accepted: Accepted,
        scope: S,
    ) -> Response<Body> {
        let found = Found::of(mirror.headers(), sessions, &self.owner(&scope)).await;
        let Found::Live(session, _) = &found else {
            let exchange = self.begin_linked(sessions, found, mirror, message, accepted, scope);
            return answer::by(exchange, accepted).await;
        };
        let recorder = match accepted.stream && session.revision.has_resumable_streams() {
            true => Recorder::new(&sessions.settings, self.server().news(), &session.id),
            false => None,
        };
        let mut exchange = self.begin_linked(sessions, found, mirror, message, accepted, scope);
        if recorder.is_some() {
            exchange.let_hang_up();
        }
        let orphans = Arc::clone(&sessions.settings.orphans);
        answer::by(Lasting::new(exchange, recorder, accepted.json, orphans), accepted).await
    }

    /// Begins the call of a client that may have a session.
    pub(in crate::transport::http) fn begin_linked(
        &self,
        sessions: &Sessions,
        found: Found,
        mirror: Mirror,
        message: Bytes,
        accepted: Accepted,
        scope: S,
    ) -> Exchange {
        let (endpoint, sessions) = (self.clone(), sessions.clone());
        self.exchange(accepted, |outbox| async move {
            let (server, owner) = (endpoint.server(), endpoint.owner(&scope));
            let link = Link::new(&sessions, owner, server.news(), &found);
            let reply = {
                let received = Received::linked((&mirror, endpoint.ending()), &link);
                let answer = pin!(server.dispatch(&message, &received, outbox, scope));
                match link.is_live() {
                    // In a box, so that messages without a session do not carry it along.
                    true => Box::pin(link.attend(answer)).await,
                    false => answer.await,
                }
            };
            Answered { reply, became: link.became() }
        })
    }
}
