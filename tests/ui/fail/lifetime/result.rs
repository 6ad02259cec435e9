use minimcp::tool;

#[tool]
async fn echo(text: &str) -> &'a str {
    text
}

fn main() {}
