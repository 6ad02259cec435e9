use minimcp::tool;

use std::time::Instant;

#[tool(blocking)]
fn now() -> Instant {
    Instant::now()
}

fn main() {}
