//! The parameters of handlers: arguments of the client, and values that are filled in.

mod from_call;
mod scope;

pub use from_call::{FromCall, Parameter};
pub use scope::{FromScope, NoScope, Scope};
