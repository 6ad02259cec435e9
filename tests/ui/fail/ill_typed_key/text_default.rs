use minimcp::tool;

#[tool]
async fn length(#[arg(default = 1)] text: &str) -> usize {
    text.len()
}

fn main() {}
