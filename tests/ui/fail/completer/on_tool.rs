use minimcp::tool;

#[tool]
async fn add(#[arg(complete = ["1", "2"])] a: f64, b: f64) -> f64 {
    a + b
}

fn main() {}
