use minimcp::tool;

#[tool(ui = "https://example.com/clock")]
async fn time() -> u64 {
    9
}

fn main() {}
