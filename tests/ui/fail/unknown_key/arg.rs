use minimcp::tool;

#[tool]
async fn sub(a: f64, #[arg(min = 0.0)] b: f64) -> f64 {
    a - b
}

fn main() {}
