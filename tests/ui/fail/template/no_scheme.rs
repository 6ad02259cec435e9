use minimcp::resource;

#[resource("constants/{name}")]
async fn read(name: &str) -> String {
    String::new()
}

fn main() {}
