use minimcp::resource;

#[resource("math://{/a}")]
async fn read(a: &str) -> String {
    String::new()
}

fn main() {}
