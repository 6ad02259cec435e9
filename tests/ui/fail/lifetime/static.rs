use minimcp::tool;

#[tool]
async fn length(text: &'static str) -> usize {
    text.len()
}

fn main() {}
