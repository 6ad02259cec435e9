//! The methods that call a handler.

use std::borrow::Cow;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;

use super::dispatch::Incoming;
use super::{Handed, MiniMcp, Transport};
use crate::args::{Context, Input};
use crate::bus::BoxFuture;
use crate::call::{About, Call, HandlerFuture, Part, Permits, panicked, supervise};
use crate::changes::Changes;
use crate::completion::CompletionContext;
use crate::definition::{Policy, Prompt, Resource, Tool};
use crate::error::{Error, Kind};
use crate::observe::{Outcome, log};
use crate::outbox::Outbox;
use crate::protocol::envelope::Member;
use crate::protocol::json::Object;
use crate::protocol::params::required_string;
use crate::protocol::reply::Reply;
use crate::protocol::types::MetaMap;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::uri_template::Variables;

/// Answering requests.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(super) async fn answer_tools_call(
        &self,
        incoming: &Incoming<'_>,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: Handed<'_, S>,
    ) -> Result<Reply, Error> {
        let name = required_string(incoming.params.name, "name")?;
        let arguments = arguments(incoming)?;
        let tool = match self.tool_for(&name, &scope) {
            Err(error) if told_to_the_model(&error, incoming.revision()) => {
                return Ok(self.refusal(incoming, &error));
            }
            tool => tool?,
        };
        if incoming.revision().is_modern() {
            transport.check_arguments(tool.mirrored(), arguments)?;
        }
        self.prepare(incoming, ("tools/call", tool.tool_name()), &tool.policy, transport).await?;
        let call =
            self.begin(incoming, ("tools/call", name.clone()), tool.listing.logs, outbox, &scope)?;
        if let Some(taker) = self.taker(&tool, &call)?
            && let Handed::Own(scope) = scope
        {
            // In a box, so that the way of all others does not carry it along.
            let taken: BoxFuture<'_, _> =
                Box::pin(self.answer_taken(incoming, taker, (tool, call, scope), arguments));
            return taken.await;
        }
        self.admit(&call, &tool.policy, &name).await?;
        match self.run_tool_for_model(&tool, &call, &scope, arguments).await {
            Ok(result) => Ok(self.tool_result(incoming, &tool, &result)),
            #[cfg(feature = "ask")]
            Err(error) => self.ask_or_fail(incoming, error, &scope),
            #[cfg(not(feature = "ask"))]
            Err(error) => Err(error),
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
        transport: &dyn Transport,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let name = required_string(incoming.params.name, "name")?;
        let arguments = arguments(incoming)?;
        let prompt = self.prompt_for(&name, scope)?;
        self.prepare(incoming, ("prompts/get", prompt.prompt_name()), &prompt.policy, transport)
            .await?;
        let call = self.begin(
            incoming,
            ("prompts/get", name.clone()),
            prompt.listing.logs,
            outbox,
            scope,
        )?;
        self.admit(&call, &prompt.policy, &name).await?;
        let result = self.run_prompt(&prompt, &call, scope, arguments).await?;
        Ok(self.result_with_meta(incoming, 256, result.meta.as_ref(), |object| {
            result.encode(object, incoming.revision());
        }))
    }

    pub(super) async fn answer_resources_read(
        &self,
        incoming: &Incoming<'_>,
        transport: &dyn Transport,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let uri = required_string(incoming.params.uri, "uri")?;
        let candidates = self.candidates(&uri);
        let (resource, variables) = self.resource_for(&candidates, &uri, scope)?;
        self.prepare(incoming, ("resources/read", resource.uri()), &resource.policy, transport)
            .await?;
        let call = self.begin(
            incoming,
            ("resources/read", uri.clone()),
            resource.listing.logs,
            outbox,
            scope,
        )?;
        self.admit(&call, &resource.policy, resource.resource_name()).await?;
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
        incoming: &Incoming<'_>,
        (method, name): (&'static str, Cow<'_, str>),
        logs: bool,
        outbox: Outbox,
        #[cfg_attr(not(feature = "ask"), allow(unused_variables, reason = "no call asks"))]
        scope: &S,
    ) -> Result<Call, Error> {
        let mut about = incoming.about(method, name, CompletionContext::default());
        // What a server did not announce it does not send.
        about.log_level = about.log_level.filter(|_| logs);
        #[cfg(feature = "ask")]
        return Ok(Call::asking_by(about, outbox, self.asking(incoming, scope)?));
        #[cfg(not(feature = "ask"))]
        Ok(Call::new(about, outbox))
    }

    /// Waits for the call's turn.
    pub(crate) async fn admit(
        &self,
        call: &Call,
        policy: &Policy,
        name: &str,
    ) -> Result<(), Error> {
        let longest = policy.timeout(self.options().idle_timeout);
        let server = self.options().limit().filter(|_| !call.is_detached());
        if let Some(permits) = Permits::at_once(policy.limits(server)) {
            call.hold(permits);
            return Ok(());
        }
        // In a box, so that the way of all others does not carry the wait along.
        let acquired: BoxFuture<'_, _> =
            Box::pin(Permits::acquire(policy.limits(server), name, longest));
        call.hold(acquired.await?);
        call.keep_alive();
        Ok(())
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

/// Looking up and running handlers.
impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(super) fn tool(&self, name: &str) -> Result<Arc<Tool<S>>, Error> {
        self.registry().tools.get(name).ok_or_else(|| Error::unknown_handler("tool", name))
    }

    pub(super) fn prompt(&self, name: &str) -> Result<Arc<Prompt<S>>, Error> {
        self.registry().prompts.get(name).ok_or_else(|| Error::unknown_handler("prompt", name))
    }

    pub(super) fn run_tool<'c>(
        &'c self,
        tool: &'c Tool<S>,
        call: &'c Call,
        scope: &'c S,
        arguments: &'c str,
    ) -> impl Future<Output = Result<CallToolResult, Error>> + 'c {
        let input = Input::Json(arguments);
        let context =
            Context { call, scope, input, deny_unknown: tool.deny_unknown, mime_type: None };
        self.run(call, &tool.policy, move || (tool.run)(context))
    }

    /// Runs a tool; an error that the model should read is a result.
    pub(crate) async fn run_tool_for_model(
        &self,
        tool: &Tool<S>,
        call: &Call,
        scope: &S,
        arguments: &str,
    ) -> Result<CallToolResult, Error> {
        match self.run_tool(tool, call, scope, arguments).await {
            Err(error) if told_to_the_model(&error, call.revision()) => {
                log(&error);
                Ok(CallToolResult::error(error.public_message()))
            }
            result => result,
        }
    }

    pub(super) async fn run_prompt(
        &self,
        prompt: &Prompt<S>,
        call: &Call,
        scope: &S,
        arguments: &str,
    ) -> Result<GetPromptResult, Error> {
        let input = Input::Strings(arguments);
        let context =
            Context { call, scope, input, deny_unknown: prompt.deny_unknown, mime_type: None };
        let result = self.run(call, &prompt.policy, || (prompt.run)(context)).await;
        let mut result =
            result.map_err(|error| error.said_of("Error getting prompt", call.name()))?;
        if result.description.is_none() {
            result.description.clone_from(&prompt.listing.description);
        }
        Ok(result)
    }

    pub(super) async fn run_resource(
        &self,
        resource: &Resource<S>,
        variables: Variables<'_, '_>,
        call: &Call,
        scope: &S,
    ) -> Result<Vec<ResourceContents>, Error> {
        let input = Input::Variables(variables);
        let mime_type = resource.declared_mime_type();
        let context = Context { call, scope, input, deny_unknown: false, mime_type };
        let result = self.run(call, &resource.policy, || (resource.run)(context)).await;
        result.map_err(|error| {
            error
                .about_resource(call.name())
                .said_of("Error reading resource", resource.resource_name())
        })
    }

    /// Starts a handler and sees it to its end.
    pub(crate) async fn run<'c, T>(
        &self,
        call: &Call,
        policy: &Policy,
        start: impl FnOnce() -> HandlerFuture<'c, T>,
    ) -> Result<T, Error> {
        // A closure may panic before it gives a future; what it left half done goes away with it.
        let handler = catch_unwind(AssertUnwindSafe(start)).map_err(|panic| panicked(&*panic))?;
        let longest = self.options().idle_timeout.filter(|_| !call.is_detached());
        let result = supervise(call, policy.timeout(longest), handler).await;
        if policy.pace.is_wanted() {
            policy.pace.took(call.activity().age());
        }
        result
    }
}

impl Incoming<'_> {
    pub(crate) fn call(&self, method: &'static str, name: Cow<'_, str>, outbox: Outbox) -> Call {
        Call::new(self.about(method, name, CompletionContext::default()), outbox)
    }

    /// What is known of a call from its request.
    #[inline]
    pub(super) fn about(
        &self,
        method: &'static str,
        name: Cow<'_, str>,
        completion: CompletionContext,
    ) -> About {
        let meta = &self.params.meta;
        About {
            message: self.message.clone(),
            id: self.part(self.request.id),
            method,
            name: match name {
                Cow::Borrowed(name) => self.part(name),
                Cow::Owned(name) => Part::Own(name.into()),
            },
            revision: Some(self.revision()),
            meta: self.params.raw_meta.0.map_or(Part::Nothing, |meta| self.part(meta)),
            progress_token: meta.progress_token().map(|token| self.share(Some(token))),
            log_level: self.peer.log_level,
            client_capabilities: self.declared(meta.client_capabilities, &self.peer.capabilities),
            client_info: self.declared(meta.client_info, &self.peer.info),
            trace: self.trace.clone(),
            completion,
            changes: Changes::over(self.news),
        }
    }
}

impl Incoming<'_> {
    fn part(&self, part: &str) -> Part {
        Part::of(self.message, part)
    }

    /// What a client declared: a modern one in the message itself, another one when it introduced itself.
    fn declared(&self, member: Member<'_>, earlier: &Bytes) -> Part {
        match member.0.filter(|_| self.revision().is_modern()) {
            Some(member) => self.part(member),
            None if earlier.is_empty() => Part::Nothing,
            None => Part::Own(earlier.clone()),
        }
    }
}

/// The JSON text of the arguments; absent ones are empty ones.
fn arguments<'a>(incoming: &Incoming<'a>) -> Result<&'a str, Error> {
    match incoming.params.arguments.0 {
        None | Some("null") => Ok("{}"),
        Some(arguments) if arguments.starts_with('{') => Ok(arguments),
        Some(_) => Err(Error::invalid_params("`params.arguments` has to be an object")),
    }
}

/// Whether an error of a tool is a result that the model reads, and not an error of the protocol.
fn told_to_the_model(error: &Error, revision: ProtocolVersion) -> bool {
    match error.kind() {
        Kind::Handler | Kind::NotFound | Kind::ResourceNotFound | Kind::Forbidden => true,
        Kind::Arguments | Kind::InvalidParams => revision.tells_argument_errors_to_the_model(),
        _ => false,
    }
}
