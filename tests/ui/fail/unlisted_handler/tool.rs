#![deny(dead_code)]

use minimcp::{handlers, tool, MiniMcp};

#[tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

#[tool]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![add]);
}
