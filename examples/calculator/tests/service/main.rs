//! The whole application in one process, as its clients see it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod answers;
mod asking;
mod cors;
mod events;
mod following;
mod guards;
mod stopping;
