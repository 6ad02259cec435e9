use minimcp::{handlers, resource, MiniMcp};

#[resource("math://pi")]
async fn pi() -> f64 {
    3.14
}

#[resource("math://pi")]
async fn circle() -> f64 {
    3.14
}

fn main() {
    let _ = MiniMcp::<()>::new("math").handlers(handlers![pi, circle]);
}
