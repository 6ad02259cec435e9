use minimcp::tool;

#[tool]
async fn length(text: &'a str) -> usize {
    text.len()
}

fn main() {}
