//! A method of an extension.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::call::{Call, HandlerFuture};
use crate::error::Error;
use crate::output::HandlerError;
use crate::param::Parameter;
use crate::protocol::version::ProtocolVersion;
use crate::server::MiniMcp;

/// A method of an [`Extension`](super::Extension).
///
/// It is there for clients that declared the extension: others get -32021 before anything is looked at, or in a
/// revision before 2026-07-28 -32601. It runs under the server's limits like any handler.
///
/// | option | default | |
/// |---|---|---|
/// | [`undeclared`](Self::undeclared) | no | clients need not declare the extension |
/// | [`mirrored`](Self::mirrored) | none | the member of the parameters that the header `Mcp-Name` repeats |
/// | [`result_type`](Self::result_type) | `complete` | what kind of result it gives |
/// | [`revisions`](Self::revisions) | those of the extension | where it exists |
/// | [`unlimited`](Self::unlimited) | no | it takes no place among the calls that run |
pub struct Method<S = ()> {
    pub(super) name: &'static str,
    pub(super) undeclared: bool,
    pub(super) mirrored: Option<&'static str>,
    pub(super) result_type: &'static str,
    pub(super) revisions: Option<Vec<ProtocolVersion>>,
    pub(super) unlimited: bool,
    pub(super) run: Box<MethodRun<S>>,
}

pub(crate) type MethodRun<S> =
    dyn for<'c> Fn(MethodCall<'c, S>) -> HandlerFuture<'c, Members> + Send + Sync;

/// The members of an object, each as the text that it is sent as: what is in it stays in its order.
pub(crate) type Members = BTreeMap<String, Box<RawValue>>;

/// A call of a method.
pub(crate) struct MethodCall<'c, S> {
    #[cfg_attr(not(feature = "tasks"), allow(dead_code, reason = "only tasks look at it"))]
    pub(crate) server: &'c MiniMcp<S>,
    pub(crate) call: &'c Call,
    pub(crate) scope: &'c S,
    /// The JSON text of the parameters, an object.
    pub(crate) params: &'c str,
}

impl<S> Method<S> {
    /// A method of a function, whose name is `area/verb` by custom.
    ///
    /// The first parameter takes `params` as one type; `_meta` is among its members, so the type must not refuse those
    /// that it does not know. Behind it there may be up to three parameters that are filled in:
    /// [`Scope`](crate::Scope), [`Call`], or your own [`FromCall`](crate::FromCall). It returns a `Result` of anything
    /// that is serialised as an object; `()` is an empty one.
    ///
    /// ```
    /// use minimcp::{extension::Method, Call, Scope};
    ///
    /// #[derive(Clone)]
    /// struct User { name: String }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Touch { note: u64 }
    ///
    /// async fn touch(params: Touch, user: Scope<User>, call: Call) -> Result<(), String> {
    ///     println!("{} touches {} with {}", user.name, params.note, call.method());
    ///     Ok(())
    /// }
    ///
    /// let method: Method<User> = Method::from_fn("notes/touch", touch);
    /// ```
    #[must_use]
    pub fn from_fn<Via>(name: &'static str, handler: impl MethodHandler<S, Via>) -> Self
    where
        S: 'static,
    {
        Self::of(name, Box::new(move |call| handler.start(call)))
    }

    pub(crate) fn of(name: &'static str, run: Box<MethodRun<S>>) -> Self {
        Self {
            name,
            undeclared: false,
            mirrored: None,
            result_type: "complete",
            revisions: None,
            unlimited: false,
            run,
        }
    }

    /// Clients need not declare the extension to call it.
    #[must_use]
    pub fn undeclared(mut self) -> Self {
        self.undeclared = true;
        self
    }

    /// The member of the parameters, a string, that clients repeat in the header `Mcp-Name` over HTTP, so that those on
    /// the way can tell calls apart without reading them (2026-07-28, Standard Request Headers).
    #[must_use]
    pub fn mirrored(mut self, member: &'static str) -> Self {
        self.mirrored = Some(member);
        self
    }

    /// What kind of result it gives, the `resultType` of 2026-07-28.
    #[must_use]
    pub fn result_type(mut self, result_type: &'static str) -> Self {
        self.result_type = result_type;
        self
    }

    /// The revisions that have it, over those of the extension.
    #[must_use]
    pub fn revisions(mut self, revisions: impl IntoIterator<Item = ProtocolVersion>) -> Self {
        self.revisions = Some(revisions.into_iter().collect());
        self
    }

    /// It takes no place among the calls that run at once, so that it is answered however busy the server is: for what
    /// is answered at once.
    #[must_use]
    pub fn unlimited(mut self) -> Self {
        self.unlimited = true;
        self
    }
}

/// What can be a method of an extension: an `async fn` over the parameters, and up to three values that are filled in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a method of an extension",
    label = "no method",
    note = "a method is an `async fn(Params) -> Result<T, E>`, where `Params` is `serde::Deserialize` and `T` is `serde::Serialize`; behind the parameters it may have some that are filled in, such as `Call` and `Scope<T>`"
)]
pub trait MethodHandler<S, Via>: Send + Sync + 'static {
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else calls it")]
    fn start<'c>(&self, call: MethodCall<'c, S>) -> HandlerFuture<'c, Members>;
}

macro_rules! methods {
    ($($given:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, Function, Params, Fut, T, E, $($given),*> MethodHandler<S, (Params, $($given,)*)> for Function
        where
            Function: Fn(Params, $($given),*) -> Fut + Send + Sync + 'static,
            Params: DeserializeOwned,
            Fut: Future<Output = Result<T, E>> + Send + 'static,
            T: Serialize + 'static,
            E: HandlerError,
            $($given: Parameter<S>,)*
        {
            #[allow(private_interfaces, reason = "nobody else calls it")]
            fn start<'c>(&self, call: MethodCall<'c, S>) -> HandlerFuture<'c, Members> {
                $(const {
                    assert!(
                        !$given::ARGUMENT,
                        "behind its parameters a method takes what is filled in: `Scope<T>`, `Call`",
                    );
                })*
                let started = read(call.params).and_then(|params| {
                    Ok(self(params, $($given::make(call.scope, call.call)?),*))
                });
                Box::pin(async move { members(&started?.await.map_err(Error::from_handler)?) })
            }
        }
    };
}

methods! {}
methods! { A }
methods! { A B }
methods! { A B C }

/// Reads the parameters as one value.
pub(crate) fn read<Params: DeserializeOwned>(params: &str) -> Result<Params, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(params);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!(".{path}") };
        Error::invalid_params(format!("`params{place}`: {}", error.into_inner()))
    })
}

/// The members of a result.
fn members(result: &impl Serialize) -> Result<Members, Error> {
    match serde_json::to_value(result) {
        Ok(Value::Object(members)) => Ok(texts(members)),
        Ok(Value::Null) => Ok(Members::new()),
        Ok(_) => Err(Error::internal("the result of an extension's method has to be an object")),
        Err(error) => Err(Error::internal(error)),
    }
}

/// The members as texts. A value is always written on one line, which a text of somebody else's may not be.
pub(super) fn texts(members: Map<String, Value>) -> Members {
    let text = |value| to_raw_value(&value).unwrap_or_default();
    members.into_iter().map(|(name, value)| (name, text(value))).collect()
}

impl<S> fmt::Debug for Method<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Method").field("name", &self.name).finish_non_exhaustive()
    }
}
