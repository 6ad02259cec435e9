//! Following the steps of calls from beside the server: who listens, and what they hear.

mod client_id;
mod feeds;
mod listener;
mod route;

pub(crate) use client_id::ClientId;
pub use feeds::{Bounds, Feeds};
pub(crate) use feeds::{Refused, Step};
pub(crate) use listener::{Heard, Listener};
pub(crate) use route::follow;
