#[prompt(name = "explain", description = include_str!("explain.md"), icons("a.png", icon()), deny_unknown)]
async fn explanation(
    /// What to explain
    #[arg(complete = topics)]
    topic: &str,
    #[arg(complete)]
    tone: Tone,
) -> String {
    format!("Explain {topic}.")
}
