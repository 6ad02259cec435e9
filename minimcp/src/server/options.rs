//! What a server says of itself, and the limits it keeps.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::MiniMcp;
use crate::bus::{Bus, LocalBus};
use crate::call::Limit;
use crate::changes::{Changes, Ending, Subscriptions};
use crate::protocol::cache::{CacheHints, CacheScope};
use crate::protocol::json::{self, Object};
use crate::protocol::types::icon::Icon;
use crate::protocol::version::ProtocolVersion;

/// The options of a server.
#[derive(Clone)]
pub(crate) struct Options {
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) instructions: Option<String>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) debug_errors: bool,
    pub(super) batch_limit: usize,
    pub(crate) subscriptions: Arc<Subscriptions>,
    pub(super) subscription_limit: usize,
    /// Told when no call is to begin any more.
    pub(super) closed: Arc<Ending>,
    pub(super) followed_resources: usize,
    pub(super) page_size: Option<usize>,
    pub(super) list_hints: CacheHints,
    title: Option<String>,
    description: Option<String>,
    website_url: Option<String>,
    icons: Vec<Icon>,
    concurrency: Option<usize>,
    queue: usize,
    limit: Option<Arc<Limit>>,
    meta: Cached,
    pub(super) bus: Arc<dyn Bus>,
    #[cfg(feature = "ask")]
    pub(super) asking: crate::ask::AskingLimits,
}

/// Text that follows from the options; a change of theirs forgets it.
#[derive(Debug, Default)]
struct Cached(OnceLock<Vec<u8>>);

impl Clone for Cached {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Options {
    pub(super) fn of(name: String) -> Self {
        let mut options = Self {
            name,
            version: None,
            instructions: None,
            idle_timeout: Some(Duration::from_secs(30)),
            debug_errors: false,
            batch_limit: 100,
            subscriptions: Arc::new(Subscriptions::up_to(
                1000,
                Some(Duration::from_secs(24 * 3600)),
            )),
            subscription_limit: 1000,
            closed: Arc::default(),
            followed_resources: 1000,
            page_size: None,
            list_hints: CacheHints::default(),
            title: None,
            description: None,
            website_url: None,
            icons: Vec::new(),
            concurrency: Some(100),
            queue: 1000,
            limit: None,
            meta: Cached::default(),
            bus: Arc::new(LocalBus::default()),
            #[cfg(feature = "ask")]
            asking: crate::ask::AskingLimits::default(),
        };
        options.set_limit();
        options
    }

    fn set_limit(&mut self) {
        self.limit =
            self.concurrency.map(|concurrency| Arc::new(Limit::new(concurrency, self.queue)));
    }

    /// What tells clients of changes.
    pub(crate) fn changes(&self) -> Changes {
        Changes::over(&self.bus)
    }

    /// How many things one client may listen to.
    #[cfg(feature = "tasks")]
    pub(crate) fn most_followed(&self) -> usize {
        self.followed_resources
    }

    pub(crate) fn limit(&self) -> Option<&Limit> {
        self.limit.as_deref()
    }

    /// Writes the identity of the server.
    pub(super) fn encode_info(&self, object: &mut Object<'_>, revision: ProtocolVersion) {
        // The protocol wants a version; a server that was given none says so with the lowest.
        object
            .member("name", &self.name)
            .member("version", self.version.as_deref().unwrap_or("0.0.0"));
        if revision.has_titles() {
            object.optional("title", self.title.as_deref());
        }
        if revision.has_icons() {
            object.optional("description", self.description.as_deref());
            object.optional("websiteUrl", self.website_url.as_deref());
            if !self.icons.is_empty() {
                object.member("icons", &self.icons);
            }
        }
    }

    /// The member of a modern result's `_meta` that says who answers.
    pub(super) fn meta_member(&self) -> &[u8] {
        self.meta.0.get_or_init(|| {
            let info = json::object(|object| self.encode_info(object, ProtocolVersion::LATEST));
            [br#""io.modelcontextprotocol/serverInfo":"#, info.as_slice()].concat()
        })
    }
}

/// What the server says of itself.
impl<S> MiniMcp<S> {
    /// The version. Without one the server takes the version of the crate that wrote its `handlers![…]`.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.options_mut().version = Some(version.into());
        self
    }

    /// The display name, for people.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.options_mut().title = Some(title.into());
        self
    }

    /// What the server is for.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.options_mut().description = Some(description.into());
        self
    }

    /// Where people read more about the server.
    #[must_use]
    pub fn with_website_url(mut self, url: impl Into<String>) -> Self {
        self.options_mut().website_url = Some(url.into());
        self
    }

    /// Adds an icon.
    #[must_use]
    pub fn with_icon(mut self, icon: impl Into<Icon>) -> Self {
        self.options_mut().icons.push(icon.into());
        self
    }

    /// How a model should use the server; clients may put it into their prompt.
    #[must_use]
    pub fn with_instructions(mut self, instructions: impl Into<String>) -> Self {
        self.options_mut().instructions = Some(instructions.into());
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.options().name
    }

    /// The version, if there is one.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.options().version.as_deref()
    }

    /// The instructions, if there are any.
    #[must_use]
    pub fn instructions(&self) -> Option<&str> {
        self.options().instructions.as_deref()
    }
}

/// How lists are sent.
impl<S> MiniMcp<S> {
    /// How many tools, prompts, resources or templates a page of their list has, at least one; `None` for all of them.
    /// All unless it is said, since many clients never ask for a second page (all revisions, Pagination).
    ///
    /// A cursor names the last entry of the page before it. So any instance of the same server can answer it, nothing is
    /// kept for it, and no entry is missing or there twice when others are added meanwhile. One that is no cursor of this
    /// list, or whose entry was removed, is refused with -32602.
    ///
    /// ```
    /// use minimcp::{handlers, prompt, MiniMcp, Outbox};
    ///
    /// /// Good morning
    /// #[prompt]
    /// async fn morning() -> &'static str { "Good morning!" }
    ///
    /// /// Good night
    /// #[prompt]
    /// async fn night() -> &'static str { "Good night!" }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("greet").handlers(handlers![morning, night]).page_size(1);
    /// let list = r#"{"jsonrpc":"2.0","id":1,"method":"prompts/list"}"#;
    /// let page = server.handle(list, Outbox::none(), ()).await;
    /// assert!(page.as_str().unwrap().contains("morning"));
    /// assert!(page.as_str().unwrap().contains("nextCursor"));
    /// # }
    /// ```
    #[must_use]
    pub fn page_size(mut self, entries: impl Into<Option<usize>>) -> Self {
        self.options_mut().page_size = entries.into().map(|entries| entries.max(1));
        self
    }

    /// How long clients may keep lists and what `server/discover` says, in whole milliseconds; not at all unless it is
    /// said. Those that do not listen to changes may not notice an added handler for that time (2026-07-28, Caching). What
    /// a resource says has a time of its own: [`Resource::ttl`](crate::Resource::ttl).
    ///
    /// ```
    /// use minimcp::{testing::Client, CacheScope, MiniMcp};
    /// use std::time::Duration;
    /// # use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server: MiniMcp =
    ///     MiniMcp::new("math").list_ttl(Duration::from_secs(60)).cache_scope(CacheScope::Public);
    /// let about = Client::new(&server, ()).introduce().await?;
    /// assert_eq!(about["ttlMs"], 60_000);
    /// assert_eq!(about["cacheScope"], "public");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn list_ttl(mut self, ttl: Duration) -> Self {
        self.options_mut().list_hints.ttl = ttl;
        self
    }

    /// Who may keep lists and what `server/discover` says; [`CacheScope::Private`] unless it is said (2026-07-28,
    /// Caching). All pages of a list have the same.
    ///
    /// A server lists the same for every caller. Say [`CacheScope::Public`] only if nothing before it, such as a layer
    /// that answers some callers otherwise, makes a difference between them.
    #[must_use]
    pub fn cache_scope(mut self, scope: CacheScope) -> Self {
        self.options_mut().list_hints.scope = scope;
        self
    }
}

/// The limits that the server keeps.
impl<S> MiniMcp<S> {
    /// How long a call may be silent before it is stopped and answered with an error; `None` for ever. 30 seconds
    /// unless it is said. Progress is a sign of life, and so is [`Call::keep_alive`](crate::Call::keep_alive).
    #[must_use]
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options_mut().idle_timeout = timeout.into();
        self
    }

    /// How many calls of handlers run at once, at least one; `None` for any number. 100 unless it is said. Lists and
    /// `ping` are answered at any time.
    #[must_use]
    pub fn concurrency(mut self, concurrency: impl Into<Option<usize>>) -> Self {
        let options = self.options_mut();
        options.concurrency = concurrency.into();
        options.set_limit();
        self
    }

    /// How many calls may wait for their turn, each for at most the idle timeout. 1000 unless it is said. Further ones
    /// are refused at once.
    #[must_use]
    pub fn queue(mut self, queue: usize) -> Self {
        let options = self.options_mut();
        options.queue = queue;
        options.set_limit();
        self
    }

    /// How many messages a batch may have; a longer one is refused as a whole with -32600. 100 unless it is said, and 0
    /// refuses all of them.
    ///
    /// Only 2025-03-26 has batches (Base Protocol, Batching): they are taken on a [`Connection`](crate::Connection) that
    /// agreed on that revision, and over HTTP where the header `MCP-Protocol-Version` is absent or names it. The messages
    /// of a batch run side by side, each under the limits that it would have alone. Whenever one of them can go on, all
    /// that are running are looked at, so thousands in one batch cost more than the same number alone.
    ///
    /// ```
    /// use minimcp::{Connection, MiniMcp, Outbox};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("empty").batch_limit(10);
    /// let connection = Connection::new(server);
    /// let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}"#;
    /// connection.handle(hello, Outbox::none(), ()).await;
    /// let batch = r#"[{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]"#;
    /// let reply = connection.handle(batch, Outbox::none(), ()).await;
    /// assert_eq!(reply.as_str(), Some(r#"[{"jsonrpc":"2.0","id":2,"result":{}}]"#));
    /// # }
    /// ```
    #[must_use]
    pub fn batch_limit(mut self, messages: usize) -> Self {
        self.options_mut().batch_limit = messages;
        self
    }

    /// Refuses calls of handlers from now on, with -32603 and over HTTP with status 503, ends all `subscriptions/listen` with
    /// their result, and lets the calls end that are running: for a program that is about to stop. There is no way back.
    ///
    /// [`stdio`](crate::stdio) and the ready-made HTTP server do so by themselves, for their own clients. An application
    /// that has an HTTP server of its own calls this when it is told to stop.
    ///
    /// ```
    /// use minimcp::{handlers, tool, MiniMcp};
    /// # use serde_json::json;
    ///
    /// /// Add two numbers
    /// #[tool]
    /// async fn add(a: f64, b: f64) -> f64 { a + b }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![add]);
    /// assert!(server.is_ready());
    /// server.close();
    /// assert!(!server.is_ready());
    /// let client = minimcp::testing::Client::new(&server, ());
    /// let error = client.call_tool("add", json!({ "a": 1, "b": 2 })).await.unwrap_err();
    /// assert_eq!(error.code, -32603);
    /// # }
    /// ```
    pub fn close(&self) {
        self.options.closed.end();
        self.options.subscriptions.ending.end();
    }

    /// Whether a call would be begun, or would wait for its turn: the server was not [closed](Self::close), and its
    /// [`queue`](Self::queue) is not full. This is what a readiness probe wants to know.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.options.closed.is_ended() && !self.options.limit().is_some_and(Limit::is_full)
    }

    /// Whether clients see the causes of internal errors, in the error's `data.detail`: for development.
    #[must_use]
    pub fn debug_errors(mut self, debug: bool) -> Self {
        self.options_mut().debug_errors = debug;
        self
    }
}
