use minimcp::resource;

#[resource]
async fn pi() -> f64 {
    3.14
}

fn main() {}
