use minimcp::tool;

#[tool(task = "always")]
async fn time() -> u64 {
    9
}

fn main() {}
