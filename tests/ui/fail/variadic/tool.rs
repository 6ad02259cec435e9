use minimcp::tool;

#[tool(blocking)]
fn sub(a: f64, ...) -> f64 {
    a
}

fn main() {}
