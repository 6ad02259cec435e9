use minimcp::{handlers, tool, MiniMcp};

struct Query;

#[tool]
async fn search(query: Query) -> String {
    let _ = query;
    String::new()
}

fn main() {
    let _ = MiniMcp::<()>::new("search").handlers(handlers![search]);
}
