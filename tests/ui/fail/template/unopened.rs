use minimcp::resource;

#[resource("math://name}")]
async fn read() -> String {
    String::new()
}

fn main() {}
