use minimcp::resource;

#[resource("math://100%")]
async fn read() -> String {
    String::new()
}

fn main() {}
