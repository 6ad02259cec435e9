use minimcp::tool;

#[tool]
async fn sub(a: f64, _: f64) -> f64 {
    a
}

fn main() {}
