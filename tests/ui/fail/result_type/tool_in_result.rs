use minimcp::tool;

use std::time::Instant;

#[tool]
async fn now() -> Result<Instant, String> {
    Ok(Instant::now())
}

fn main() {}
