use minimcp::resource;

#[resource("math://{a}{b}")]
async fn read(a: &str, b: &str) -> String {
    String::new()
}

fn main() {}
