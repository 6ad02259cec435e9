use minimcp::prompt;

struct Broken;

#[prompt]
async fn now() -> Result<String, Broken> {
    Err(Broken)
}

fn main() {}
