use minimcp::tool;

#[tool]
async fn length(#[arg(range = 1..)] text: &str) -> usize {
    text.len()
}

fn main() {}
