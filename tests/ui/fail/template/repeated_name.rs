use minimcp::resource;

#[resource("math://{name}/{name}")]
async fn read(name: &str) -> String {
    String::new()
}

fn main() {}
