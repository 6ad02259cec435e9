//! Exactly one answer: random stories of requests, cancellations, clients that vanish and servers that stop, beside a small
//! model that says what has to come of each.
//!
//! A story is told over pipes and over HTTP, on a clock that stands still: after each step everything happens that can
//! happen, and then nothing may be owed. `PROPTEST_CASES` says how many stories there are; a failure shows the shortest.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod house;
mod model;
mod pipes;
mod story;
mod teller;
mod web;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::house::House;
use crate::pipes::Pipes;
use crate::story::Story;
use crate::teller::{Teller, Wires};
use crate::web::Web;

/// Tells random stories; `open` gives the wires to a house.
fn check<W: Wires>(open: impl AsyncFn(&House) -> W) {
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default().cases,
        None => 128,
    };
    // What was found once has a test of its own, and no file beside this one.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config)
        .run(&story::stories(), |story| tell(&story, &open).map_err(TestCaseError::fail));
    told.unwrap_or_else(|failure| panic!("{failure}"));
}

fn tell<W: Wires>(story: &Story, open: &impl AsyncFn(&House) -> W) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let house = House::new(story.concurrency, story.queue);
        let wires = open(&house).await;
        Teller::new(house, wires, story).tell(story).await?;
        match runtime.metrics().num_alive_tasks() {
            0 => Ok(()),
            left => Err(format!("{left} tasks are left")),
        }
    })
}

#[test]
fn over_pipes() {
    check(async |house| Pipes::open(house));
}

#[test]
fn over_http() {
    check(async |house| Web::open(house).await);
}
