use minimcp::resource;

#[resource("math://{?a}/b")]
async fn read(a: &str) -> String {
    String::new()
}

fn main() {}
