use minimcp::resource;

#[resource("math://pi")]
async fn pi(digits: u32) -> String {
    digits.to_string()
}

fn main() {}
