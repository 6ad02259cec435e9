use minimcp::tool;

struct Query;

#[tool]
async fn search(#[arg(name = "q", default = Query)] query: Query) -> String {
    String::new()
}

fn main() {}
