#[tool(titel = "Subtract")]
/// Subtract two numbers
pub fn sub(
    /// The first number
    a: &'a f64,
    #[allow(unused)] b: f64,
) -> f64 {
    a - b
}
