use minimcp::prompt;

use std::time::Instant;

#[prompt]
async fn now() -> Result<Instant, String> {
    Ok(Instant::now())
}

fn main() {}
