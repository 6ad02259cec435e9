use minimcp::{handlers, tool, MiniMcp};

#[tool]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

mod exact {
    #[minimcp::tool]
    pub(crate) async fn sub(a: u64, b: u64) -> u64 {
        a - b
    }
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![sub, exact::sub]);
}
