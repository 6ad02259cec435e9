use minimcp::resource;

struct Query;

#[resource("math://{query}")]
async fn search(query: Query) -> String {
    let _ = query;
    String::new()
}

fn main() {}
