use minimcp::tool;

#[tool(blocking)]
fn echo(text: &str) -> &str {
    text
}

fn main() {}
