use minimcp::resource;

use std::time::Instant;

#[resource("time://now")]
async fn now() -> Result<Instant, String> {
    Ok(Instant::now())
}

fn main() {}
