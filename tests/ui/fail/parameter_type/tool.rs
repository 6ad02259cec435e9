use minimcp::tool;

struct Query;

#[tool]
async fn search(query: Query) -> String {
    let _ = query;
    String::new()
}

fn main() {}
