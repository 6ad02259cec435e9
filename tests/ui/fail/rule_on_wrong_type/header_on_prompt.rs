use minimcp::prompt;

#[prompt]
async fn ask(#[arg(header = "Topic")] topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
