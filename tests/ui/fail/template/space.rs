use minimcp::resource;

#[resource("math://a b")]
async fn read() -> String {
    String::new()
}

fn main() {}
