#[tool(title = "Multiply", read_only, idempotent, timeout = "30s", meta("example.com/cost" = 3))]
/// Multiply two numbers
#[cfg(feature = "math")]
#[tracing::instrument]
pub(crate) async fn product(
    /// The first number
    a: f64,
    #[arg(default = 1.0, range = -1e6..=1e6)] mut b: f64,
    #[arg(length = 1..=80, pattern = "^[a-z]*$", default)] label: &str,
    #[arg(header = "Region")] r#type: Region,
    progress: Progress,
) -> Result<f64, MyError> {
    b += 0.0;
    Ok(a * b)
}
