use minimcp::tool;

struct Broken;

#[tool]
async fn now() -> Result<String, Broken> {
    Err(Broken)
}

fn main() {}
