//! The server: a value that answers messages.

mod access;
#[cfg(feature = "ask")]
mod ask;
mod batch;
mod call;
mod complete;
mod cursor;
mod dispatch;
mod handed;
mod incoming;
mod lists;
mod method;
mod options;
mod own;
mod peer;
mod replicas;
mod run;
mod subscriptions;
mod whole;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::definition::{Definition, Handlers};
use crate::extension::Offered;
use crate::outbox::Outbox;
use crate::protocol::reply::Reply;
use crate::registry::{AlreadyRegistered, Prompts, Registry, Resources, Tools};
pub(crate) use handed::Handed;
pub(crate) use incoming::Incoming;
pub(crate) use options::Options;
pub(crate) use peer::{Direct, Introduction, Peer, Transport};
use replicas::Replicas;

/// An MCP server: a name, a list of handlers, and nothing that is remembered between two messages.
///
/// `S` is the scope: what a transport knows of the caller, given with every message; see
/// [`Scope`](crate::Scope). A server is cheap to clone, and clones share their handlers.
///
/// ```
/// use minimcp::{handlers, tool, MiniMcp, Outbox};
///
/// /// Add two numbers
/// #[tool]
/// async fn add(a: f64, b: f64) -> f64 { a + b }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
/// let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2}}}"#;
/// let reply = server.handle(message, Outbox::none(), ()).await;
/// assert!(reply.as_str().unwrap().contains(r#""text":"3.0""#));
/// # }
/// ```
///
/// | option | default | |
/// |---|---|---|
/// | [`idle_timeout`](Self::idle_timeout) | 30 s | how long a call may be silent |
/// | [`concurrency`](Self::concurrency) | 100 | calls that run at once |
/// | [`queue`](Self::queue) | 1000 | calls that wait for their turn |
/// | [`batch_limit`](Self::batch_limit) | 100 | messages in a batch of 2025-03-26 |
/// | [`subscription_limit`](Self::subscription_limit) | 1000 | clients that listen to changes at once |
/// | [`subscription_lifetime`](Self::subscription_lifetime) | 24 h | how long each of them may |
/// | [`followed_resources`](Self::followed_resources) | 1000 | resources that one client follows |
/// | [`page_size`](Self::page_size) | all | entries on a page of a list |
/// | [`list_ttl`](Self::list_ttl) | 0 | how long clients may keep lists |
/// | [`cache_scope`](Self::cache_scope) | private | who may keep lists |
/// | [`debug_errors`](Self::debug_errors) | off | clients see the causes of internal errors |
/// | [`principal`](Self::principal) | nobody in particular | on whose behalf a call is made |
/// | [`bus`](Self::bus) | [`LocalBus`](crate::LocalBus) | what brings news from one process to others |
/// | `answer_timeout` | 10 min | how long a client may take to answer a question (feature `ask`) |
/// | `question_limit` | 1000 | requests to clients that are open at once (feature `ask`) |
/// | `round_limit` | 32 | rounds of a call (feature `ask`) |
/// | `request_state_limit` | 256 KiB | the state that a client keeps of a call (feature `ask`) |
/// | `access` | everybody | which handlers a caller gets to see and use (feature `auth`) |
/// | `authorized_by` | the scope, if it is a `Principal` | where the principal is, whose scopes count (feature `auth`) |
/// | `seal_keys` | a random key | what opens the state that clients keep (feature `seal`) |
pub struct MiniMcp<S = ()> {
    options: Arc<Options>,
    registry: Arc<Registry<S>>,
    replicas: Arc<Replicas<S>>,
    offered: Arc<Offered<S>>,
}

impl<S> MiniMcp<S> {
    /// A server of this name, without handlers.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            options: Arc::new(Options::of(name.into())),
            registry: Arc::default(),
            replicas: Arc::default(),
            offered: Arc::default(),
        }
    }

    /// Adds handlers after those that are there. The server takes the version of the crate that wrote the list, if it
    /// has none yet.
    ///
    /// # Panics
    ///
    /// If two handlers of one kind have the same name or URI. Within one `handlers![…]` that is an error of the
    /// compiler.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    pub fn handlers(mut self, handlers: Handlers<S>) -> Self {
        if self.options.version.is_none() {
            self.options_mut().version = Some(handlers.version.to_owned());
        }
        for definition in handlers.definitions {
            if let Err(error) = self.register(definition) {
                panic!("the server {} has two handlers that clash: {error}", self.options.name);
            }
        }
        self
    }

    fn register(&self, definition: Definition<S>) -> Result<(), AlreadyRegistered> {
        match definition {
            Definition::Tool(tool) => self.registry.tools.add(tool),
            Definition::Prompt(prompt) => self.registry.prompts.add(prompt),
            Definition::Resource(resource) => self.registry.resources.add(resource),
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    fn options_mut(&mut self) -> &mut Options {
        Arc::make_mut(&mut self.options)
    }

    pub(crate) fn registry(&self) -> &Registry<S> {
        &self.registry
    }

    pub(crate) fn offered(&self) -> &Offered<S> {
        &self.offered
    }

    pub(crate) fn offered_mut(&mut self) -> &mut Offered<S> {
        Arc::make_mut(&mut self.offered)
    }
}

impl<S: Send + Sync + 'static> MiniMcp<S> {
    /// Answers one message of any revision.
    ///
    /// The message is a JSON-RPC message as it came in. Notifications of the call go to `outbox` while it runs. This is
    /// the whole server: transports find out where messages come from and bring the answers back.
    ///
    /// A request that does not say its revision is taken for one of the newest revision with a handshake, 2025-11-25.
    /// So an array is refused: batches are of 2025-03-26 alone, and need a transport that knows of it.
    /// Dropping the future cancels the call.
    pub async fn handle(&self, message: impl Into<Bytes>, outbox: Outbox, scope: S) -> Reply {
        self.dispatch(&message.into(), &Direct, outbox, scope).await
    }

    /// The tools: add, remove, list, call.
    #[must_use]
    pub fn tools(&self) -> Tools<'_, S> {
        Tools::of(self)
    }

    /// The prompts: add, remove, list, get.
    #[must_use]
    pub fn prompts(&self) -> Prompts<'_, S> {
        Prompts::of(self)
    }

    /// The resources: add, remove, list, read.
    #[must_use]
    pub fn resources(&self) -> Resources<'_, S> {
        Resources::of(self)
    }
}

impl<S> Clone for MiniMcp<S> {
    fn clone(&self) -> Self {
        Self {
            options: Arc::clone(&self.options),
            registry: Arc::clone(&self.registry),
            replicas: Arc::clone(&self.replicas),
            offered: Arc::clone(&self.offered),
        }
    }
}

impl<S> fmt::Debug for MiniMcp<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MiniMcp")
            .field("name", &self.options.name)
            .field("version", &self.options.version)
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}
