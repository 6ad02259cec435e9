use minimcp::tool;

#[tool(visible_to("user"))]
async fn time() -> u64 {
    9
}

fn main() {}
