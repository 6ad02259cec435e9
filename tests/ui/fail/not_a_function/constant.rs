use minimcp::resource;

#[resource("math://pi")]
pub const PI: f64 = 3.14;

fn main() {}
