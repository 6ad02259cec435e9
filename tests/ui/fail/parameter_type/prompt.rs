use minimcp::prompt;

struct Query;

#[prompt]
async fn search(query: Query) -> String {
    let _ = query;
    String::new()
}

fn main() {}
