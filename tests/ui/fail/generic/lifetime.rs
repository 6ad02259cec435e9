use minimcp::tool;

#[tool]
async fn echo<'a>(text: &'a str) -> &'a str {
    text
}

fn main() {}
