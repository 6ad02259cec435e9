//! A tool.

use std::fmt;
use std::future::Future;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::handler::Handler;
use super::listing::listing_methods;
use super::{Listing, Mirrored, Policy, Run, RunFn, dynamic};
use crate::apps::Link;
use crate::output::{HandlerError, OutputSchemaOf, ToolOutput};
use crate::param::Parameter;
use crate::protocol::json::{Object, value_of};
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::schema::{Arguments, OutputSchema, Parameters, check_arguments, check_schema};

/// A tool: its listing, its schemas, and the function that runs it.
///
/// `#[tool]` makes one of a function, [`of`](Self::of) names it; [`from_fn`](Self::from_fn) makes one at run time.
///
/// ```
/// use minimcp::{tool, MiniMcp, Tool};
///
/// /// Add two numbers
/// #[tool]
/// async fn add(a: f64, b: f64) -> f64 { a + b }
///
/// let server: MiniMcp = MiniMcp::new("math");
/// server.tools().add(Tool::of::<add>().name("plus").title("Plus"))?;
/// assert!(server.tools().add(Tool::of::<add>().name("plus")).is_err());
/// # Ok::<(), minimcp::AlreadyRegistered>(())
/// ```
pub struct Tool<S = ()> {
    pub(crate) listing: Listing,
    pub(crate) policy: Policy,
    pub(crate) hints: Hints,
    pub(crate) deny_unknown: bool,
    pub(crate) run: Run<S, CallToolResult>,
    pub(crate) app: Option<Link>,
    task: Option<TaskSupport>,
    begins: bool,
    /// Whether the handler can look at its call, or needs it to run.
    pub(crate) sees_call: bool,
    input: Input,
    output: Option<OutputSchema>,
    mirrored: OnceLock<Vec<Mirrored>>,
}

/// That a call of a tool may become a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskSupport {
    /// Or else must not be made.
    #[cfg_attr(not(feature = "tasks"), allow(dead_code, reason = "only tasks look"))]
    pub(crate) required: bool,
}

/// What a tool says of its effects (2025-03-26, Tool Annotations).
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    read_only: Option<bool>,
    destructive: Option<bool>,
    idempotent: Option<bool>,
    open_world: Option<bool>,
}

enum Input {
    Parameters(Arguments),
    Schema(Value),
}

impl<S> Tool<S> {
    /// The tool of a function with `#[tool]`.
    #[must_use]
    pub fn of<H: Handler<S, Definition = Self>>() -> Self {
        H::define()
    }

    /// A tool of a closure, which is how state other than the scope comes in.
    ///
    /// The first parameter takes all arguments, as one type whose schema is an object; the second is filled in: a
    /// [`Scope`](crate::Scope), [`Progress`](crate::Progress), a [`Call`](crate::Call), or a type of your own with
    /// [`FromCall`](crate::FromCall).
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use minimcp::{Call, MiniMcp, Tool};
    ///
    /// let greeting = String::from("Hello");
    /// let greet = Tool::from_fn("greet", move |who: BTreeMap<String, String>, _: Call| {
    ///     let text = format!("{greeting} {}", who.get("name").map_or("you", String::as_str));
    ///     async move { Ok::<_, String>(text) }
    /// });
    /// let server: MiniMcp = MiniMcp::new("greeter");
    /// server.tools().add(greet)?;
    /// # Ok::<(), minimcp::AlreadyRegistered>(())
    /// ```
    pub fn from_fn<A, P, T, E, F, Fut, Via>(name: &str, handler: F) -> Self
    where
        S: Send + Sync + 'static,
        A: DeserializeOwned + JsonSchema,
        P: Parameter<S>,
        T: ToolOutput<Via> + 'static,
        E: HandlerError,
        F: Fn(A, P) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let run = dynamic::run(handler, |output: T, _| output.into_result());
        let tool = Self::new(name, Input::Schema(Value::Null), T::__schema(), run).logs(P::LOGS);
        Self { begins: P::BEGINS, ..tool.input_schema(dynamic::schema::<A>()) }
    }

    #[doc(hidden)]
    pub fn __define(
        name: &str,
        parameters: fn(&mut Parameters),
        output: Option<OutputSchemaOf>,
        run: RunFn<S, CallToolResult>,
    ) -> Self
    where
        S: 'static,
    {
        let parameters = described(name, parameters);
        let (logs, begins) = (parameters.logs(), parameters.begins());
        let sees_call = parameters.sees_call();
        let tool = Self::new(name, Input::Parameters(parameters), output, Box::new(run)).logs(logs);
        Self { begins, sees_call, ..tool }
    }

    fn new(
        name: &str,
        input: Input,
        output: Option<OutputSchemaOf>,
        run: Run<S, CallToolResult>,
    ) -> Self {
        Self {
            listing: Listing::of(name),
            policy: Policy::default(),
            hints: Hints::default(),
            deny_unknown: false,
            run,
            app: None,
            task: None,
            begins: false,
            sees_call: true,
            input,
            output: output.map(|output| output.0),
            mirrored: OnceLock::new(),
        }
        .name(name)
    }

    /// The name that clients call it by.
    ///
    /// # Panics
    ///
    /// If it is not 1 to 128 of the characters `A`–`Z`, `a`–`z`, `0`–`9`, `_`, `-` and `.` (2025-11-25, Tool Names).
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.listing.name = checked_name(name.into());
        self
    }

    listing_methods!();

    /// The tool changes nothing.
    #[must_use]
    pub fn read_only(mut self, hint: bool) -> Self {
        self.hints.read_only = Some(hint);
        self
    }

    /// The tool may destroy something, not only add to it.
    #[must_use]
    pub fn destructive(mut self, hint: bool) -> Self {
        self.hints.destructive = Some(hint);
        self
    }

    /// Calling it twice with the same arguments does no more than calling it once.
    #[must_use]
    pub fn idempotent(mut self, hint: bool) -> Self {
        self.hints.idempotent = Some(hint);
        self
    }

    /// The tool deals with the world outside: the web, other people.
    #[must_use]
    pub fn open_world(mut self, hint: bool) -> Self {
        self.hints.open_world = Some(hint);
        self
    }

    /// Refuses arguments that the tool does not know; otherwise they are ignored.
    #[must_use]
    pub fn deny_unknown(mut self, deny: bool) -> Self {
        self.deny_unknown = deny;
        self
    }

    /// Lets a call become a task, where the client declared the extension; see [`MiniMcp::tasks`](crate::MiniMcp::tasks).
    /// `#[tool(task)]` says it.
    #[cfg(feature = "tasks")]
    #[must_use]
    pub fn task(self) -> Self {
        self.__task(false)
    }

    /// Lets calls be tasks alone: where the client did not declare the extension, the call is refused with -32021.
    /// `#[tool(task = "required")]` says it.
    #[cfg(feature = "tasks")]
    #[must_use]
    pub fn only_task(self) -> Self {
        self.__task(true)
    }

    /// The handler keeps its call's places for as long as it blocks.
    #[doc(hidden)]
    #[must_use]
    pub fn __blocking(mut self) -> Self {
        self.sees_call = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub fn __task(mut self, required: bool) -> Self {
        self.task = Some(TaskSupport { required });
        self
    }

    /// Whether calls become tasks.
    pub(crate) fn task_support(&self) -> Option<TaskSupport> {
        self.task.or(self.begins.then_some(TaskSupport { required: false }))
    }

    /// Whether the handler says when.
    #[cfg(feature = "tasks")]
    pub(crate) fn begins(&self) -> bool {
        self.begins
    }

    /// The schema of the arguments, over the one of the parameters: JSON Schema 2020-12 (2025-11-25, JSON Schema Usage).
    ///
    /// Every keyword is listed as it is. What calls are checked by are the parameters and their rules still: take
    /// parameters that are as wide as the schema, and check in the function what types cannot say.
    ///
    /// ```
    /// use minimcp::{tool, Tool};
    /// use serde_json::json;
    ///
    /// /// Reach somebody
    /// #[tool]
    /// async fn reach(phone: Option<String>, email: Option<String>) -> Result<String, &'static str> {
    ///     phone.or(email).ok_or("either `phone` or `email` has to be given")
    /// }
    ///
    /// let reach: Tool = Tool::of::<reach>().input_schema(json!({
    ///     "type": "object",
    ///     "properties": { "phone": { "type": "string" }, "email": { "type": "string" } },
    ///     "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }],
    /// }));
    /// ```
    ///
    /// # Panics
    ///
    /// With what to write instead,
    ///
    /// - if the root does not say `"type": "object"`;
    /// - if `$schema` names another dialect than 2020-12;
    /// - if a `$ref` leads out of the schema, or to nothing: none is ever fetched;
    /// - if a keyword has a value that it cannot have, or a property has `true` or `false` for a schema;
    /// - if an `x-mcp-header` is no name of a header, is there twice, marks something else than a text, an integer or a
    ///   flag, or something that is not reached by `properties` alone (2026-07-28, `x-mcp-header`);
    /// - if there are more than 10 000 schemas in it, or they nest more than 64 deep.
    #[must_use]
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.input = Input::Schema(checked(&self.listing.name, schema));
        self.mirrored = OnceLock::new();
        self
    }

    /// The schema of the structured value, over the one of the return type; it is listed as it is.
    ///
    /// Revisions up to 2025-11-25 know objects alone: there a schema of anything else is that of `{"result": …}`, and so
    /// is the value.
    ///
    /// # Panics
    ///
    /// If it is no object, or for any of the mistakes of [`input_schema`](Self::input_schema) but those of the root and
    /// of headers.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn output_schema(mut self, schema: Value) -> Self {
        if let Err(mistake) = check_schema(&schema) {
            panic!("the schema of what `{}` returns is wrong {mistake}", self.listing.name);
        }
        self.output = OutputSchema::from_value(schema);
        self
    }

    /// What the tool is called.
    #[must_use]
    pub fn tool_name(&self) -> &str {
        &self.listing.name
    }

    /// Whether structured values have to be wrapped for revisions that know objects alone.
    pub(crate) fn wraps_output(&self) -> bool {
        self.output.as_ref().is_some_and(|output| output.wrapped.is_some())
    }

    /// The arguments that headers repeat; the schema is read once, at the first call.
    pub(crate) fn mirrored(&self) -> &[Mirrored] {
        self.mirrored.get_or_init(|| match &self.input {
            Input::Schema(schema) => Mirrored::all_of(schema),
            Input::Parameters(parameters) => {
                let schema = parameters.to_schema(self.deny_unknown);
                Mirrored::all_of(&value_of(&schema))
            }
        })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        let mut object = Object::open(out);
        self.listing.encode(&mut object, revision);
        match &self.input {
            Input::Schema(schema) => object.member("inputSchema", schema),
            Input::Parameters(parameters) => {
                object.raw("inputSchema", parameters.to_schema(self.deny_unknown))
            }
        };
        if let Some(output) = self.output.as_ref().filter(|_| revision.has_structured_content()) {
            let wrapped =
                output.wrapped.as_ref().filter(|_| !revision.has_any_structured_content());
            object.member("outputSchema", wrapped.unwrap_or(&output.plain));
        }
        if revision.has_tool_annotations() {
            self.hints.encode(&mut object);
        }
        self.listing.encode_end(&mut object, revision);
        object.close();
    }
}

impl Hints {
    fn encode(&self, object: &mut Object<'_>) {
        let hints = [
            ("readOnlyHint", self.read_only),
            ("destructiveHint", self.destructive),
            ("idempotentHint", self.idempotent),
            ("openWorldHint", self.open_world),
        ];
        if hints.iter().any(|(_, hint)| hint.is_some()) {
            object.object("annotations", |object| {
                for (name, hint) in hints {
                    object.optional(name, hint);
                }
            });
        }
    }
}

// What no scope is needed for is compiled once, here, and not for each crate with tools.

fn described(tool: &str, parameters: fn(&mut Parameters)) -> Arguments {
    let parameters = Parameters::described(parameters).finish();
    // What comes of types is checked too: a type may describe itself as it likes.
    let schema = value_of(&parameters.to_schema(false));
    checked(tool, schema);
    parameters
}

#[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
fn checked(tool: &str, schema: Value) -> Value {
    match check_arguments(&schema) {
        Ok(()) => schema,
        Err(mistake) => panic!("the schema of the arguments of `{tool}` is wrong {mistake}"),
    }
}

fn checked_name(name: String) -> String {
    let name = name.trim().to_owned();
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    assert!(
        (1..=128).contains(&name.len()) && name.chars().all(fits),
        "`{name}` cannot be the name of a tool: take 1 to 128 of the characters A-Z a-z 0-9 _ - ."
    );
    name
}

impl<S> fmt::Debug for Tool<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tool").field("name", &self.listing.name).finish_non_exhaustive()
    }
}
