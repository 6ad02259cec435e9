//! The types that a key's value can have.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitBool, LitStr, Token, UnOp};

use super::entry::{Entry, Value};
use crate::model::{Completer, DefaultValue};

impl Entry {
    /// A string literal, whose text the macro has to know.
    pub(crate) fn literal(&self) -> syn::Result<LitStr> {
        match &self.value {
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(text.clone()),
            _ => Err(self.takes("a string literal", "\"…\"")),
        }
    }

    /// A string literal that says something.
    pub(crate) fn name(&self) -> syn::Result<LitStr> {
        let text = self.literal()?;
        if text.value().is_empty() {
            return Err(self.error(format!("`{}` cannot be empty", self.key)));
        }
        Ok(text)
    }

    /// A string: a literal, or an expression such as a constant or `include_str!`, which rustc
    /// checks.
    pub(crate) fn text(&self) -> syn::Result<Expr> {
        self.expression(|lit| matches!(lit, Lit::Str(_)))
            .ok_or_else(|| self.takes("a string", "\"…\""))
    }

    /// A whole number: a literal, or an expression, which rustc checks.
    pub(crate) fn number(&self) -> syn::Result<Expr> {
        self.expression(|lit| matches!(lit, Lit::Int(_)))
            .filter(|value| !negative(value))
            .ok_or_else(|| self.takes("a whole number", "8"))
    }

    /// A whole number that a literal zero is not.
    pub(crate) fn positive(&self) -> syn::Result<Expr> {
        let value = self.number()?;
        match &value {
            Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.base10_digits() == "0" => {
                Err(self.error(format!("`{}` of zero would let no call through", self.key)))
            }
            _ => Ok(value),
        }
    }

    /// `key`, `key = true` or `key = false`.
    pub(crate) fn flag(&self) -> syn::Result<LitBool> {
        match &self.value {
            Value::Bare => Ok(LitBool::new(true, self.key.span())),
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. })) => Ok(flag.clone()),
            _ => Err(self.error(format!(
                "`{0}` is `true` or `false`: write `{0}` or `{0} = false`",
                self.key
            ))),
        }
    }

    /// A fraction between 0 and 1.
    pub(crate) fn fraction(&self) -> syn::Result<f64> {
        let takes = || self.takes("a number from 0.0 to 1.0", "0.5");
        let Value::Is(Expr::Lit(ExprLit { lit, .. })) = &self.value else { return Err(takes()) };
        let number = match lit {
            Lit::Float(float) => float.base10_parse::<f64>()?,
            Lit::Int(int) => int.base10_parse::<f64>()?,
            _ => return Err(takes()),
        };
        if (0.0..=1.0).contains(&number) { Ok(number) } else { Err(takes()) }
    }

    /// `key(a, b)` with at least one element.
    pub(crate) fn list<T: Parse>(&self, of: &str, example: &str) -> syn::Result<Vec<T>> {
        let usage = || self.error(format!("`{0}` takes {of}: `{0}({example})`", self.key));
        let Value::List(tokens) = &self.value else { return Err(usage()) };
        let list = Punctuated::<T, Token![,]>::parse_terminated.parse2(tokens.clone())?;
        if list.is_empty() { Err(usage()) } else { Ok(list.into_iter().collect()) }
    }

    /// `key` or `key = value`.
    pub(crate) fn default(&self) -> syn::Result<DefaultValue> {
        match &self.value {
            Value::Bare => Ok(DefaultValue::OfType),
            Value::Is(value) => Ok(DefaultValue::Expr(value.clone())),
            Value::List(_) => {
                Err(self.error("a default is `default` for that of the type, or `default = value`"))
            }
        }
    }

    /// `key` or `key = function`, or a list in place of the function.
    pub(crate) fn completer(&self) -> syn::Result<Completer> {
        match &self.value {
            Value::Bare => Ok(Completer::OfType),
            Value::Is(value) if !matches!(value, Expr::Lit(_)) => {
                Ok(Completer::Expr(value.clone()))
            }
            Value::Is(_) | Value::List(_) => Err(self.error(
                "`complete` takes a function or a list: `complete = function` or \
                 `complete = [\"a\", \"b\"]`",
            )),
        }
    }

    /// Any expression; rustc checks its type.
    pub(crate) fn any(&self, example: &str) -> syn::Result<Expr> {
        self.expression(|_| true).ok_or_else(|| self.takes("a value", example))
    }

    pub(crate) fn takes(&self, what: &str, example: &str) -> syn::Error {
        self.error(format!("`{0}` takes {what}: `{0} = {example}`", self.key))
    }

    fn expression(&self, literal: impl Fn(&Lit) -> bool) -> Option<Expr> {
        let Value::Is(value) = &self.value else { return None };
        match value {
            Expr::Lit(ExprLit { lit, .. }) if !literal(lit) => None,
            _ => Some(value.clone()),
        }
    }
}

fn negative(value: &Expr) -> bool {
    matches!(value, Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }))
}

/// `"key" = expression`, an element of `meta(…)`.
pub(crate) struct MetaEntry {
    pub(crate) key: LitStr,
    pub(crate) value: Expr,
}

impl Parse for MetaEntry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let advice = "expected a key and its value: `meta(\"example.com/key\" = 1)`";
        let usage = |error: syn::Error| syn::Error::new(error.span(), advice);
        let key = input.parse().map_err(usage)?;
        input.parse::<Token![=]>().map_err(usage)?;
        Ok(MetaEntry { key, value: input.parse()? })
    }
}

impl ToTokens for MetaEntry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let MetaEntry { key, value } = self;
        tokens.extend(quote::quote!(#key, #value));
    }
}
