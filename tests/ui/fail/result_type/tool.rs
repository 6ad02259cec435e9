use minimcp::tool;

use std::time::Instant;

#[tool]
async fn now() -> Instant {
    Instant::now()
}

fn main() {}
