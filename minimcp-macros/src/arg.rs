//! `#[arg(…)]` on a parameter.

use syn::{Attribute, Expr, Ident, LitStr, Meta};

use crate::attr::{Entry, Keys, known, parse};
use crate::errors::Errors;
use crate::model::{Completer, DefaultValue};

/// What a parameter's `#[arg(…)]` says.
#[derive(Default)]
pub(crate) struct Arg {
    pub(crate) name: Option<LitStr>,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) range: Option<Expr>,
    pub(crate) length: Option<Expr>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) header: Option<LitStr>,
    pub(crate) complete: Option<(Ident, Completer)>,
}

impl Arg {
    /// Reads every `#[arg(…)]` of a parameter.
    pub(crate) fn new(attrs: &[Attribute], errors: &mut Errors) -> Arg {
        let (mut arg, mut seen) = (Arg::default(), Vec::new());
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("arg")) {
            match &attr.meta {
                Meta::List(list) => parse(&mut arg, list.tokens.clone(), &mut seen, errors),
                _ => errors.on(
                    &attr.meta,
                    format!("`#[arg(…)]` takes one or more of: {}", known::<Arg>()),
                ),
            }
        }
        arg
    }
}

impl Keys for Arg {
    const KNOWN: &'static [&'static str] =
        &["name", "default", "range", "length", "pattern", "header", "complete"];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "name" => self.name = Some(entry.name()?),
            "default" => self.default = Some(entry.default()?),
            "range" => self.range = Some(entry.any("0..=100")?),
            "length" => self.length = Some(entry.any("1..=80")?),
            "pattern" => self.pattern = Some(entry.name()?),
            "header" => self.header = Some(header(entry)?),
            "complete" => self.complete = Some((entry.key.clone(), entry.completer()?)),
            _ => {
                return Err(entry.error(format!("the key `{key}` is listed, but nothing reads it")));
            }
        }
        Ok(())
    }
}

/// The `Name` of an `Mcp-Param-Name` header.
fn header(entry: &Entry) -> syn::Result<LitStr> {
    let name = entry.name()?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.value().bytes().all(token) {
        return Ok(name);
    }
    Err(entry.error("the name of a header has ASCII letters, digits and `-` only"))
}
