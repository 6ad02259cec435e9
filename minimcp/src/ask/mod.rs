//! Asking the client, from inside a handler.
//!
//! A handler asks and awaits the answer; how the question travels depends on the revision. Before 2026-07-28 it is a
//! request to the client (`questions`). From then on nothing can be sent to a client, so the round ends with the questions as its
//! result, and the client calls again with the answers (`asking`, `state`).

mod asked;
mod asking;
mod capability;
mod client;
mod elicit;
mod form;
mod form_check;
mod form_order;
mod question;
mod questions;
mod roots;
mod sample;
mod sampling;
mod state;
mod url;

pub(crate) use asking::{Asking, AskingLimits, Round};
pub use client::Client;
pub use elicit::{Elicit, ElicitResponse, Elicited};
pub(crate) use questions::Questions;
pub use roots::{ListRoots, Root};
pub use sample::Sample;
pub use sampling::{
    CreateMessageResult, IncludeContext, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
pub(crate) use state::RequestState;
pub use url::ElicitUrl;
