//! What is written inside `#[tool(…)]`, `#[prompt(…)]`, `#[resource(…)]` and `#[arg(…)]`.

mod duration;
mod entry;
mod handler;
mod prompt;
mod resource;
#[cfg(test)]
mod tests;
mod tool;
mod value;

pub(crate) use self::entry::{Entry, Keys, known, parse};
pub(crate) use self::handler::HandlerKeys;
pub(crate) use self::prompt::PromptKeys;
pub(crate) use self::resource::{Audience, ResourceKeys};
pub(crate) use self::tool::{Task, ToolKeys, Visibility};
