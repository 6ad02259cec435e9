use minimcp::prompt;

async fn topics(typed: &str) -> usize {
    typed.len()
}

#[prompt]
async fn ask(#[arg(complete = topics)] topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
