//! Every rule about a handler, in the order in which a reader meets its parts: attribute,
//! signature, parameters, result.

mod parameter;
mod signature;
mod types;

#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Token};

pub(crate) use self::parameter::not_in_template;
use crate::attr::{Keys, PromptKeys, ResourceKeys, ToolKeys, parse};
use crate::docs;
use crate::errors::Errors;
use crate::function::Function;
use crate::model::{Handler, Kind, Target};
use crate::template::Template;

/// The handler that the attribute and the function describe.
///
/// # Errors
///
/// Everything that is wrong, as `compile_error!`s.
pub(crate) fn handler(
    target: Target,
    attr: TokenStream,
    function: &Function,
) -> Result<Handler, TokenStream> {
    let mut errors = Errors::default();
    let handler = check(target, attr, function, &mut errors);
    errors.finish().map(|()| handler)
}

/// The rules. Where one is broken the result is a stand-in, so that checking goes on; it is thrown
/// away later.
fn check(target: Target, attr: TokenStream, function: &Function, errors: &mut Errors) -> Handler {
    let (kind, template) = kind(target, attr, errors);
    let keys = kind.handler_keys();
    let name = name(target, keys.name.as_ref(), &function.sig.ident, errors);
    let description = keys.description.clone().or_else(|| {
        docs::description(function.attrs()).map(|text| {
            let lit = Lit::Str(LitStr::new(&text, Span::call_site()));
            Expr::Lit(ExprLit { attrs: Vec::new(), lit })
        })
    });
    signature::check(target, keys.blocking.as_ref(), &function.sig, errors);
    let parameters = parameter::all(target, template.as_ref(), &function.sig, errors);
    let output = signature::output(keys.blocking.is_some(), &function.sig, errors);
    let mut function = function.clone();
    function.strip_parameters();
    Handler { function, name, description, kind, parameters, output }
}

/// The keys of the attribute and, for a resource, the template; nothing stands for a template that
/// cannot be read.
fn kind(
    target: Target,
    attr: TokenStream,
    errors: &mut Errors,
) -> (Kind, Option<(LitStr, Template)>) {
    match target {
        Target::Tool => (Kind::Tool(keys::<ToolKeys>(attr, errors)), None),
        Target::Prompt => (Kind::Prompt(keys::<PromptKeys>(attr, errors)), None),
        Target::Resource => {
            let (uri, rest) = uri(attr, errors);
            let keys = keys::<ResourceKeys>(rest, errors);
            let template = uri.as_ref().and_then(|uri| {
                let template = Template::parse(&uri.value());
                let template = errors
                    .take(template.map_err(|message| syn::Error::new(uri.span(), message)))?;
                Some((uri.clone(), template))
            });
            (
                Kind::Resource(uri.unwrap_or_else(|| LitStr::new("", Span::call_site())), keys),
                template,
            )
        }
    }
}

fn keys<K: Keys>(tokens: TokenStream, errors: &mut Errors) -> K {
    let mut keys = K::default();
    parse(&mut keys, tokens, &mut Vec::new(), errors);
    keys
}

/// Splits `"uri", key = value, …`.
fn uri(attr: TokenStream, errors: &mut Errors) -> (Option<LitStr>, TokenStream) {
    let split = |input: ParseStream<'_>| {
        if !input.peek(LitStr) {
            return Ok((Err(input.span()), input.parse::<TokenStream>()?));
        }
        let uri = input.parse::<LitStr>()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok((Ok(uri), input.parse::<TokenStream>()?))
    };
    match errors.take(split.parse2(attr)) {
        Some((Ok(uri), rest)) => (Some(uri), rest),
        Some((Err(span), _)) => {
            // What follows may be the URI at a wrong place, so nothing is said about it.
            errors.at(span, "a resource needs its URI first: `#[resource(\"scheme://path\")]`");
            (None, TokenStream::new())
        }
        None => (None, TokenStream::new()),
    }
}

/// The name for clients: the key, or else the name of the function without the `r#` of a raw
/// identifier.
fn name(target: Target, key: Option<&LitStr>, function: &Ident, errors: &mut Errors) -> LitStr {
    let name = match key {
        Some(key) => key.clone(),
        None => LitStr::new(&function.unraw().to_string(), function.span()),
    };
    let text = name.value();
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if target == Target::Tool && !((1..=128).contains(&text.len()) && text.bytes().all(valid)) {
        let advice = if key.is_some() { "" } else { "; give it one with `name = \"…\"`" };
        errors.at(
            name.span(),
            format!(
                "the name of a tool has 1 to 128 of the characters A-Z, a-z, 0-9, `_`, `-` and \
                 `.`{advice}"
            ),
        );
    }
    name
}
