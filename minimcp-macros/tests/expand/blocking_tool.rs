#[tool(blocking)]
fn hash(text: &str, #[arg(default)] rounds: Rounds) -> u64 {
    rounds.of(text)
}
