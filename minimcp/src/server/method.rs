//! The methods of the protocol, and who answers them.

use super::call::pause;
use super::{Handed, Incoming, MiniMcp};
use crate::boxed::{BoxFuture, boxed};
use crate::call::LogLevel;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::reply::Reply;

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Brings a request to its method.
    pub(super) async fn method(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: Handed<'_, S>,
    ) -> Result<Reply, Error> {
        if incoming.transport.takes_turns() && self.is_of_an_extension(incoming) {
            pause().await;
        }
        if incoming.request.method == "tools/call" && self.offers_tools(incoming.is_modern()) {
            return self.answer_tools_call(incoming, outbox, scope).await;
        }
        if let Some(answered) = self.answer_at_once(incoming, &scope) {
            return answered;
        }
        let answered = self.answer_in_time(incoming, outbox, &scope).await;
        #[cfg(feature = "ask")]
        let answered = answered.or_else(|error| self.ask_or_fail(incoming, error, &scope));
        answered
    }

    fn is_of_an_extension(&self, incoming: &Incoming<'_>) -> bool {
        self.offered().method(&incoming.request.method, incoming.revision()).is_some()
    }

    /// The answer to a request that nothing has to be waited for.
    fn answer_at_once(&self, incoming: &Incoming<'_>, scope: &S) -> Option<Result<Reply, Error>> {
        let modern = incoming.is_modern();
        let answered = match incoming.request.method.as_ref() {
            "tools/list" if self.offers_tools(modern) => self.answer_tools_list(incoming, scope),
            "prompts/list" if self.offers_prompts(modern) => {
                self.answer_prompts_list(incoming, scope)
            }
            "resources/list" if self.offers_resources(modern) => {
                self.answer_resources_list(incoming, scope)
            }
            "resources/templates/list" if self.offers_resources(modern) => {
                self.answer_templates_list(incoming, scope)
            }
            "server/discover" if modern => Ok(self.answer_discover(incoming)),
            "logging/setLevel"
                if !modern
                    && incoming.transport.remembers_log_level()
                    && self.registry().logs() =>
            {
                answer_set_level(incoming)
            }
            "initialize" if !modern => self.answer_initialize(incoming),
            "ping" if !modern => Ok(Reply::result(incoming.request.id, 0, |_| ())),
            _ => return None,
        };
        Some(answered)
    }

    /// The answer to any other request but the call of a tool.
    ///
    /// Each way is in a box of its own, so that nobody who waits for one carries the others along.
    fn answer_in_time<'a>(
        &'a self,
        incoming: &'a Incoming<'_>,
        outbox: Outbox,
        scope: &'a S,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        let modern = incoming.is_modern();
        match incoming.request.method.as_ref() {
            "prompts/get" if self.offers_prompts(modern) => {
                boxed(|| self.answer_prompts_get(incoming, outbox, scope))
            }
            "resources/read" if self.offers_resources(modern) => {
                boxed(|| self.answer_resources_read(incoming, outbox, scope))
            }
            "completion/complete" if self.offers_completions() => {
                boxed(|| self.answer_complete(incoming, outbox, scope))
            }
            "subscriptions/listen" if modern && incoming.transport.listens() => {
                boxed(|| self.answer_listen(incoming, outbox, scope))
            }
            "resources/subscribe" if !modern && self.offers_subscriptions(incoming.transport) => {
                boxed(|| self.answer_subscribe(incoming, scope))
            }
            "resources/unsubscribe" if !modern && self.offers_subscriptions(incoming.transport) => {
                boxed(|| self.answer_unsubscribe(incoming))
            }
            _ => boxed(|| self.answer_extension(incoming, outbox, scope)),
        }
    }
}

fn answer_set_level(incoming: &Incoming<'_>) -> Result<Reply, Error> {
    let level =
        incoming.params.seldom().level.as_str().and_then(LogLevel::parse).ok_or_else(|| {
            let levels = LogLevel::ALL.map(LogLevel::as_str).join(", ");
            Error::invalid_params(format!("`params.level` has to be one of {levels}"))
        })?;
    incoming.transport.set_log_level(level);
    Ok(Reply::result(incoming.request.id, 0, |_| ()))
}
