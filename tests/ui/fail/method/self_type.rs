use minimcp::tool;

struct Math;

impl Math {
    #[tool]
    async fn sub(a: f64, math: Self) -> f64 {
        a
    }
}

fn main() {}
