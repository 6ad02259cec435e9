use minimcp::tool;

#[tool]
async fn sub(a: f64, #[arg(default)] #[arg(default = 1.0)] b: f64) -> f64 {
    a - b
}

fn main() {}
