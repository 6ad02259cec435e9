use minimcp::tool;

#[tool]
async fn length(#[arg(length = 1.5..)] text: &str) -> usize {
    text.len()
}

fn main() {}
