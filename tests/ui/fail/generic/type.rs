use minimcp::tool;

#[tool]
async fn sub<T: Into<f64>>(a: T, b: T) -> f64 {
    a.into() - b.into()
}

fn main() {}
