//! The scope of a call: what the transport knows of the caller, as the user's own type.

use std::ops::{Deref, DerefMut};

use super::FromCall;
use crate::call::Call;
use crate::error::Error;

/// The scope of the call, or a part of it, as a handler's parameter.
///
/// A server is a [`MiniMcp<S>`](crate::MiniMcp): `S` comes with every call, from an axum extractor, from a
/// framework's request, or from the program that serves stdio. `Scope<T>` is any `T` that [`FromScope`] takes out
/// of it; `T` may be `S` itself, if it can be cloned.
///
/// ```
/// use minimcp::{tool, FromScope, Scope};
///
/// #[derive(Clone)]
/// struct User { name: String }
///
/// #[derive(Clone)]
/// struct Session { user: User, admin: bool }
///
/// impl FromScope<Session> for User {
///     fn from_scope(session: &Session) -> User { session.user.clone() }
/// }
///
/// /// Say who is calling
/// #[tool]
/// async fn whoami(user: Scope<User>, session: Scope<Session>) -> String {
///     format!("{}{}", user.name, if session.admin { ", an administrator" } else { "" })
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope<T>(pub T);

impl<T> FromCall for Scope<T> {
    type Scope = T;

    const LOGS: bool = false;

    fn from_call(scope: T, _: &Call) -> Result<Self, Error> {
        Ok(Self(scope))
    }
}

impl<T> Deref for Scope<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Scope<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Takes a value out of the scope `S` of a call.
///
/// Implement it for the parts of your scope that handlers ask for; a scope that can be cloned gives itself.
#[diagnostic::on_unimplemented(
    message = "a server with scope `{S}` cannot give a `{Self}`",
    label = "not part of the scope `{S}`",
    note = "implement `minimcp::FromScope<{S}>` for `{Self}`, or serve a `MiniMcp<{Self}>`"
)]
pub trait FromScope<S> {
    /// Takes the value out; it is called once for each parameter of each call.
    fn from_scope(scope: &S) -> Self;
}

#[diagnostic::do_not_recommend]
impl<S: Clone> FromScope<S> for S {
    fn from_scope(scope: &S) -> S {
        scope.clone()
    }
}

/// The scope of parameters that need none.
///
/// Every server can give it. It cannot be cloned: that is what lets the compiler tell it from a user's scope.
#[derive(Debug)]
pub struct NoScope(());

#[diagnostic::do_not_recommend]
impl<S> FromScope<S> for NoScope {
    fn from_scope(_: &S) -> Self {
        Self(())
    }
}
