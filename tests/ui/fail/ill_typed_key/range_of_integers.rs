use minimcp::tool;

#[tool]
async fn sub(a: f64, #[arg(range = 0..=10)] b: f64) -> f64 {
    a - b
}

fn main() {}
