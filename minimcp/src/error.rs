//! The error of the crate: what went wrong, who is told what, and under which code.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::protocol::code;
use crate::protocol::version::ProtocolVersion;

/// What went wrong in a call.
///
/// Handlers may return any error that implements `Display`: its text is what the *model* reads, as a tool result
/// with `isError`. This type is for the other audience: an error of a certain kind keeps its kind on the wire, and
/// the text of an [`internal`](Self::internal) one goes to the log and never to a client.
///
/// | constructor | in a tool | in a prompt or resource |
/// |---|---|---|
/// | [`tool`](Self::tool) and any other `Display` type | result with `isError` | -32603 with the text |
/// | [`not_found`](Self::not_found) | result with `isError` | -32602, for resources before 2026-07-28 -32002 |
/// | [`forbidden`](Self::forbidden) | result with `isError` | -32602 |
/// | [`invalid_params`](Self::invalid_params) | result with `isError` from 2025-11-25 on, -32602 before | -32602 |
/// | [`internal`](Self::internal) | -32603, "internal error" | -32603, "internal error" |
/// | [`application`](Self::application) | the code given | the code given |
///
/// ```
/// use minimcp::{resource, Error};
///
/// /// A mathematical constant
/// #[resource("math://constants/{name}")]
/// async fn constant(name: &str) -> Result<f64, Error> {
///     match name {
///         "pi" => Ok(std::f64::consts::PI),
///         _ => Err(Error::not_found(format!("Unknown constant: {name}"))),
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: Cow<'static, str>,
    data: Option<Box<serde_json::value::RawValue>>,
    source: Option<Box<dyn Any + Send + Sync>>,
}

/// The kinds of error; each has one code, but for those that depend on the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Parse,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    /// Arguments that do not fit the handler's parameters.
    Arguments,
    UnknownHandler,
    NotFound,
    /// Nothing is served under this URI, or the handler says so.
    ResourceNotFound,
    Forbidden,
    /// The caller lacks scopes that the call needs.
    #[cfg(feature = "auth")]
    InsufficientScope,
    /// The text of an error that a handler returned.
    Handler,
    Internal,
    TimedOut,
    Overloaded,
    /// As much as may be is kept for clients already.
    Exhausted,
    /// The answer cannot be of a form that the client takes.
    NotAcceptable,
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP has headers"))]
    HeaderMismatch,
    MissingCapability,
    /// Not an error at all: the call goes on when the client has answered.
    #[cfg(feature = "ask")]
    InputRequired,
    UnsupportedVersion,
    Application(i32),
}

/// What came with an error about scopes.
#[cfg(feature = "auth")]
struct NeededScopes(Vec<String>);

/// For handlers.
impl Error {
    /// An error whose text the model reads: a tool result with `isError`.
    pub fn tool(message: impl Into<String>) -> Self {
        Self::of(Kind::Handler, message.into())
    }

    /// The thing asked for does not exist. The text reaches the client.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::of(Kind::NotFound, message.into())
    }

    /// The caller may not do this. The text reaches the client.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::of(Kind::Forbidden, message.into())
    }

    /// The caller lacks some of these scopes, all of which the call needs. Over HTTP the client gets status 403, if it was
    /// not sent anything before, and can ask its user for more (2025-11-25 and later, Authorization, Scope Challenge
    /// Handling); elsewhere -32602. For what depends on arguments; what a handler always needs, it says with `scopes(…)`.
    ///
    /// ```
    /// use minimcp::{auth::Principal, tool, Error};
    ///
    /// /// Read a repository
    /// #[tool]
    /// async fn read(name: String, caller: Principal) -> Result<String, Error> {
    ///     if name.starts_with("private/") && !caller.has_scope("repo:private") {
    ///         return Err(Error::insufficient_scope(["repo:private"]));
    ///     }
    ///     Ok(format!("all of {name}"))
    /// }
    /// ```
    #[cfg(feature = "auth")]
    pub fn insufficient_scope<T: AsRef<str>>(needed: impl IntoIterator<Item = T>) -> Self {
        let needed: Vec<_> = needed.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
        Self::of(Kind::InsufficientScope, format!("this needs the scopes: {}", needed.join(" ")))
            .with_data(&serde_json::json!({ "requiredScopes": needed }))
            .with_source(NeededScopes(needed))
    }

    /// The arguments have the right types and make no sense together. The text reaches the client.
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::of(Kind::InvalidParams, message.into())
    }

    /// The server failed, and the client is told no more than that: the cause goes to the log.
    ///
    /// ```
    /// # use minimcp::Error;
    /// let error = Error::internal(std::io::Error::other("disk full"));
    /// assert_eq!(error.to_string(), "disk full");
    /// assert_eq!(error.code(), -32603);
    /// ```
    pub fn internal(cause: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self::of(Kind::Internal, cause.to_string()).with_source(cause)
    }

    /// An error with a code of the application's own.
    ///
    /// # Panics
    ///
    /// If the code is one of those that JSON-RPC and MCP reserve, -32768 to -32000.
    pub fn application(code: i32, message: impl Into<String>) -> Self {
        assert!(
            !code::RESERVED.contains(&code),
            "the codes -32768 to -32000 are reserved; choose another than {code}"
        );
        Self::of(Kind::Application(code), message.into())
    }

    /// Adds data for the client, the `data` member of the error object. A value that cannot be JSON is left out.
    #[must_use]
    pub fn with_data(mut self, data: &impl Serialize) -> Self {
        self.0.data = serde_json::value::to_raw_value(data).ok();
        self
    }

    /// The JSON-RPC code in the newest revision.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.code_in(ProtocolVersion::LATEST)
    }

    /// Whether this is an error of the caller's arguments: a missing one, a wrong type, a value out of range.
    #[must_use]
    pub fn is_invalid_params(&self) -> bool {
        matches!(self.0.kind, Kind::InvalidParams | Kind::Arguments | Kind::UnknownHandler)
    }

    /// Whether something was asked for that does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.0.kind, Kind::NotFound | Kind::ResourceNotFound | Kind::UnknownHandler)
    }

    /// Whether the call took longer than its idle timeout.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::TimedOut
    }

    /// Whether the call was refused because as many as may are running and waiting.
    #[must_use]
    pub fn is_overloaded(&self) -> bool {
        self.0.kind == Kind::Overloaded
    }

    /// The handler's own error value, if it is of this type.
    ///
    /// ```
    /// # use minimcp::{handlers, tool, MiniMcp};
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// /// Divide two numbers
    /// #[tool]
    /// async fn divide(a: f64, b: f64) -> Result<f64, &'static str> {
    ///     if b == 0.0 { Err("cannot divide by zero") } else { Ok(a / b) }
    /// }
    ///
    /// let server: MiniMcp = MiniMcp::new("math").handlers(handlers![divide]);
    /// let error = server.tools().call("divide", json!({ "a": 1, "b": 0 }), ()).await.unwrap_err();
    /// assert_eq!(error.downcast_ref::<&'static str>(), Some(&"cannot divide by zero"));
    /// # }
    /// ```
    #[must_use]
    pub fn downcast_ref<E: 'static>(&self) -> Option<&E> {
        self.0.source.as_deref()?.downcast_ref()
    }
}

/// For the crate.
impl Error {
    #[cold]
    pub(crate) fn of(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), data: None, source: None }))
    }

    pub(crate) fn parse_error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Parse, message)
    }

    pub(crate) fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::InvalidRequest, message)
    }

    pub(crate) fn method_not_found(method: &str) -> Self {
        Self::of(Kind::MethodNotFound, format!("Method not found: {}", shorten(method)))
    }

    pub(crate) fn arguments(message: String) -> Self {
        Self::of(Kind::Arguments, message)
    }

    pub(crate) fn unknown_handler(what: &'static str, name: &str) -> Self {
        Self::of(Kind::UnknownHandler, format!("Unknown {what}: {}", shorten(name)))
    }

    /// A name that is not there, and those that are.
    pub(crate) fn unknown_name(what: &'static str, name: &str, known: &str) -> Self {
        let message = format!("Unknown {what}: {}. There is: {known}.", shorten(name));
        Self::of(Kind::UnknownHandler, message)
    }

    pub(crate) fn resource_not_found(uri: &str) -> Self {
        Self::of(Kind::ResourceNotFound, "Resource not found")
            .with_data(&serde_json::json!({ "uri": uri }))
    }

    pub(crate) fn timed_out(after: Duration) -> Self {
        Self::of(
            Kind::TimedOut,
            format!("the call was stopped: nothing was heard of it for {} ms", after.as_millis()),
        )
    }

    pub(crate) fn overloaded(what: &str) -> Self {
        Self::of(Kind::Overloaded, format!("{what} is busy and its queue is full; try again later"))
    }

    pub(crate) fn unsupported_version(requested: &str) -> Self {
        let supported = ProtocolVersion::MODERN.map(ProtocolVersion::as_str);
        Self::of(
            Kind::UnsupportedVersion,
            format!(
                "this revision is not served; the revisions without a handshake are {}",
                supported.join(", ")
            ),
        )
        .with_data(&serde_json::json!({ "supported": supported, "requested": requested }))
    }

    pub(crate) fn missing_capability(capability: &str) -> Self {
        Self::missing_capabilities(&serde_json::json!({ capability: {} }))
    }

    /// The client did not declare these capabilities, an object in the form in which it would.
    pub(crate) fn missing_capabilities(required: &serde_json::Value) -> Self {
        Self::of(
            Kind::MissingCapability,
            format!("the client did not declare the capability `{required}`"),
        )
        .with_data(&serde_json::json!({ "requiredCapabilities": required }))
    }

    pub(crate) fn missing_extension(id: &str) -> Self {
        let required = serde_json::json!({ "extensions": { id: {} } });
        Self::of(
            Kind::MissingCapability,
            format!("the client did not declare the extension `{id}`"),
        )
        .with_data(&serde_json::json!({ "requiredCapabilities": required }))
    }

    /// The handler waits for answers of the client, and the call ends with its questions.
    #[cfg(feature = "ask")]
    pub(crate) fn input_required(round: crate::ask::Round) -> Self {
        Self::of(Kind::InputRequired, "the handler waits for answers").with_source(round)
    }

    /// The questions with which the call ends.
    ///
    /// # Errors
    ///
    /// This error, if it is another.
    #[cfg(feature = "ask")]
    pub(crate) fn into_round(mut self) -> Result<crate::ask::Round, Self> {
        match self.0.source.take().map(<Box<dyn Any + Send + Sync>>::downcast) {
            Some(Ok(round)) => Ok(*round),
            Some(Err(source)) => {
                self.0.source = Some(source);
                Err(self)
            }
            None => Err(self),
        }
    }

    /// The error of a handler: a `minimcp::Error` as it is, anything else as text for the model.
    pub(crate) fn from_handler<E: fmt::Display + Send + Sync + 'static>(error: E) -> Self {
        let mut error = Some(error);
        if let Some(own) = (&mut error as &mut dyn Any).downcast_mut::<Option<Self>>()
            && let Some(own) = own.take()
        {
            return own;
        }
        match error {
            Some(error) => Self::of(Kind::Handler, error.to_string()).with_source(error),
            None => Self::of(Kind::Internal, "an error was taken twice"),
        }
    }

    fn with_source(mut self, source: impl Any + Send + Sync) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The scopes that the call needs, if that is why it was refused.
    #[cfg(feature = "auth")]
    pub(crate) fn needed_scopes(&self) -> Option<&[String]> {
        (self.0.kind == Kind::InsufficientScope).then_some(())?;
        self.downcast_ref().map(|NeededScopes(needed)| needed.as_slice())
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    pub(crate) fn data(&self) -> Option<&str> {
        self.0.data.as_deref().map(serde_json::value::RawValue::get)
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The text that a client may see: everything but the cause of an internal error.
    pub(crate) fn public_message(&self) -> &str {
        match self.0.kind {
            Kind::Internal => "internal error",
            _ => &self.0.message,
        }
    }

    /// The same error, said of the resource under this URI.
    pub(crate) fn about_resource(mut self, uri: &str) -> Self {
        if self.0.kind == Kind::NotFound {
            self.0.kind = Kind::ResourceNotFound;
            if self.0.data.is_none() {
                return self.with_data(&serde_json::json!({ "uri": uri }));
            }
        }
        self
    }

    /// The same error, if it is the handler's own text, with what failed before it.
    pub(crate) fn said_of(mut self, what: &str, name: &str) -> Self {
        if self.0.kind == Kind::Handler {
            self.0.message = format!("{what} {name}: {}", self.0.message).into();
        }
        self
    }

    pub(crate) fn code_in(&self, revision: ProtocolVersion) -> i32 {
        match self.0.kind {
            Kind::Parse => code::PARSE_ERROR,
            Kind::InvalidRequest | Kind::NotAcceptable => code::INVALID_REQUEST,
            Kind::MethodNotFound => code::METHOD_NOT_FOUND,
            Kind::InvalidParams
            | Kind::Arguments
            | Kind::UnknownHandler
            | Kind::NotFound
            | Kind::Forbidden => code::INVALID_PARAMS,
            #[cfg(feature = "auth")]
            Kind::InsufficientScope => code::INVALID_PARAMS,
            Kind::ResourceNotFound if revision.is_modern() => code::INVALID_PARAMS,
            Kind::ResourceNotFound => code::RESOURCE_NOT_FOUND,
            Kind::Handler
            | Kind::Internal
            | Kind::TimedOut
            | Kind::Overloaded
            | Kind::Exhausted => code::INTERNAL_ERROR,
            Kind::HeaderMismatch => code::HEADER_MISMATCH,
            #[cfg(feature = "ask")]
            Kind::InputRequired => code::INTERNAL_ERROR,
            Kind::MissingCapability => code::MISSING_CLIENT_CAPABILITY,
            Kind::UnsupportedVersion => code::UNSUPPORTED_VERSION,
            Kind::Application(code) => code,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .finish()
    }
}

impl std::error::Error for Error {}

/// A name that a client sent, short enough to be sent back and logged.
fn shorten(name: &str) -> Cow<'_, str> {
    const MOST: usize = 200;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_this_crate_keeps_its_kind_through_a_handler() {
        assert_eq!(Error::from_handler(Error::not_found("x")).kind(), &Kind::NotFound);
        let error = Error::from_handler("plain");
        assert_eq!((error.kind(), error.message()), (&Kind::Handler, "plain"));
        assert_eq!(error.downcast_ref::<&str>(), Some(&"plain"));
    }

    #[test]
    fn the_cause_of_an_internal_error_is_not_public() {
        assert_eq!(Error::internal("password=x").public_message(), "internal error");
    }

    #[test]
    #[should_panic(expected = "reserved")]
    fn reserved_codes_cannot_be_chosen() {
        drop(Error::application(-32022, "x"));
    }

    #[test]
    fn long_names_are_cut_at_a_character() {
        assert_eq!(shorten(&"é".repeat(300)).chars().count(), 201);
        assert_eq!(shorten("add"), "add");
    }
}
