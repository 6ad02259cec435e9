use minimcp::resource;

#[resource("math://{dimension}/{name}")]
async fn read(name: &str) -> String {
    String::new()
}

fn main() {}
