use minimcp::resource;

struct Broken;

#[resource("time://now")]
async fn now() -> Result<String, Broken> {
    Err(Broken)
}

fn main() {}
