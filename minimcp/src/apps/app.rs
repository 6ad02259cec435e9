//! A page, and what it needs of the client that shows it.

use serde_json::{Map, Value, json};

use super::{MIME_TYPE, SCHEME};
use crate::error::Error;
use crate::output::ResourceOutput;
use crate::protocol::types::resource::ResourceContents;

/// A page of a `ui://` resource, and what it needs of the client that shows it.
///
/// The client shows it in a frame that may do nothing but what is said here, and may refuse even that.
///
/// ```
/// use minimcp::{apps::App, resource};
///
/// /// A map
/// #[resource("ui://map")]
/// async fn map() -> App {
///     App::new(include_str!("../../Cargo.toml")).resources("https://tiles.example.com")
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    html: String,
    csp: Map<String, Value>,
    permissions: Map<String, Value>,
    domain: Option<String>,
    prefers_border: Option<bool>,
}

/// What a page may ask the browser for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// Where the user is.
    Geolocation,
    /// To write to the clipboard.
    ClipboardWrite,
}

impl App {
    /// The page: a whole document of HTML.
    pub fn new(html: impl Into<String>) -> Self {
        Self {
            html: html.into(),
            csp: Map::new(),
            permissions: Map::new(),
            domain: None,
            prefers_border: None,
        }
    }

    /// Adds an origin that scripts of the page talk to, such as `https://api.example.com`; none unless it is said.
    #[must_use]
    pub fn connect(self, origin: impl Into<String>) -> Self {
        self.allow("connectDomains", origin.into())
    }

    /// Adds an origin that images, scripts, styles and fonts come from; none unless it is said.
    #[must_use]
    pub fn resources(self, origin: impl Into<String>) -> Self {
        self.allow("resourceDomains", origin.into())
    }

    /// Adds an origin whose pages are shown inside this one; none unless it is said.
    #[must_use]
    pub fn frames(self, origin: impl Into<String>) -> Self {
        self.allow("frameDomains", origin.into())
    }

    /// Adds an origin that the base of relative addresses may have; only the page's own unless it is said.
    #[must_use]
    pub fn base_uri(self, origin: impl Into<String>) -> Self {
        self.allow("baseUriDomains", origin.into())
    }

    /// Asks the browser for something; for nothing unless it is said.
    #[must_use]
    pub fn permission(mut self, permission: Permission) -> Self {
        let name = match permission {
            Permission::Camera => "camera",
            Permission::Microphone => "microphone",
            Permission::Geolocation => "geolocation",
            Permission::ClipboardWrite => "clipboardWrite",
        };
        self.permissions.insert(name.into(), json!({}));
        self
    }

    /// The origin that the page is shown under, in the form that the client demands; the client's choice unless it is
    /// said.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Whether the client should draw a border around the page; the client's choice unless it is said.
    #[must_use]
    pub fn prefers_border(mut self, border: bool) -> Self {
        self.prefers_border = Some(border);
        self
    }

    fn allow(mut self, member: &str, origin: String) -> Self {
        if let Value::Array(origins) = self.csp.entry(member).or_insert_with(|| json!([])) {
            origins.push(origin.into());
        }
        self
    }

    fn meta(&self) -> Map<String, Value> {
        let mut meta = Map::new();
        if !self.csp.is_empty() {
            meta.insert("csp".into(), json!(self.csp));
        }
        if !self.permissions.is_empty() {
            meta.insert("permissions".into(), json!(self.permissions));
        }
        if let Some(domain) = &self.domain {
            meta.insert("domain".into(), json!(domain));
        }
        if let Some(border) = self.prefers_border {
            meta.insert("prefersBorder".into(), json!(border));
        }
        meta
    }
}

impl ResourceOutput for App {
    fn into_contents(self, uri: &str, _: Option<&str>) -> Result<Vec<ResourceContents>, Error> {
        if !uri.starts_with(SCHEME) {
            return Err(Error::internal(format!(
                "an App is a resource whose URI begins with `{SCHEME}`, and this one is {uri}"
            )));
        }
        let meta = self.meta();
        let contents = ResourceContents::text(uri, self.html).mime_type(MIME_TYPE);
        Ok(vec![if meta.is_empty() { contents } else { contents.meta("ui", meta) }])
    }
}
