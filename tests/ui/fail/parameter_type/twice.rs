use minimcp::tool;

struct Query;

#[tool]
async fn search(query: Query, limit: u32, other: Query) -> String {
    String::new()
}

fn main() {}
