use minimcp::tool;

#[tool(titel = "Subtract")]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
