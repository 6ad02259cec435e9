//! A resource, or a template for many.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::handler::Handler;
use super::listing::listing_methods;
use super::{Listing, Policy, Run, RunFn, dynamic};
use crate::apps;
use crate::completion::{Completer, Completers, choices};
use crate::output::{HandlerError, ResourceOutput};
use crate::param::Parameter;
use crate::protocol::cache::{CacheHints, CacheScope};
use crate::protocol::json::Object;
use crate::protocol::types::annotations::{Annotations, Role};
use crate::protocol::types::resource::ResourceContents;
use crate::protocol::version::ProtocolVersion;
use crate::schema::Parameters;
use crate::uri_template::UriTemplate;

/// A resource, or a template for many: its listing, its URI, and the function that reads it.
///
/// `#[resource("uri")]` makes one of a function, [`of`](Self::of) names it; [`from_fn`](Self::from_fn) makes one at
/// run time.
///
/// ```
/// use minimcp::{resource, MiniMcp, Resource};
///
/// /// The profile of a user
/// #[resource("users://{id}/profile")]
/// async fn profile(id: u64) -> String { format!("user {id}") }
///
/// let server: MiniMcp = MiniMcp::new("users");
/// server.resources().add(Resource::of::<profile>().title("Profile"))?;
/// # Ok::<(), minimcp::AlreadyRegistered>(())
/// ```
pub struct Resource<S = ()> {
    pub(crate) listing: Listing,
    pub(crate) policy: Policy,
    pub(crate) uri: UriTemplate,
    pub(crate) run: Run<S, Vec<ResourceContents>>,
    pub(crate) completers: Completers<S>,
    pub(crate) cache_hints: CacheHints,
    mime_type: Option<String>,
    size: Option<u64>,
    annotations: Annotations,
}

impl<S> Resource<S> {
    /// The resource of a function with `#[resource]`.
    #[must_use]
    pub fn of<H: Handler<S, Definition = Self>>() -> Self {
        H::define()
    }

    /// A resource or template of a closure; see [`Tool::from_fn`](crate::Tool::from_fn) for its parameters. The first
    /// takes the variables of the URI.
    ///
    /// # Panics
    ///
    /// If the URI is none, or its template is not well-formed.
    pub fn from_fn<A, P, T, E, F, Fut, Via>(uri: &str, name: &str, handler: F) -> Self
    where
        S: Send + Sync + 'static,
        A: DeserializeOwned + JsonSchema,
        P: Parameter<S>,
        T: ResourceOutput<Via> + 'static,
        E: HandlerError,
        F: Fn(A, P) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let run = dynamic::run(handler, |output: T, about: dynamic::About<'_>| {
            output.into_contents(about.uri, about.mime_type)
        });
        Self::new(uri, name, run).logs(P::LOGS)
    }

    #[doc(hidden)]
    pub fn __define(
        uri: &str,
        name: &str,
        parameters: fn() -> Parameters,
        run: RunFn<S, Vec<ResourceContents>>,
    ) -> Self
    where
        S: 'static,
    {
        let parameters = parameters().finish();
        let mut resource = Self::new(uri, name, Box::new(run)).logs(parameters.logs());
        for (variable, values) in choices(&parameters) {
            resource.completers.set_list(variable, values);
        }
        resource
    }

    #[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
    fn new(uri: &str, name: &str, run: Run<S, Vec<ResourceContents>>) -> Self {
        let uri = match UriTemplate::parse(uri) {
            Ok(uri) => uri,
            Err(error) => panic!("`{uri}` cannot be the URI of a resource: {error}"),
        };
        let mime_type = uri.as_str().starts_with(apps::SCHEME).then(|| apps::MIME_TYPE.to_owned());
        Self {
            listing: Listing::of(name),
            policy: Policy::default(),
            uri,
            run,
            completers: Completers::default(),
            cache_hints: CacheHints::default(),
            mime_type,
            size: None,
            annotations: Annotations::new(),
        }
        .name(name)
    }

    /// The name, which identifies the resource for [`read_by_name`](crate::Resources::read_by_name).
    ///
    /// # Panics
    ///
    /// If it is empty.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.listing.name = name.into().trim().to_owned();
        assert!(!self.listing.name.is_empty(), "a resource has a name");
        self
    }

    listing_methods!();

    /// Lets variables be what makes a path lead elsewhere.
    ///
    /// Unless this is called, a URI is none of the template where a variable of its path, once decoded, has a segment
    /// `.` or `..` (with backslashes for slashes, too), or begins with a slash: `files:///{+path}` is not asked for
    /// `files:///../../etc/passwd`. Parameters of a query are not looked at. It is for handlers that make no path of
    /// their variables, or look at what they were given themselves.
    ///
    /// ```
    /// use minimcp::{resource, MiniMcp, Resource};
    ///
    /// /// What a page says
    /// #[resource("cached://{+url}")]
    /// async fn cached(url: &str) -> String { format!("the page of {url}") }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server: MiniMcp = MiniMcp::new("pages");
    /// server.resources().add(Resource::of::<cached>().allow_path_steps())?;
    /// let contents = server.resources().read("cached://https://example.com/a/../b", ()).await?;
    /// assert_eq!(contents[0].as_text(), Some("the page of https://example.com/a/../b"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn allow_path_steps(mut self) -> Self {
        self.uri.allow_path_steps();
        self
    }

    /// The media type of the contents. That of a `ui://` resource is the one of a page unless it is said; see
    /// [`crate::apps`].
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// The size of the contents in bytes. A template has none.
    #[must_use]
    pub fn size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// How important the resource is, from 0 to 1.
    #[must_use]
    pub fn priority(mut self, priority: f64) -> Self {
        self.annotations = self.annotations.priority(priority);
        self
    }

    /// Adds a role that the resource is meant for.
    #[must_use]
    pub fn audience(mut self, role: Role) -> Self {
        self.annotations = self.annotations.audience(role);
        self
    }

    /// When the resource changed last, as an ISO 8601 time.
    #[must_use]
    pub fn last_modified(mut self, time: impl Into<String>) -> Self {
        self.annotations = self.annotations.last_modified(time);
        self
    }

    /// Says who completes a variable of the template, over what was said before; see [`Completer`].
    ///
    /// ```
    /// use minimcp::{resource, MiniMcp, Resource};
    ///
    /// /// A city of a country
    /// #[resource("cities://{country}/{city}")]
    /// async fn city(country: &str, city: &str) -> String { format!("{city} in {country}") }
    ///
    /// let server: MiniMcp = MiniMcp::new("cities");
    /// server.resources().add(Resource::of::<city>().complete("country", ["France", "Italy"]))?;
    /// # Ok::<(), minimcp::AlreadyRegistered>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the template has no such variable.
    #[must_use]
    pub fn complete<Via>(mut self, variable: &str, completer: impl Completer<S, Via>) -> Self {
        assert!(
            self.uri.names().any(|name| name == variable),
            "the template `{}` has no variable `{variable}` to complete",
            self.uri.as_str()
        );
        self.completers.set(variable, completer);
        self
    }

    /// How long clients may keep what was read, in whole milliseconds; not at all unless it is said (2026-07-28,
    /// Caching).
    ///
    /// ```
    /// use minimcp::{resource, CacheScope, Resource};
    /// use std::time::Duration;
    ///
    /// /// The ratio of a circle's circumference to its diameter
    /// #[resource("math://pi")]
    /// async fn pi() -> f64 { std::f64::consts::PI }
    ///
    /// let day = Duration::from_secs(24 * 60 * 60);
    /// let pi: Resource = Resource::of::<pi>().ttl(day).cache_scope(CacheScope::Public);
    /// ```
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.cache_hints.ttl = ttl;
        self
    }

    /// Who may keep what was read; [`CacheScope::Private`] unless it is said (2026-07-28, Caching).
    ///
    /// [`CacheScope::Public`] is only for what is the same for every caller: a handler that asks who is calling, as with
    /// [`Scope`](crate::Scope), has mostly something else to say to each.
    #[must_use]
    pub fn cache_scope(mut self, scope: CacheScope) -> Self {
        self.cache_hints.scope = scope;
        self
    }

    /// What the resource is called.
    #[must_use]
    pub fn resource_name(&self) -> &str {
        &self.listing.name
    }

    /// The URI, or the template.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// Whether the URI is a template.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.uri.is_template()
    }

    /// The media type that the contents have unless they say another.
    pub(crate) fn declared_mime_type(&self) -> Option<&str> {
        self.mime_type.as_deref()
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>, revision: ProtocolVersion) {
        let mut object = Object::open(out);
        object.member(if self.is_template() { "uriTemplate" } else { "uri" }, self.uri());
        self.listing.encode(&mut object, revision);
        object.optional("mimeType", self.mime_type.as_deref());
        if !self.is_template() {
            object.optional("size", self.size);
        }
        Annotations::encode(Some(&self.annotations), &mut object, revision);
        self.listing.encode_end(&mut object, revision);
        object.close();
    }
}

impl<S> fmt::Debug for Resource<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Resource").field("uri", &self.uri()).finish_non_exhaustive()
    }
}
