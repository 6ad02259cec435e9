use minimcp::tool;

#[tool]
async fn read(#[arg(header = "Regions")] regions: Vec<String>) -> usize {
    regions.len()
}

fn main() {}
