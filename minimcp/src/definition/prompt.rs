//! A prompt.

use std::fmt;
use std::future::Future;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::handler::Handler;
use super::listing::listing_methods;
use super::{Listing, Policy, Run, RunFn, dynamic};
use crate::completion::{Completer, Completers, choices};
use crate::output::{HandlerError, PromptOutput};
use crate::param::Parameter;
use crate::protocol::json::Object;
use crate::protocol::types::message::GetPromptResult;
use crate::protocol::version::ProtocolVersion;
use crate::schema::{Arguments, Parameters};

/// A prompt: its listing, its arguments, and the function that writes it.
///
/// `#[prompt]` makes one of a function, [`of`](Self::of) names it; [`from_fn`](Self::from_fn) makes one at run time.
///
/// ```
/// use minimcp::{prompt, MiniMcp, Prompt};
///
/// /// Greet somebody
/// #[prompt]
/// async fn greet(name: &str) -> String { format!("Write a greeting for {name}.") }
///
/// let server: MiniMcp = MiniMcp::new("greeter");
/// server.prompts().add(Prompt::of::<greet>().title("Greeting"))?;
/// # Ok::<(), minimcp::AlreadyRegistered>(())
/// ```
pub struct Prompt<S = ()> {
    pub(crate) listing: Listing,
    pub(crate) policy: Policy,
    pub(crate) deny_unknown: bool,
    pub(crate) run: Run<S, GetPromptResult>,
    pub(crate) completers: Completers<S>,
    arguments: Vec<Argument>,
}

#[derive(Debug)]
struct Argument {
    name: String,
    description: Option<String>,
    required: bool,
}

impl<S> Prompt<S> {
    /// The prompt of a function with `#[prompt]`.
    #[must_use]
    pub fn of<H: Handler<S, Definition = Self>>() -> Self {
        H::define()
    }

    /// A prompt of a closure; see [`Tool::from_fn`](crate::Tool::from_fn) for its parameters.
    pub fn from_fn<A, P, T, E, F, Fut>(name: &str, handler: F) -> Self
    where
        S: Send + Sync + 'static,
        A: DeserializeOwned + JsonSchema,
        P: Parameter<S>,
        T: PromptOutput + 'static,
        E: HandlerError,
        F: Fn(A, P) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let run = dynamic::run(handler, |output: T, _| output.into_result());
        Self::new(name, arguments_of(&dynamic::schema::<A>()), run).logs(P::LOGS)
    }

    #[doc(hidden)]
    pub fn __define(
        name: &str,
        parameters: fn(&mut Parameters),
        run: RunFn<S, GetPromptResult>,
    ) -> Self
    where
        S: 'static,
    {
        let parameters = Parameters::described(parameters).finish();
        let arguments = described(&parameters);
        let mut prompt = Self::new(name, arguments, Box::new(run)).logs(parameters.logs());
        for (argument, values) in choices(&parameters) {
            prompt.completers.set_list(argument, values);
        }
        prompt
    }

    fn new(name: &str, arguments: Vec<Argument>, run: Run<S, GetPromptResult>) -> Self {
        let listing = Listing::of(name);
        Self {
            listing,
            policy: Policy::default(),
            deny_unknown: false,
            run,
            completers: Completers::default(),
            arguments,
        }
        .name(name)
    }

    /// The name that clients ask for it by.
    ///
    /// # Panics
    ///
    /// If it is empty.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.listing.name = name.into().trim().to_owned();
        assert!(!self.listing.name.is_empty(), "a prompt has a name");
        self
    }

    listing_methods!();

    /// Refuses arguments that the prompt does not know; otherwise they are ignored.
    #[must_use]
    pub fn deny_unknown(mut self, deny: bool) -> Self {
        self.deny_unknown = deny;
        self
    }

    /// Says who completes an argument, over what was said before; see [`Completer`].
    ///
    /// ```
    /// use minimcp::{prompt, MiniMcp, Prompt};
    ///
    /// /// Review code
    /// #[prompt]
    /// async fn review(language: &str, code: &str) -> String { format!("Review this {language} code: {code}") }
    ///
    /// let server: MiniMcp = MiniMcp::new("reviewer");
    /// server.prompts().add(Prompt::of::<review>().complete("language", ["python", "rust"]))?;
    /// # Ok::<(), minimcp::AlreadyRegistered>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the prompt has no such argument.
    #[must_use]
    pub fn complete<Via>(mut self, argument: &str, completer: impl Completer<S, Via>) -> Self {
        assert!(
            self.argument_names().any(|name| name == argument),
            "the prompt `{}` has no argument `{argument}` to complete",
            self.listing.name
        );
        self.completers.set(argument, completer);
        self
    }

    pub(crate) fn argument_names(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().map(|argument| argument.name.as_str())
    }

    /// What the prompt is called.
    #[must_use]
    pub fn prompt_name(&self) -> &str {
        &self.listing.name
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        let mut object = Object::open(out);
        self.listing.encode(&mut object, revision);
        if !self.arguments.is_empty() {
            object.array("arguments", &self.arguments, |out, argument| {
                let mut object = Object::open(out);
                object
                    .member("name", &argument.name)
                    .optional("description", argument.description.as_deref());
                object.member("required", &argument.required);
                object.close();
            });
        }
        self.listing.encode_end(&mut object, revision);
        object.close();
    }
}

fn described(parameters: &Arguments) -> Vec<Argument> {
    let argument = |parameter: &crate::schema::Parameter| Argument {
        name: parameter.name.to_owned(),
        description: parameter.about().map(str::to_owned),
        required: parameter.required,
    };
    parameters.list().iter().map(argument).collect()
}

fn arguments_of(schema: &Value) -> Vec<Argument> {
    let required = |name: &str| {
        schema
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|one| one == name))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| Argument {
            name: name.clone(),
            description: schema.get("description").and_then(Value::as_str).map(str::to_owned),
            required: required(name),
        })
        .collect()
}

impl<S> fmt::Debug for Prompt<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Prompt").field("name", &self.listing.name).finish_non_exhaustive()
    }
}
