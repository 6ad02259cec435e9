//! What can be a parameter of a handler.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::{FromScope, NoScope};
use crate::args::{Unfit, absent, read_json, read_text};
use crate::call::{Call, Cancel, Log, Progress};
use crate::changes::Changes;
use crate::error::Error;

/// A parameter of a handler.
///
/// Every type that is `Deserialize` and `JsonSchema` is one already: an *argument*, which the client sends. Types
/// that are filled in instead implement this trait: [`Scope`](crate::Scope), [`Progress`],
/// [`Call`], [`Cancel`], [`Log`], `Client` (feature `ask`), and your own.
///
/// ```
/// use minimcp::{tool, Call, Error, FromCall};
///
/// #[derive(Clone)]
/// struct User { locale: String }
///
/// /// The language to answer in.
/// struct Locale(String);
///
/// impl FromCall for Locale {
///     type Scope = User;
///
///     fn from_call(user: User, call: &Call) -> Result<Self, Error> {
///         Ok(Locale(call.meta("com.example/locale").unwrap_or(user.locale)))
///     }
/// }
///
/// /// Greet somebody
/// #[tool]
/// async fn greet(name: &str, locale: Locale) -> String {
///     if locale.0 == "de" { format!("Hallo {name}") } else { format!("Hello {name}") }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a handler parameter",
    label = "not an argument and not an injected value",
    note = "an argument type needs both `serde::Deserialize` and `schemars::JsonSchema`; derive them: `#[derive(Deserialize, JsonSchema)]`",
    note = "a type that is filled in for each call implements `minimcp::FromCall`"
)]
pub trait FromCall: Sized {
    /// What is needed of the call's scope: any type with [`FromScope`], or [`NoScope`].
    type Scope;

    /// Whether the client sends the value.
    #[doc(hidden)]
    const ARGUMENT: bool = false;

    /// Whether the handler may send log messages through it, which the server then announces. Types of the user's may be
    /// made of a `Log`.
    #[doc(hidden)]
    const LOGS: bool = true;

    /// Whether the handler chooses through it when its call becomes a task.
    #[doc(hidden)]
    const BEGINS: bool = false;

    /// Makes the value.
    ///
    /// # Errors
    ///
    /// Whatever keeps the call from being made; the handler is then not called, and the client gets the error.
    fn from_call(scope: Self::Scope, call: &Call) -> Result<Self, Error>;

    /// Reads an argument at the start of JSON text; gives how much of the text it took.
    #[doc(hidden)]
    fn __read_json(_: &str) -> Result<(Self, usize), serde_json::Error> {
        Err(serde::de::Error::custom("not an argument"))
    }

    /// Reads an argument from plain text.
    #[doc(hidden)]
    fn __read_text(_: &str) -> Result<Self, Unfit> {
        Err(serde::de::Error::custom("not an argument"))
    }

    /// The value of an argument that was not sent, if there is one.
    #[doc(hidden)]
    fn __absent() -> Option<Self> {
        None
    }

    /// Where in a value it does not fit, and why.
    #[doc(hidden)]
    fn __explain(_: &str) -> Option<(String, String)> {
        None
    }

    /// The schema of an argument.
    #[doc(hidden)]
    fn __schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> FromCall for T {
    type Scope = NoScope;

    const ARGUMENT: bool = true;

    const LOGS: bool = false;

    fn from_call(_: NoScope, _: &Call) -> Result<Self, Error> {
        absent().ok_or_else(|| {
            Error::internal("an argument is read from the message, not made from the call")
        })
    }

    fn __read_json(text: &str) -> Result<(Self, usize), serde_json::Error> {
        read_json(text)
    }

    fn __read_text(text: &str) -> Result<Self, Unfit> {
        read_text(text)
    }

    fn __absent() -> Option<Self> {
        absent()
    }

    fn __explain(json: &str) -> Option<(String, String)> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err()?;
        let path = error.path().to_string();
        Some((if path == "." { String::new() } else { path }, error.into_inner().to_string()))
    }

    fn __schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

/// A parameter that a server with scope `S` can fill in.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a server with scope `{S}` cannot fill in the parameter `{Self}`",
    label = "this handler asks for a `{Self}`, which the scope `{S}` does not hold",
    note = "implement `minimcp::FromScope<{S}>` for the type inside, or serve a `MiniMcp` of another scope"
)]
pub trait Parameter<S>: FromCall {
    /// Makes the value for a call.
    fn make(scope: &S, call: &Call) -> Result<Self, Error>;
}

#[diagnostic::do_not_recommend]
impl<S, T> Parameter<S> for T
where
    T: FromCall,
    T::Scope: FromScope<S>,
{
    fn make(scope: &S, call: &Call) -> Result<Self, Error> {
        T::from_call(T::Scope::from_scope(scope), call)
    }
}

impl FromCall for Progress {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.progress())
    }
}

#[cfg(feature = "ask")]
impl FromCall for crate::ask::Client {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(Self::of(call))
    }
}

impl FromCall for Cancel {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.cancel())
    }
}

impl FromCall for Changes {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.changes())
    }
}

impl FromCall for Log {
    type Scope = NoScope;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.log())
    }
}

impl FromCall for Call {
    type Scope = NoScope;

    const LOGS: bool = false;

    fn from_call(_: NoScope, call: &Call) -> Result<Self, Error> {
        Ok(call.clone())
    }
}
