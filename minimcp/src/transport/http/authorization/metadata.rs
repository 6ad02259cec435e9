//! What a server says of itself to clients that want to get a token: the metadata of a protected resource (RFC 9728).

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW,
    CACHE_CONTROL, CONTENT_TYPE,
};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use super::{Authorization, Resource};
use crate::auth::OFFLINE;
use crate::protocol::json;
use crate::transport::http::body::Body;
use crate::transport::http::endpoint::Endpoint;

/// Where clients look that do not know the path of the server.
pub(super) const ROOT: &str = "/.well-known/oauth-protected-resource";

impl Resource {
    /// Where the metadata are: the path of the server comes after the well-known one (RFC 9728, section 3.1).
    fn metadata_path(&self) -> String {
        [ROOT, self.uri.path()].concat()
    }

    pub(super) fn metadata_uri(&self) -> String {
        [self.uri.origin(), ROOT, self.uri.path()].concat()
    }
}

impl<S> Endpoint<S> {
    /// The path under which clients find the metadata of this endpoint (RFC 9728, section 3.1), such as
    /// `/.well-known/oauth-protected-resource/mcp`; `None` if there are none. The endpoint answers there, whatever routes
    /// requests to it.
    #[must_use]
    pub fn metadata_path(&self) -> Option<String> {
        let authorization = self.options().authorization.as_ref()?;
        authorization.resource.as_ref().map(Resource::metadata_path)
    }

    /// Whether the metadata are served under this path.
    pub(in crate::transport::http) fn has_metadata_at(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.starts_with(ROOT)
            && self.metadata_path().is_some_and(|place| path == ROOT || path == place)
    }

    /// The metadata, if that is what a request asks for. They are the same for everybody, and no secret: any page may read
    /// them.
    pub(in crate::transport::http) fn metadata(&self, request: &Parts) -> Option<Response<Body>> {
        if !self.has_metadata_at(request.uri.path()) {
            return None;
        }
        let authorization = self.options().authorization.as_ref()?;
        let resource = authorization.resource.as_ref()?;
        let mut response = match request.method {
            Method::GET | Method::HEAD => {
                let json = self.describe(authorization, resource);
                let mut response = Response::new(Body::full(json.into()));
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
                response
            }
            Method::OPTIONS => status(StatusCode::NO_CONTENT),
            _ => status(StatusCode::METHOD_NOT_ALLOWED),
        };
        let headers = response.headers_mut();
        let allowed = HeaderValue::from_static("GET, HEAD, OPTIONS");
        if request.method != Method::GET && request.method != Method::HEAD {
            headers.insert(ALLOW, allowed.clone());
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allowed);
        Some(response)
    }

    fn describe(&self, authorization: &Authorization, resource: &Resource) -> Vec<u8> {
        let scopes = self.scopes_supported(authorization);
        json::object(|object| {
            object
                .member("resource", resource.uri.as_str())
                .member("authorization_servers", &resource.servers);
            if !scopes.is_empty() {
                object.member("scopes_supported", &scopes);
            }
            object.member("bearer_methods_supported", &["header"]);
            object.member("resource_name", self.server().name());
        })
    }

    /// What is said, or what is needed.
    pub(super) fn scopes_supported(&self, authorization: &Authorization) -> Vec<String> {
        if let Some(supported) = &authorization.supported {
            return supported.clone();
        }
        let mut scopes = authorization.required.clone();
        self.server().registry().each_listed(&mut |listed| {
            for scope in listed.scopes().iter().filter(|scope| *scope != OFFLINE) {
                if !scopes.contains(scope) {
                    scopes.push(scope.clone());
                }
            }
        });
        scopes
    }
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
