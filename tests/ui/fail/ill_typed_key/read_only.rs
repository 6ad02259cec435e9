use minimcp::tool;

#[tool(read_only = "yes")]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
