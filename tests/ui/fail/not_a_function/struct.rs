use minimcp::tool;

#[tool]
struct Math;

static MATH: Math = Math;

fn main() {}
