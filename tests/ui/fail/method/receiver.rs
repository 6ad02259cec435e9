use minimcp::tool;

struct Math;

impl Math {
    #[tool]
    async fn sub(&self, a: f64, b: f64) -> f64 {
        a - b
    }
}

fn main() {}
