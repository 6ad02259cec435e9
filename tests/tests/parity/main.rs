//! What the Python original promised to clients and to authors of servers, test by test.
//!
//! The name of a test begins with the ids of what it shows; `PARITY.md` lists them all, with a reason for each that
//! has no test.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::needless_pass_by_value
)]

mod clients;
mod context;
mod core;
mod gaps;
mod handlers;
mod http;
mod json_rpc;
mod prompts;
mod resources;
mod stdio;
mod streaming;
mod structured;
mod table;
mod tools;
mod wire;
