//! `timeout = …` and `ttl = …`

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Lit};

use super::entry::{Entry, Value};

/// How long a call may take.
pub(crate) enum Timeout {
    /// `"none"`: as long as it likes, whatever the server's default is.
    None,
    /// `"30s"`
    Millis(u64),
    /// An expression of type `Duration`.
    Expr(Expr),
}

/// How long a result may be kept.
pub(crate) enum Ttl {
    /// `"60s"`
    Millis(u64),
    /// An expression of type `Duration`.
    Expr(Expr),
}

impl Entry {
    pub(crate) fn ttl(&self) -> syn::Result<Ttl> {
        match &self.value {
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
                duration(&text.value()).map(Ttl::Millis).ok_or_else(|| self.error(TTL_FORMS))
            }
            Value::Is(value) if !matches!(value, Expr::Lit(_)) => Ok(Ttl::Expr(value.clone())),
            _ => Err(self.error(TTL_FORMS)),
        }
    }

    pub(crate) fn timeout(&self) -> syn::Result<Timeout> {
        match &self.value {
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
                match text.value().as_str() {
                    "none" => Ok(Timeout::None),
                    text => {
                        millis(text).map(Timeout::Millis).map_err(|message| self.error(message))
                    }
                }
            }
            Value::Is(value) if !matches!(value, Expr::Lit(_)) => Ok(Timeout::Expr(value.clone())),
            _ => Err(self.error(FORMS)),
        }
    }
}

const FORMS: &str = "a timeout is a number with a unit, such as \"30s\", \"500ms\" or \"2m\", or \
                     it is \"none\", or a `Duration`";

const TTL_FORMS: &str =
    "a ttl is a number with a unit, such as \"60s\", \"500ms\" or \"2m\", or it is a `Duration`";

/// The milliseconds of a timeout such as `30s`.
fn millis(text: &str) -> Result<u64, &'static str> {
    match duration(text).ok_or(FORMS)? {
        0 => Err(
            "a timeout of zero would end every call at once; to have no timeout, write \"none\"",
        ),
        millis => Ok(millis),
    }
}

/// The milliseconds of a text such as `30s`.
fn duration(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

impl ToTokens for Ttl {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Ttl::Millis(millis) => quote!(::core::time::Duration::from_millis(#millis)),
            Ttl::Expr(expr) => quote!(#expr),
        });
    }
}

impl ToTokens for Timeout {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Timeout::None => quote!(::core::option::Option::None),
            Timeout::Millis(millis) => {
                quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#millis)))
            }
            Timeout::Expr(expr) => quote!(::core::option::Option::Some(#expr)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let check = |text, expected: Result<u64, &str>| match (millis(text), expected) {
            (Err(message), Err(part)) => assert!(message.contains(part), "{text}: {message}"),
            (found, expected) => assert_eq!(found, expected, "{text}"),
        };
        check("500ms", Ok(500));
        check("30s", Ok(30_000));
        check("2m", Ok(120_000));
        check("1h", Ok(3_600_000));
        check("30", Err("with a unit"));
        check("s", Err("with a unit"));
        check("1.5s", Err("with a unit"));
        check("-1s", Err("with a unit"));
        check("30 s", Err("with a unit"));
        check("", Err("with a unit"));
        check("99999999999999999999s", Err("with a unit"));
        check("9999999999999999999m", Err("with a unit"));
        check("0s", Err("write \"none\""));
    }
}
