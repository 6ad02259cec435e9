use minimcp::{handlers, MiniMcp};

struct Sub {}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![Sub]);
}
