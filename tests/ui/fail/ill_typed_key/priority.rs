use minimcp::resource;

#[resource("math://pi", priority = 1.5)]
async fn pi() -> f64 {
    3.14
}

fn main() {}
