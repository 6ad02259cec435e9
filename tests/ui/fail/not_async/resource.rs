use minimcp::resource;

#[resource("math://pi")]
fn pi() -> f64 {
    3.14
}

fn main() {}
