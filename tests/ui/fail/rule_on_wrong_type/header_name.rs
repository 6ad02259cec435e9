use minimcp::tool;

#[tool]
async fn read(#[arg(header = "The Region")] region: &str) -> usize {
    region.len()
}

fn main() {}
