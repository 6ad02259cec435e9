//! How requests reach extensions.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::method::{Members, MethodCall};
use super::tool_call::Answered;
use super::{Extension, ToolAnswer, ToolCall, declared};
use crate::args::{value_length, walk};
use crate::call::{Call, guard, panicked};
use crate::definition::{Policy, Tool};
use crate::error::Error;
#[cfg(feature = "ask")]
use crate::error::Kind;
use crate::outbox::Outbox;
use crate::protocol::envelope::{Member, Request};
use crate::protocol::json::value_of;
use crate::protocol::params::required_string;
use crate::protocol::reply::Reply;
use crate::protocol::types::MetaMap;
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::server::{Incoming, MiniMcp};
use bytes::Bytes;

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// What the header `Mcp-Name` has to repeat of a request of an extension.
    pub(crate) fn mirrored_member<'a>(&self, request: &Request<'a>) -> Option<Member<'a>> {
        let (_, method) = self.offered().method(&request.method, ProtocolVersion::LATEST)?;
        Some(member(request.params, method.mirrored?).unwrap_or_default())
    }

    pub(crate) async fn answer_extension(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let name = incoming.request.method.as_ref();
        let (extension, method) = self
            .offered()
            .method(name, incoming.revision())
            .ok_or_else(|| Error::method_not_found(name))?;
        if !method.undeclared
            && declared(value_of(incoming.capabilities()), &extension.id).is_none()
        {
            return Err(match incoming.is_modern() {
                true => Error::missing_extension(&extension.id),
                false => Error::method_not_found(name),
            });
        }
        let params = incoming.request.params.unwrap_or("{}");
        let about = match method.mirrored {
            Some(name) => required_string(member(Some(params), name)?, name)?,
            None => Cow::Borrowed(""),
        };
        let call = incoming.call(method.name, about, outbox);
        let policy = Policy::default();
        if !method.unlimited {
            self.check_open(incoming)?;
            if let Some(turn) = self.admit(&call, &policy, method.name) {
                turn.await?;
            }
        }
        let context = MethodCall { server: self, call: &call, scope, params };
        let result = self.run((&call).into(), &policy, || (method.run)(context)).await?;
        Ok(self.members(incoming, method.result_type, result))
    }

    /// A result of any type; its `_meta` is merged with the server's.
    fn members(
        &self,
        incoming: &Incoming<'_>,
        result_type: &'static str,
        mut members: Members,
    ) -> Reply {
        members.remove("resultType");
        let meta = members.remove("_meta");
        let meta: Option<MetaMap> = meta.and_then(|meta| serde_json::from_str(meta.get()).ok());
        self.result_of_type(incoming, result_type, 256, meta.as_ref(), |object| {
            for (name, value) in &members {
                object.named(name, value);
            }
        })
    }

    /// Whether an extension may want to answer calls of tools.
    pub(crate) fn offers_takers(&self, revision: ProtocolVersion) -> bool {
        self.offered().taking(revision).next().is_some()
    }

    /// The extension that wants to answer a call of a tool.
    pub(crate) fn taker(
        &self,
        tool: &Tool<S>,
        call: &Call,
    ) -> Result<Option<&Arc<Extension<S>>>, Error> {
        for extension in self.offered().taking(call.revision()) {
            if let Some(taking) = &extension.taking
                && catch_unwind(AssertUnwindSafe(|| (taking.wants)(tool, call)))
                    .map_err(|panic| panicked(&*panic))??
            {
                return Ok(Some(extension));
            }
        }
        Ok(None)
    }

    /// Lets an extension answer a call of a tool.
    pub(crate) async fn answer_taken(
        &self,
        incoming: &Incoming<'_>,
        extension: &Extension<S>,
        (tool, call, scope): (Arc<Tool<S>>, Call, S),
        arguments: &str,
    ) -> Result<Reply, Error> {
        let Some(taking) = &extension.taking else {
            return Err(Error::internal("an extension that answers no calls was given one"));
        };
        #[cfg(feature = "ask")]
        let bound = self.bound(incoming, &scope);
        let taken = ToolCall {
            server: self.clone(),
            tool: Arc::clone(&tool),
            call,
            scope,
            arguments: Bytes::copy_from_slice(arguments.as_bytes()),
        };
        let taking = catch_unwind(AssertUnwindSafe(|| (taking.take)(taken)))
            .map_err(|panic| panicked(&*panic))?;
        let ToolAnswer(answered) = match guard(taking).await {
            Ok(answer) => answer,
            #[cfg(feature = "ask")]
            Err(error) if *error.kind() == Kind::InputRequired => {
                return self.ask(incoming, error, &bound);
            }
            Err(error) => return Err(error),
        };
        Ok(match answered {
            Answered::Result(result) => self.tool_result(incoming, &tool, &result),
            Answered::OfType(result_type, members) => self.members(incoming, result_type, members),
        })
    }

    /// Runs the tool of a call that was taken over.
    pub(super) async fn run_taken(
        &self,
        taken: &ToolCall<S>,
        arguments: &str,
    ) -> Result<CallToolResult, Error> {
        let ToolCall { tool, call, scope, .. } = taken;
        if let Some(turn) = self.admit(call, &tool.policy, call.name()) {
            turn.await?;
        }
        self.run_tool_for_model((tool, call.revision()), call.into(), scope, arguments).await
    }
}

/// A member of the parameters.
///
/// # Errors
///
/// -32602 when it is there twice: two readers of one message could otherwise take different ones.
fn member<'a>(params: Option<&'a str>, name: &str) -> Result<Member<'a>, Error> {
    let mut found = Member::default();
    let mut twice = false;
    walk(params.unwrap_or("{}"), |key, rest| {
        let length = value_length(rest)?;
        if key == name {
            twice |= found.0.is_some();
            found = Member(rest.get(..length));
        }
        Some(length)
    });
    match twice {
        true => Err(Error::invalid_params(format!("`params.{name}` is there twice"))),
        false => Ok(found),
    }
}
