use minimcp::tool;

#[tool(title = "Subtract", read_only, title = "Minus")]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
