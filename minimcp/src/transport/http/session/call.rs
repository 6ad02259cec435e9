//! Messages of clients that may have a session.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use super::Sessions;
use super::lasting::Lasting;
use super::link::{Found, Link};
use super::recorder::Recorder;
use crate::outbox::Outbox;
use crate::transport::http::answer;
use crate::transport::http::body::Body;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::exchange::Exchange;
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
        let owner = self.owner(&scope);
        let found = Found::of(mirror.headers(), sessions, &owner).await;
        let link = Link::new(sessions, owner, self.server().news(), found);
        if !accepted.stream && !link.is_live() {
            let received = Received::linked(&mirror, &link);
            let reply = self.server().dispatch(message, &received, Outbox::none(), scope).await;
            return link.finish(answer::json(reply));
        }
        let link = Arc::new(link);
        let (outbox, mut inbox) = Outbox::channel(self.options().outbox_capacity);
        let recorder = link
            .session()
            .filter(|session| accepted.stream && session.revision.has_resumable_streams())
            .and_then(|session| {
                Recorder::new(&sessions.settings, self.server().news(), &session.id)
            });
        if recorder.is_some() {
            inbox.let_hang_up();
        }
        let outbox = if accepted.stream { outbox } else { Outbox::none() };
        let (server, attending) = (self.server().clone(), Arc::clone(&link));
        let call = async move {
            let received = Received::linked(&mirror, &attending);
            attending.attend(server.dispatch(message, &received, outbox, scope)).await
        };
        let keep_alive = self.options().keep_alive.filter(|_| accepted.stream);
        let exchange = Exchange::new(call, inbox, keep_alive);
        let response = match link.is_live() {
            true => answer::by(Lasting::new(exchange, recorder, accepted.json), accepted).await,
            false => answer::by(exchange, accepted).await,
        };
        link.finish(response)
    }
}
