//! What is written inside `#[tool(…)]`, `#[prompt(…)]`, `#[resource(…)]` and `#[arg(…)]`.

mod common;
mod duration;
mod entry;
mod prompt;
mod resource;
#[cfg(test)]
mod tests;
mod tool;
mod value;

pub(crate) use self::common::Common;
pub(crate) use self::entry::{Entry, Keys, known, parse};
pub(crate) use self::prompt::PromptKeys;
pub(crate) use self::resource::{Audience, ResourceKeys};
pub(crate) use self::tool::ToolKeys;
