use minimcp::tool;

#[tool]
async fn length(text: impl Into<String>) -> usize {
    text.into().len()
}

fn main() {}
