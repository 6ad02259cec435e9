//! What a message costs inside minimcp, in instructions and allocations: counts that are the same on a busy machine.
//!
//! `benches/guard` counts instructions and compares them with the accepted ones; `cargo test` compares allocations.

mod cases;
mod counts;
mod pipe;
mod growth;
mod server;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

pub use cases::cases;
pub use counts::{Counts, parse_dump};
pub use growth::{TIMES_LONGER, growing};

/// One thing that is counted.
pub struct Case {
    /// What it is, as the file of accepted counts names it.
    pub name: String,
    /// A part of the answer, which shows that the right thing was counted.
    pub expected: String,
    run: Box<dyn FnMut() -> Bytes>,
}

impl Case {
    fn new(
        name: impl Into<String>,
        expected: impl Into<String>,
        run: impl FnMut() -> Bytes + 'static,
    ) -> Self {
        Self { name: name.into(), expected: expected.into(), run: Box::new(run) }
    }

    /// Does it once, and gives the answer.
    pub fn run(&mut self) -> Bytes {
        (self.run)()
    }

    /// Does it a few times, so that what happens only once has happened, and says whether the answer is right.
    #[must_use]
    pub fn warm_up(&mut self) -> bool {
        (0..3).all(|_| String::from_utf8_lossy(&self.run()).contains(&self.expected))
    }

    /// The allocations of one run.
    pub fn allocations(&mut self) -> u64 {
        allocation_counter::measure(|| drop(self.run())).count_total
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How often a case is run for its count of instructions.
pub const TIMES: u64 = 10;

/// What callgrind counts: a case, some times. It is recognised by its name.
#[inline(never)]
pub fn measured(case: &mut Case) {
    for _ in 0..TIMES {
        drop(std::hint::black_box(case.run()));
    }
}

/// Polls until it is ready. Nothing that is counted waits for anything outside.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
