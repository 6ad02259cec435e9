use minimcp::tool;

#[tool]
async fn sub((a, b): (f64, f64)) -> f64 {
    a - b
}

fn main() {}
