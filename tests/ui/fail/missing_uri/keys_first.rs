use minimcp::resource;

#[resource(title = "Pi", "math://pi")]
async fn pi() -> f64 {
    3.14
}

fn main() {}
