use minimcp::tool;

#[tool]
async fn read(#[arg(default)] level: Level) -> String {
    String::new()
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
enum Level {
    Low,
}

fn main() {}
