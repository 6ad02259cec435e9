use minimcp::resource;

#[resource("math://pi", audience("model"))]
async fn pi() -> f64 {
    3.14
}

fn main() {}
