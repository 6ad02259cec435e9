use minimcp::tool;

#[tool]
async fn sub(a: f64, b: f64) -> f64
where
    f64: Copy,
{
    a - b
}

fn main() {}
