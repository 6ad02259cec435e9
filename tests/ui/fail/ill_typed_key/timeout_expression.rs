use minimcp::tool;

#[tool(timeout = 15 * 2)]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
