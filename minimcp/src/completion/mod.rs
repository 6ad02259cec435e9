//! Completions: what a client may offer while somebody types an argument of a prompt, or a variable of a template.

mod completer;
mod completers;
mod context;
mod output;

pub use completer::Completer;
pub(crate) use completers::{Completers, choices};
pub use context::CompletionContext;
pub use output::CompletionOutput;
