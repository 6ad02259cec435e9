#[tool(blocking, scopes("hashes:read", "hashes:make"))]
fn hash(text: &str, #[arg(default)] rounds: Rounds) -> u64 {
    rounds.of(text)
}
