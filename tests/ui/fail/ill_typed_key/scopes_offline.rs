use minimcp::tool;

#[tool(scopes("offline_access"))]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
