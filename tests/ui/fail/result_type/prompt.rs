use minimcp::prompt;

use std::time::Instant;

#[prompt]
async fn now() -> Instant {
    Instant::now()
}

fn main() {}
