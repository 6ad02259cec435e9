//! Asking the client, from inside a handler.

mod questions;

pub(crate) use questions::Questions;
