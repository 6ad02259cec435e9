use minimcp::prompt;

#[prompt(read_only)]
async fn ask(topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
