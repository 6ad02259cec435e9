//! Extensions: what a server offers beyond the protocol, negotiated by name.

mod answer;
#[cfg(feature = "tasks")]
mod listen;
mod method;
mod offered;
mod tool_call;

use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde_json::{Map, Value};

#[cfg(feature = "tasks")]
pub(crate) use listen::{Heard, ListenRun, Teller};
#[cfg(feature = "tasks")]
pub(crate) use method::{Members, MethodCall, MethodRun, read as read_params};
pub use method::{Method, MethodHandler};
pub(crate) use offered::Offered;
pub use tool_call::{ToolAnswer, ToolCall};

use crate::boxed::BoxFuture;
use crate::call::Call;
use crate::definition::Tool;
use crate::error::Error;
use crate::protocol::types::is_prefixed_key;
use crate::protocol::version::ProtocolVersion;
use crate::server::MiniMcp;

/// What a server offers beyond the protocol: methods of its own, and other ways to answer `tools/call`
/// (2026-07-28, Extensions).
///
/// A server has none unless it is given one with [`MiniMcp::extension`]. It is announced under
/// `capabilities.extensions`, and a method of it is there for clients that declare the extension too; see
/// [`Method`]. What a client declared, [`Call::client_extension`] says.
///
/// ```
/// use minimcp::{extension::{Extension, Method}, testing::Client, Call, Error, MiniMcp};
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Deserialize)]
/// struct Locate { city: String }
///
/// #[derive(Serialize)]
/// struct Place { latitude: f64, longitude: f64 }
///
/// async fn locate(params: Locate) -> Result<Place, Error> {
///     match params.city.as_str() {
///         "Rome" => Ok(Place { latitude: 41.9, longitude: 12.5 }),
///         city => Err(Error::not_found(format!("no city {city}"))),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let places = Extension::new("com.example/places")
///     .settings(json!({ "cities": 1 }))
///     .method(Method::from_fn("places/locate", locate));
/// let server: MiniMcp = MiniMcp::new("atlas").extension(places);
///
/// let client = Client::new(&server, ());
/// let refused = client.request("places/locate", json!({ "city": "Rome" })).await.unwrap_err();
/// assert_eq!(refused.code, -32021);
///
/// let client = client.capabilities(json!({ "extensions": { "com.example/places": {} } }));
/// let place = client.request("places/locate", json!({ "city": "Rome" })).await?;
/// assert_eq!(place["latitude"], 41.9);
/// # Ok(()) }
/// ```
pub struct Extension<S = ()> {
    pub(crate) id: String,
    settings: Map<String, Value>,
    revisions: Vec<ProtocolVersion>,
    methods: Vec<Method<S>>,
    taking: Option<Taking<S>>,
    #[cfg(feature = "tasks")]
    listening: Option<listen::Listening<S>>,
}

/// How an extension answers calls of tools itself.
struct Taking<S> {
    wants: Box<Wants<S>>,
    take: Box<Take<S>>,
}

type Wants<S> = dyn Fn(&Tool<S>, &Call) -> Result<bool, Error> + Send + Sync;
type Take<S> = dyn Fn(ToolCall<S>) -> BoxFuture<'static, Result<ToolAnswer, Error>> + Send + Sync;

impl<S> Extension<S> {
    /// An extension of this id, without settings and methods, for the revisions without a handshake.
    ///
    /// # Panics
    ///
    /// If the id has no prefix, as `com.example/name` has, or is not well-formed: labels that begin with a letter,
    /// separated by dots, a slash, and a name (2026-07-28, `_meta`). Prefixes like `io.modelcontextprotocol/` are for
    /// the extensions that the protocol itself describes.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        assert!(
            is_prefixed_key(&id),
            "`{id}` cannot be the id of an extension: write `com.example/name`, a domain of yours turned round before the slash"
        );
        Self {
            id,
            settings: Map::new(),
            revisions: ProtocolVersion::MODERN.to_vec(),
            methods: Vec::new(),
            taking: None,
            #[cfg(feature = "tasks")]
            listening: None,
        }
    }

    /// What the server says of the extension in its capabilities, an object; `{}` unless it is said.
    ///
    /// # Panics
    ///
    /// If it is no object.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn settings(mut self, settings: impl Serialize) -> Self {
        match serde_json::to_value(settings) {
            Ok(Value::Object(settings)) => self.settings = settings,
            _ => panic!("the settings of the extension `{}` have to be an object", self.id),
        }
        self
    }

    /// The revisions that it is for: there it is announced, and its methods exist. Those without a handshake unless it
    /// is said.
    #[must_use]
    pub fn revisions(mut self, revisions: impl IntoIterator<Item = ProtocolVersion>) -> Self {
        self.revisions = revisions.into_iter().collect();
        self
    }

    /// Adds a method.
    ///
    /// # Panics
    ///
    /// If the extension has one of this name.
    #[must_use]
    pub fn method(mut self, method: Method<S>) -> Self {
        assert!(
            self.methods.iter().all(|other| other.name != method.name),
            "the extension `{}` has the method `{}` already",
            self.id,
            method.name
        );
        self.methods.push(method);
        self
    }

    /// Answers calls of tools itself: `wants` says which, looking at the tool and the call; `take` answers them, with a
    /// result of the tool or one of another type.
    ///
    /// A call that no extension wants goes its usual way. The first extension that wants one gets it. `wants` may refuse
    /// the call; that the client has to have declared the extension is its business, see [`Call::require_extension`].
    /// Messages in batches of 2025-03-26 are never taken.
    ///
    /// ```
    /// use minimcp::{extension::{Extension, ToolAnswer}, handlers, testing::Client, tool, MiniMcp};
    /// use serde_json::json;
    ///
    /// /// Add two numbers
    /// #[tool]
    /// async fn add(a: f64, b: f64) -> f64 { a + b }
    ///
    /// const DRY: &str = "com.example/dry-run";
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let dry = Extension::new(DRY).take_tool_calls(
    ///     |_, call| Ok(call.client_extension(DRY).is_some()),
    ///     |call| async move {
    ///         Ok(ToolAnswer::of_type("dry", json!({ "would": call.tool().tool_name() })))
    ///     },
    /// );
    /// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]).extension(dry);
    /// let client = Client::new(&server, ()).capabilities(json!({ "extensions": { DRY: {} } }));
    /// let answer = client.request("tools/call", json!({ "name": "add" })).await?;
    /// assert_eq!((&answer["resultType"], &answer["would"]), (&json!("dry"), &json!("add")));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn take_tool_calls<F, Fut>(
        mut self,
        wants: impl Fn(&Tool<S>, &Call) -> Result<bool, Error> + Send + Sync + 'static,
        take: F,
    ) -> Self
    where
        F: Fn(ToolCall<S>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ToolAnswer, Error>> + Send + 'static,
    {
        let take = Box::new(move |call| -> BoxFuture<'static, _> { Box::pin(take(call)) });
        self.taking = Some(Taking { wants: Box::new(wants), take });
        self
    }

    fn is_for(&self, revision: ProtocolVersion) -> bool {
        self.revisions.contains(&revision)
    }
}

impl<S> MiniMcp<S> {
    /// Adds an extension; a server has none unless it is said.
    ///
    /// # Panics
    ///
    /// If the server has an extension of this id, or another one has a method of the same name, or the method is one of
    /// the protocol's own.
    #[must_use]
    pub fn extension(mut self, extension: Extension<S>) -> Self {
        self.offered_mut().add(extension);
        self
    }
}

impl Call {
    /// What the client said of an extension when it declared it, an object that may be empty; `None` if it did not.
    ///
    /// A client of 2026-07-28 declares it with every request, an older one in `initialize`.
    ///
    /// ```
    /// use minimcp::{tool, Call};
    ///
    /// /// Draw a map
    /// #[tool]
    /// async fn map(call: Call) -> &'static str {
    ///     match call.client_extension("com.example/places") {
    ///         Some(_) => "ask places/locate for more",
    ///         None => "Rome is where it always was",
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn client_extension(&self, id: &str) -> Option<Value> {
        declared(self.client_capabilities(), id)
    }

    /// Refuses the call if the client did not declare an extension.
    ///
    /// # Errors
    ///
    /// One that names the extension: -32021 from 2026-07-28 on (Extensions, Graceful Degradation), before an error that
    /// the model reads.
    pub fn require_extension(&self, id: &str) -> Result<(), Error> {
        match self.client_extension(id) {
            Some(_) => Ok(()),
            None if self.revision().is_modern() => Err(Error::missing_extension(id)),
            None => Err(Error::tool(format!("the client does not offer the extension `{id}`"))),
        }
    }
}

/// The extension of tasks, which the server itself knows of, whether it has it or not.
pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";

/// The settings of an extension among a client's capabilities.
pub(crate) fn declared(mut capabilities: Value, id: &str) -> Option<Value> {
    let settings = capabilities.get_mut("extensions")?.get_mut(id)?.take();
    settings.is_object().then_some(settings)
}

impl<S> fmt::Debug for Extension<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Extension")
            .field("id", &self.id)
            .field("methods", &self.methods)
            .finish_non_exhaustive()
    }
}
