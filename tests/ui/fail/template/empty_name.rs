use minimcp::resource;

#[resource("math://{}")]
async fn read() -> String {
    String::new()
}

fn main() {}
