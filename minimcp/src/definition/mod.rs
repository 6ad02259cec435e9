//! Tools, prompts and resources, as they are listed and as they are run.

mod dynamic;
mod handler;
mod listing;
mod mirrored;
mod prompt;
mod resource;
mod tool;

pub(crate) use handler::Definition;
pub use handler::{Handler, Handlers, Kind, Named};
pub(crate) use listing::{Listing, Policy};
pub(crate) use mirrored::Mirrored;
pub use prompt::Prompt;
pub use resource::Resource;
pub use tool::Tool;

use crate::args::Context;
use crate::call::HandlerFuture;

/// What runs a handler: the expansion of its attribute, or a closure.
pub(crate) type Run<S, T> =
    Box<dyn for<'c> Fn(Context<'c, S>) -> HandlerFuture<'c, T> + Send + Sync>;

/// What runs a handler, as an expansion gives it.
pub(crate) type RunFn<S, T> = for<'c> fn(Context<'c, S>) -> HandlerFuture<'c, T>;
