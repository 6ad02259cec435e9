use minimcp::tool;

#[tool(scopes("issues:write"))]
async fn sub(a: f64, b: f64) -> f64 {
    a - b
}

fn main() {}
