use minimcp::tool;

#[tool]
async fn not(#[arg(range = ..true)] flag: bool) -> bool {
    !flag
}

fn main() {}
