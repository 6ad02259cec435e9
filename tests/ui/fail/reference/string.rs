use minimcp::tool;

#[tool]
async fn length(text: &String) -> usize {
    text.len()
}

fn main() {}
