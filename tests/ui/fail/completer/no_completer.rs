use minimcp::prompt;

fn topics(typed: &str) -> Vec<String> {
    vec![typed.to_owned()]
}

#[prompt]
async fn ask(#[arg(complete = topics)] topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
