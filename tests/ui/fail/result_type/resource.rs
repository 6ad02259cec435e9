use minimcp::resource;

use std::time::Instant;

#[resource("time://now")]
async fn now() -> Instant {
    Instant::now()
}

fn main() {}
