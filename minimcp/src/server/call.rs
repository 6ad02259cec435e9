//! The methods that call a handler.

use std::future::{Future, poll_fn};
use std::task::Poll;

use super::run::told_to_the_model;
use super::{Handed, Incoming, MiniMcp};
use crate::boxed::{BoxFuture, boxed};
use crate::call::{About, Call, Entered, Held, Places, Timed, Under};
use crate::definition::{Policy, Tool};
use crate::error::Error;
use crate::observe::{Outcome, log};
use crate::outbox::Outbox;
use crate::protocol::json::Object;
use crate::protocol::params::required_string;
use crate::protocol::reply::Reply;
use crate::protocol::types::MetaMap;
use crate::protocol::types::tool_result::CallToolResult;

/// Answering requests.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    #[allow(clippy::manual_async_fn, reason = "an async function keeps twice what it is given")]
    pub(super) fn answer_tools_call<'c>(
        &'c self,
        incoming: &'c Incoming<'_>,
        outbox: Outbox,
        scope: Handed<'c, S>,
    ) -> impl Future<Output = Result<Reply, Error>> + Send + 'c {
        async move {
            let name = required_string(incoming.params.name, "name")?;
            let arguments = arguments(incoming)?;
            let tool = match self.tool_for(&name, &scope) {
                Err(error) if told_to_the_model(&error, incoming.revision()) => {
                    return Ok(self.refusal(incoming, &error));
                }
                tool => tool?,
            };
            if incoming.is_modern() {
                incoming.transport.check_arguments(tool.mirrored(), arguments)?;
            }
            self.prepare(incoming, ("tools/call", tool.tool_name()), &tool.policy)?;
            let timed = turn(incoming, &tool.policy).await;
            let revision = incoming.revision();
            if !tool.sees_call && !self.offers_takers(revision) {
                let under = Under::new(tool.policy.limits(), Some(self.options()));
                let places = match under.try_enter(Places::ALL) {
                    Some(places) => places,
                    None => self.turn_without_call(under, &tool.policy, &name).await?,
                };
                let running = self.run_tool_for_model(
                    (&tool, revision),
                    Held::Places(places),
                    &scope,
                    arguments,
                );
                return Ok(self.tool_result(incoming, &tool, &running.await?));
            }
            let what = (tool.policy.limits().clone(), incoming.log_level(tool.listing.logs));
            let about = incoming.about("tools/call", name.clone(), what);
            let call = self.begin(incoming, about, outbox, &scope)?;
            if let Some(taker) = self.taker(&tool, &call)?
                && let Handed::Own(scope) = scope
            {
                drop(timed);
                // In a box, so that the way of all others does not carry it along.
                let taken: BoxFuture<'_, _> = boxed(|| {
                    self.answer_taken(incoming, taker, (tool.into_owned(), call, scope), arguments)
                });
                return taken.await;
            }
            if let Some(turn) = self.admit(&call, &tool.policy, &name) {
                turn.await?;
            }
            let running =
                self.run_tool_for_model((&tool, revision), (&call).into(), &scope, arguments);
            match running.await {
                Ok(result) => Ok(self.tool_result(incoming, &tool, &result)),
                #[cfg(feature = "ask")]
                Err(error) => self.ask_or_fail(incoming, error, &scope),
                #[cfg(not(feature = "ask"))]
                Err(error) => Err(error),
            }
        }
    }

    pub(crate) fn tool_result(
        &self,
        incoming: &Incoming<'_>,
        tool: &Tool<S>,
        result: &CallToolResult,
    ) -> Reply {
        let reply =
            self.result_with_meta(incoming, result.length(), result.meta.as_ref(), |object| {
                result.encode(object, incoming.revision(), tool.wraps_output());
            });
        match result.is_error() {
            true => reply.with_outcome(Outcome::Failed),
            false => reply,
        }
    }

    /// The result of a tool that was not called, for the model to read.
    fn refusal(&self, incoming: &Incoming<'_>, error: &Error) -> Reply {
        let result = CallToolResult::error(error.public_message());
        log(error);
        self.result(incoming, 256, |object| result.encode(object, incoming.revision(), false))
            .with_outcome(Outcome::of(error.kind()))
    }

    pub(super) async fn answer_prompts_get(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let name = required_string(incoming.params.name, "name")?;
        let arguments = arguments(incoming)?;
        let prompt = self.prompt_for(&name, scope)?;
        self.prepare(incoming, ("prompts/get", prompt.prompt_name()), &prompt.policy)?;
        let _timed = turn(incoming, &prompt.policy).await;
        let what = (prompt.policy.limits().clone(), incoming.log_level(prompt.listing.logs));
        let about = incoming.about("prompts/get", name.clone(), what);
        let call = self.begin(incoming, about, outbox, scope)?;
        if let Some(turn) = self.admit(&call, &prompt.policy, &name) {
            turn.await?;
        }
        let result = self.run_prompt(&prompt, &call, scope, arguments).await?;
        Ok(self.result_with_meta(incoming, 256, result.meta.as_ref(), |object| {
            result.encode(object, incoming.revision());
        }))
    }

    pub(super) async fn answer_resources_read(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let uri = required_string(incoming.params.uri, "uri")?;
        let candidates = self.candidates(&uri);
        let (resource, variables) = self.resource_for(&candidates, &uri, scope)?;
        self.prepare(incoming, ("resources/read", resource.uri()), &resource.policy)?;
        let _timed = turn(incoming, &resource.policy).await;
        let what = (resource.policy.limits().clone(), incoming.log_level(resource.listing.logs));
        let about = incoming.about("resources/read", uri.clone(), what);
        let call = self.begin(incoming, about, outbox, scope)?;
        if let Some(turn) = self.admit(&call, &resource.policy, resource.resource_name()) {
            turn.await?;
        }
        let contents = self.run_resource(resource, variables, &call, scope).await?;
        Ok(self.result(incoming, 256, |object| {
            object.array("contents", &contents, |out, contents| {
                contents.encode(out, resource.declared_mime_type());
            });
            self.read_hints(resource).encode(object, incoming.revision());
        }))
    }

    /// A call that may ask its client.
    #[cfg_attr(
        not(feature = "ask"),
        allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "no call asks")
    )]
    fn begin(
        &self,
        #[cfg_attr(not(feature = "ask"), allow(unused_variables, reason = "no call asks"))]
        incoming: &Incoming<'_>,
        about: About,
        outbox: Outbox,
        #[cfg_attr(not(feature = "ask"), allow(unused_variables, reason = "no call asks"))]
        scope: &S,
    ) -> Result<Call, Error> {
        #[cfg(feature = "ask")]
        return Ok(Call::asking_by(about, outbox, self.asking(incoming, scope)?));
        #[cfg(not(feature = "ask"))]
        Ok(Call::new(about, outbox))
    }

    /// Lets the call begin, or gives its turn, which has to be waited for: in a box, so that the way of all others does not
    /// carry the wait along.
    pub(crate) fn admit<'c>(
        &self,
        call: &'c Call,
        policy: &Policy,
        name: &'c str,
    ) -> Option<BoxFuture<'c, Result<(), Error>>> {
        if call.try_enter() {
            return None;
        }
        let longest = policy.timeout(self.options().idle_timeout);
        Some(Box::pin(async move {
            call.enter(name, longest).await?;
            call.keep_alive();
            Ok(())
        }))
    }

    /// The turn of a handler that has its places without a call.
    fn turn_without_call<'c>(
        &'c self,
        under: Under<'c>,
        policy: &Policy,
        name: &'c str,
    ) -> BoxFuture<'c, Result<Entered<'c>, Error>> {
        let longest = policy.timeout(self.options().idle_timeout);
        Box::pin(under.enter(Places::ALL, name, longest))
    }

    /// A result with the members that its revision adds to every result, merged with the handler's `_meta`.
    pub(super) fn result_with_meta(
        &self,
        incoming: &Incoming<'_>,
        capacity: usize,
        meta: Option<&MetaMap>,
        write: impl FnOnce(&mut Object<'_>),
    ) -> Reply {
        self.result_of_type(incoming, "complete", capacity, meta, write)
    }

    pub(crate) fn result_of_type(
        &self,
        incoming: &Incoming<'_>,
        result_type: &'static str,
        capacity: usize,
        meta: Option<&MetaMap>,
        write: impl FnOnce(&mut Object<'_>),
    ) -> Reply {
        let modern = incoming.revision().has_result_type();
        Reply::result(incoming.request.id, capacity, |result| {
            if modern {
                result.text("resultType", result_type);
            }
            write(result);
            if modern || meta.is_some() {
                result.object("_meta", |object| {
                    if modern {
                        object.splice(self.options().meta_member());
                    }
                    for (key, value) in meta.into_iter().flatten() {
                        object.named(key, value);
                    }
                });
            }
        })
    }
}

/// What comes before a handler is called.
impl<S> MiniMcp<S> {
    /// Refuses to begin anything when the server, or the transport of the message, is about to stop.
    pub(crate) fn check_open(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        match incoming.transport.is_closed() || self.options().closed.is_ended() {
            true => Err(Error::stopping()),
            false => Ok(()),
        }
    }

    /// What comes before a handler is called: notes for those who run the server which one it is, and refuses to begin
    /// anything shortly before the end.
    pub(super) fn prepare(
        &self,
        incoming: &Incoming<'_>,
        (method, name): (&'static str, &str),
        policy: &Policy,
    ) -> Result<(), Error> {
        #[cfg(feature = "metrics")]
        incoming.watch.is_of(|| policy.meters.keys(method, name));
        #[cfg(not(feature = "metrics"))]
        let _ = (method, name, policy);
        self.check_open(incoming)
    }
}

/// The turn of a call whose transport reads messages in their turn: pauses if the handler may keep others waiting, and may take
/// the time from then on, until what this gives is dropped. Where nobody waits for their turn, it does nothing.
pub(super) async fn turn<'c>(incoming: &'c Incoming<'_>, policy: &'c Policy) -> Option<Timed<'c>> {
    if !incoming.transport.takes_turns() {
        return None;
    }
    if !policy.pace.answers_at_once() {
        pause().await;
    }
    policy.pace.timed()
}

/// Pending once. Nothing wakes it: who asked for the pause polls again.
pub(super) fn pause() -> impl Future<Output = ()> {
    let mut paused = false;
    poll_fn(move |_| match std::mem::replace(&mut paused, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
}

/// The JSON text of the arguments; absent ones are empty ones.
fn arguments<'a>(incoming: &Incoming<'a>) -> Result<&'a str, Error> {
    match incoming.params.arguments.0 {
        None | Some("null") => Ok("{}"),
        Some(arguments) if arguments.starts_with('{') => Ok(arguments),
        Some(_) => Err(Error::invalid_params("`params.arguments` has to be an object")),
    }
}
