use minimcp::{Scope, resource};

#[resource("users://{id}")]
async fn read(id: u64, #[arg(complete = ["a"])] user: Scope<String>) -> String {
    format!("{id} {}", user.0)
}

fn main() {}
