use minimcp::tool;

#[tool]
async fn double(#[arg(length = 1..)] number: f64) -> f64 {
    number * 2.0
}

fn main() {}
