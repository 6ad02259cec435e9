use minimcp::{handlers, tool, MiniMcp};

#[tool(name = "sub")]
async fn minus(a: f64, b: f64) -> f64 {
    a - b
}

#[tool]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![minus, sub]);
}
