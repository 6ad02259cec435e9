use minimcp::tool;

#[tool]
async fn sub(a: f64, #[arg(default = "one")] b: f64) -> f64 {
    a - b
}

fn main() {}
