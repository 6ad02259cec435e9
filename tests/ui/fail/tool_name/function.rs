use minimcp::tool;

#[tool]
async fn größe(a: f64) -> f64 {
    a
}

fn main() {}
