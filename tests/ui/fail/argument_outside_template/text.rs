use minimcp::resource;

#[resource("math://{name}")]
async fn read(name: &str, unit: &str) -> String {
    format!("{name}{unit}")
}

fn main() {}
