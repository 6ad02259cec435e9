use minimcp::tool;

#[tool]
async fn read(#[arg(header = "Region")] a: &str, #[arg(header = "region")] b: &str) -> String {
    format!("{a}{b}")
}

fn main() {}
