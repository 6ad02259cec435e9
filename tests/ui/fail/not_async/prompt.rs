use minimcp::prompt;

#[prompt]
fn ask(topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
