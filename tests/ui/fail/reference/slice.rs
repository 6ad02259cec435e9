use minimcp::tool;

#[tool]
async fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().sum()
}

fn main() {}
