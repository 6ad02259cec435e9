use minimcp::prompt;

#[prompt]
async fn ask(topic: &str) {
    let _ = topic;
}

fn main() {}
