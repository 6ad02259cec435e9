use minimcp::resource;

#[resource("math://{name}")]
async fn read(name: &str, digits: u32) -> String {
    format!("{name}{digits}")
}

fn main() {}
