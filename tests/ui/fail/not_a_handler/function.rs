use minimcp::{handlers, MiniMcp};

async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![sub]);
}
