#[resource("math://tables/{number}{?length}", mime_type = "text/plain", priority = 1, audience("user"))]
/// A row of the multiplication table
async fn table(number: u64, #[arg(default = 10)] length: u64, user: Scope<User>) -> Vec<u64> {
    (1..=length).map(|factor| number * factor).collect()
}
