use minimcp::{handlers, tool, MiniMcp};

#[tool(titel = "Subtract")]
fn sub(a: &f64, _: f64) -> f64 {
    *a
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![sub]);
}
