use minimcp::resource;

#[resource("math://pi", deny_unknown)]
async fn pi() -> f64 {
    3.14
}

fn main() {}
