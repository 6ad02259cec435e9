use minimcp::{Scope, prompt};

async fn topics(typed: &str, user: Scope<String>) -> Vec<String> {
    vec![format!("{typed} {}", user.0)]
}

#[prompt]
async fn ask(#[arg(complete = topics)] topic: &str) -> String {
    topic.to_owned()
}

fn main() {}
