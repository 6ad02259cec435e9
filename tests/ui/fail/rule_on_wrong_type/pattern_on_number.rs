use minimcp::tool;

#[tool]
async fn double(#[arg(pattern = "^a$")] number: f64) -> f64 {
    number * 2.0
}

fn main() {}
