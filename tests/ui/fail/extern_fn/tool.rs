use minimcp::tool;

#[tool]
async extern "C" fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
