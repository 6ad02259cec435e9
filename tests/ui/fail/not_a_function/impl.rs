use minimcp::tool;

struct Math;

#[tool]
impl Math {
    async fn sub(a: f64, b: f64) -> f64 {
        a - b
    }
}

fn main() {}
