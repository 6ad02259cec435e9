#[prompt(name = "explain", description = include_str!("explain.md"), icons("a.png", icon()), deny_unknown)]
async fn explanation(
    /// What to explain
    topic: &str,
) -> String {
    format!("Explain {topic}.")
}
