//! One `key`, `key = value` or `key(…)`, and the loop that hands each to the attribute it belongs
//! to.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Token, token};

use crate::errors::Errors;

/// An attribute that is a list of keys.
pub(crate) trait Keys: Default {
    /// Every key, in the order in which a message lists them.
    const KNOWN: &'static [&'static str];

    /// Takes the value of a known key that was not there before.
    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()>;
}

pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    /// `key`
    Bare,
    /// `key = value`
    Is(Expr),
    /// `key(…)`
    List(TokenStream),
}

/// Reads the keys that are not in `seen` yet, and notes them there: `#[arg(…)]` may be written
/// several times.
pub(crate) fn parse<K: Keys>(
    keys: &mut K,
    tokens: TokenStream,
    seen: &mut Vec<String>,
    errors: &mut Errors,
) {
    for entry in entries(tokens, errors) {
        let key = entry.key.to_string();
        if !K::KNOWN.contains(&key.as_str()) {
            errors.at(
                entry.key.span(),
                format!("unknown key `{key}`, expected one of: {}", known::<K>()),
            );
        } else if seen.contains(&key) {
            errors.at(entry.key.span(), format!("the key `{key}` is given twice"));
        } else {
            errors.take(keys.read(&key, &entry));
            seen.push(key);
        }
    }
}

/// The keys of an attribute for a message.
pub(crate) fn known<K: Keys>() -> String {
    K::KNOWN.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

impl Entry {
    /// A mistake in the value, at the value.
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        match &self.value {
            Value::Bare => syn::Error::new(self.key.span(), message),
            Value::Is(value) => syn::Error::new_spanned(value, message),
            Value::List(tokens) if tokens.is_empty() => syn::Error::new(self.key.span(), message),
            Value::List(tokens) => syn::Error::new_spanned(tokens, message),
        }
    }
}

/// All entries that can be read. After one that cannot, reading goes on behind the next comma.
fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let read_all = |input: ParseStream<'_>| {
        let mut entries = Vec::new();
        while !input.is_empty() {
            match entry(input) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    errors.take::<()>(Err(error));
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(entries)
    };
    let parsed = read_all.parse2(tokens);
    errors.take(parsed).unwrap_or_default()
}

fn entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    let key = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), "expected a key"))?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(
                key.span(),
                format!("the key `{key}` has no value behind its `=`"),
            ));
        }
        Value::Is(input.parse()?)
    } else if input.peek(token::Paren) {
        let list;
        syn::parenthesized!(list in input);
        Value::List(list.parse()?)
    } else {
        Value::Bare
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(Entry { key, value });
    }
    Err(input.error(format!("expected a comma after the key `{key}` and its value")))
}
