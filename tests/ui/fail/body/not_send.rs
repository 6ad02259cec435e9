use minimcp::tool;

use std::rc::Rc;

#[tool]
async fn sub(a: f64, b: f64) -> f64 {
    let shared = Rc::new(a);
    std::future::ready(()).await;
    *shared - b
}

fn main() {}
