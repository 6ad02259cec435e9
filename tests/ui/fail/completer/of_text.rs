use minimcp::prompt;

#[prompt]
async fn ask(#[arg(complete)] topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
