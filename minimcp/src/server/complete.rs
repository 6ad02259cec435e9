//! `completion/complete`: values for an argument that somebody is typing.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::call::turn;
use super::{Incoming, MiniMcp};
use crate::call::Call;
use crate::completion::{Completers, CompletionContext};
use crate::definition::{Policy, Prompt, Resource};
use crate::error::Error;
use crate::outbox::Outbox;
use crate::protocol::envelope::Member;
use crate::protocol::params::required_string;
use crate::protocol::reply::Reply;
use crate::protocol::types::completion::Completion;

/// What an argument of is completed.
enum Referred<S> {
    Prompt(Arc<Prompt<S>>),
    Resource(Arc<Resource<S>>),
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Whether some handler has a completer. Where none has, no revision knows the method: unlike a list, nobody asks
    /// for completions that were not announced.
    pub(super) fn offers_completions(&self) -> bool {
        let registry = self.registry();
        let prompts = &registry.prompts;
        prompts.find_map(|prompt| prompt.completers.is_any()).is_some()
            || registry
                .resources
                .templates
                .find_map(|resource| resource.completers.is_any())
                .is_some()
    }

    pub(super) async fn answer_complete(
        &self,
        incoming: &Incoming<'_>,
        outbox: Outbox,
        scope: &S,
    ) -> Result<Reply, Error> {
        let referred = self.referred(incoming.params.seldom().reference, scope)?;
        let (name, value) = argument(incoming.params.seldom().argument)?;
        let mut context = CompletionContext::default();
        if incoming.revision().has_completion_context() {
            context = chosen(incoming.params.seldom().context)?;
        }
        let known = referred.arguments();
        if !known.contains(&&*name) {
            return Err(unknown("argument", &name, &known));
        }
        let mut completion = Completion::default();
        if let Some(start) = referred.completers().get(&name) {
            let about = ("completion/complete", referred.name());
            self.prepare(incoming, about, referred.policy())?;
            let _timed = turn(incoming, referred.policy()).await;
            let of = referred.name().to_owned().into();
            let mut about = incoming.about(
                "completion/complete",
                of,
                (referred.policy().limits().clone(), incoming.peer.log_level),
            );
            about.completion = context;
            let call = Call::new(about, outbox);
            if let Some(turn) = self.admit(&call, referred.policy(), referred.name()) {
                turn.await?;
            }
            let completed =
                self.run((&call).into(), referred.policy(), || start(&value, scope, &call)).await;
            completion = completed.map_err(|error| error.said_of("Error completing", &name))?;
        }
        Ok(self.result(incoming, 256, |result| completion.encode(result)))
    }

    /// Finds what `ref` names.
    fn referred(&self, reference: Member<'_>, scope: &S) -> Result<Referred<S>, Error> {
        let reference: Reference<'_> = object(reference, "ref")?;
        let registry = self.registry();
        match reference.kind.decode().as_deref() {
            Some("ref/prompt") => {
                let name = required_string(reference.name, "ref.name")?;
                let missing = || {
                    let mut all = registry.prompts.all();
                    all.retain(|prompt| self.sees(&**prompt, scope));
                    let known: Vec<_> = all.iter().map(|prompt| prompt.prompt_name()).collect();
                    unknown("prompt", &name, &known)
                };
                let prompt = registry.prompts.get(&name).ok_or_else(missing)?;
                self.allow(&*prompt, scope, missing)?;
                Ok(Referred::Prompt(prompt))
            }
            Some("ref/resource") => {
                let uri = required_string(reference.uri, "ref.uri")?;
                let resources = &registry.resources;
                let missing = || {
                    let mut all = resources.templates.all();
                    all.retain(|template| self.sees(&**template, scope));
                    let known: Vec<_> = all.iter().map(|template| template.uri()).collect();
                    unknown("template", &uri, &known)
                };
                let resource = resources.with_uri(&uri).ok_or_else(missing)?;
                self.allow(&*resource, scope, missing)?;
                Ok(Referred::Resource(resource))
            }
            _ => Err(Error::invalid_params(
                "`params.ref.type` has to be \"ref/prompt\" or \"ref/resource\"",
            )),
        }
    }
}

impl<S> Referred<S> {
    /// The name of the prompt, or the template.
    fn name(&self) -> &str {
        match self {
            Self::Prompt(prompt) => prompt.prompt_name(),
            Self::Resource(resource) => resource.uri(),
        }
    }

    fn policy(&self) -> &Policy {
        match self {
            Self::Prompt(prompt) => &prompt.policy,
            Self::Resource(resource) => &resource.policy,
        }
    }

    fn completers(&self) -> &Completers<S> {
        match self {
            Self::Prompt(prompt) => &prompt.completers,
            Self::Resource(resource) => &resource.completers,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::Prompt(prompt) => prompt.argument_names().collect(),
            Self::Resource(resource) => resource.uri.names().collect(),
        }
    }
}

/// The members of `params.ref`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Reference<'a> {
    #[serde(borrow, rename = "type")]
    kind: Member<'a>,
    #[serde(borrow)]
    name: Member<'a>,
    #[serde(borrow)]
    uri: Member<'a>,
}

/// The members of `params.argument`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Argument<'a> {
    #[serde(borrow)]
    name: Member<'a>,
    #[serde(borrow)]
    value: Member<'a>,
}

/// The members of `params.context`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Context<'a> {
    #[serde(borrow)]
    arguments: Member<'a>,
}

/// The name of the argument, and what was typed.
fn argument<'a>(member: Member<'a>) -> Result<(Cow<'a, str>, Cow<'a, str>), Error> {
    let argument: Argument<'a> = object(member, "argument")?;
    Ok((
        required_string(argument.name, "argument.name")?,
        required_string(argument.value, "argument.value")?,
    ))
}

/// The arguments that are chosen already.
fn chosen(member: Member<'_>) -> Result<CompletionContext, Error> {
    if member.is_absent() {
        return Ok(CompletionContext::default());
    }
    let context: Context<'_> = object(member, "context")?;
    match context.arguments.0 {
        None | Some("null") => Ok(CompletionContext::default()),
        Some(arguments) => match serde_json::from_str(arguments) {
            Ok(Value::Object(arguments)) if arguments.values().all(Value::is_string) => {
                Ok(CompletionContext::new(arguments))
            }
            _ => Err(Error::invalid_params(
                "`params.context.arguments` has to be an object of strings",
            )),
        },
    }
}

/// Reads a member of `params` that has to be an object.
fn object<'a, T: Deserialize<'a>>(member: Member<'a>, name: &str) -> Result<T, Error> {
    let wrong = |why: &str| Error::invalid_params(format!("`params.{name}` {why}"));
    match member.0 {
        None => Err(wrong("is missing")),
        Some(json) if json.starts_with('{') => {
            serde_json::from_str(json).map_err(|error| wrong(&format!("cannot be read: {error}")))
        }
        Some(_) => Err(wrong("has to be an object")),
    }
}

/// The error for a name that is not there, which says those that are.
fn unknown(what: &'static str, name: &str, known: &[&str]) -> Error {
    /// More names than this help nobody.
    const MOST: usize = 20;
    let mut right = known.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if known.len() > MOST {
        right.push_str(", …");
    }
    Error::unknown_name(what, name, if known.is_empty() { "none" } else { &right })
}
