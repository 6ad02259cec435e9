//! The server at `/science/mcp`: other tools, for anybody, with nothing to follow.

use minimcp::{MiniMcp, handlers, tool};

/// Raise a number to a power
#[tool(read_only, idempotent)]
async fn power(
    /// The number
    base: f64,
    /// The power to raise it to
    exponent: f64,
) -> f64 {
    base.powf(exponent)
}

/// Take the square root of a number
#[tool(read_only, idempotent)]
async fn square_root(
    /// The number, not negative
    number: f64,
) -> Result<f64, String> {
    match number < 0.0 {
        true => Err(format!("{number} has no real square root")),
        false => Ok(number.sqrt()),
    }
}

/// Take the logarithm of a number
#[tool(read_only, idempotent)]
async fn logarithm(
    /// The number, above zero
    number: f64,
    /// The base of the logarithm
    #[arg(default = 10.0)]
    base: f64,
) -> Result<f64, &'static str> {
    if !(number > 0.0 && base > 0.0 && base != 1.0) {
        return Err("the number and the base have to be above zero, and the base not one");
    }
    // A quotient of two rounded logarithms makes 2.9999999999999996 of 1000.
    Ok(match base {
        2.0 => number.log2(),
        10.0 => number.log10(),
        base => number.ln() / base.ln(),
    })
}

/// The server; it does not ask who is calling.
pub(crate) fn server() -> MiniMcp {
    MiniMcp::new("science").with_title("Scientific calculator").handlers(handlers![
        power,
        square_root,
        logarithm,
    ])
}
