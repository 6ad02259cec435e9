use minimcp::tool;

#[tool]
async fn name() -> impl Into<String> {
    "x"
}

fn main() {}
