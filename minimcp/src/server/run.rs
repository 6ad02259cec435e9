//! Running handlers.

use std::future::{Future, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Poll, ready};

use super::MiniMcp;
use crate::args::{Context, Input};
use crate::call::{Call, HandlerFuture, Held, Supervised, panicked, supervise};
use crate::definition::{Policy, Prompt, Resource, Tool};
use crate::error::{Error, Kind};
use crate::observe::log;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::registry::Served;
use crate::uri_template::Variables;

impl<S: Send + Sync + 'static> MiniMcp<S> {
    pub(super) fn tool(&self, name: &str) -> Result<Served<'_, Tool<S>>, Error> {
        self.registry().tools.serve(name).ok_or_else(|| Error::unknown_handler("tool", name))
    }

    pub(super) fn prompt(&self, name: &str) -> Result<Served<'_, Prompt<S>>, Error> {
        self.registry().prompts.serve(name).ok_or_else(|| Error::unknown_handler("prompt", name))
    }

    pub(super) fn run_tool<'c>(
        &'c self,
        tool: &'c Tool<S>,
        held: Held<'c>,
        scope: &'c S,
        arguments: &'c str,
    ) -> Supervised<'c, CallToolResult> {
        let call: &Call = match held.call() {
            Some(call) => call,
            None => Call::unseen(),
        };
        let input = Input::Json(arguments);
        let context =
            Context { call, scope, input, deny_unknown: tool.deny_unknown, mime_type: None };
        self.run(held, &tool.policy, move || (tool.run)(context))
    }

    /// Runs a tool; an error that the model should read is a result.
    pub(crate) fn run_tool_for_model<'c>(
        &'c self,
        (tool, revision): (&'c Tool<S>, ProtocolVersion),
        held: Held<'c>,
        scope: &'c S,
        arguments: &'c str,
    ) -> impl Future<Output = Result<CallToolResult, Error>> + 'c {
        let mut running = self.run_tool(tool, held, scope, arguments);
        poll_fn(move |context| match ready!(Pin::new(&mut running).poll(context)) {
            Err(error) if told_to_the_model(&error, revision) => {
                log(&error);
                Poll::Ready(Ok(CallToolResult::error(error.public_message())))
            }
            result => Poll::Ready(result),
        })
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
        let result = self.run(call.into(), &prompt.policy, || (prompt.run)(context)).await;
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
        let result = self.run(call.into(), &resource.policy, || (resource.run)(context)).await;
        result.map_err(|error| {
            error
                .about_resource(call.name())
                .said_of("Error reading resource", resource.resource_name())
        })
    }

    /// Starts a handler and sees it to its end.
    pub(crate) fn run<'c, T: Send + 'c>(
        &self,
        held: Held<'c>,
        policy: &Policy,
        start: impl FnOnce() -> HandlerFuture<'c, T>,
    ) -> Supervised<'c, T> {
        let detached = held.call().is_some_and(Call::is_detached);
        let longest = self.options().idle_timeout.filter(|_| !detached);
        let timeout = policy.timeout(longest);
        // A closure may panic before it gives a future; what it left half done goes away with it.
        let handler = catch_unwind(AssertUnwindSafe(start))
            .unwrap_or_else(|panic| Box::pin(ready(Err(panicked(&*panic)))));
        supervise(held, timeout, handler)
    }
}

/// Whether an error of a tool is a result that the model reads, and not an error of the protocol.
pub(super) fn told_to_the_model(error: &Error, revision: ProtocolVersion) -> bool {
    match error.kind() {
        Kind::Handler | Kind::NotFound | Kind::ResourceNotFound | Kind::Forbidden => true,
        Kind::Arguments | Kind::InvalidParams => revision.tells_argument_errors_to_the_model(),
        _ => false,
    }
}
