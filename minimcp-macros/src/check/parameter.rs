//! Rules about the parameters, one by one and against each other.

use std::collections::BTreeMap;

use syn::ext::IdentExt;
use syn::{FnArg, Ident, Lifetime, LitStr, Pat, PatType, Signature};

use crate::arg::Arg;
use crate::docs;
use crate::errors::Errors;
use crate::model::{Completer, Parameter, Shape, Source, Target};
use crate::template::Template;

use super::types;

/// More than this is no signature but a data structure; the runtime keeps one bit per parameter.
const MOST: usize = 64;

type Uri = (LitStr, Template);

pub(super) fn all(
    target: Target,
    uri: Option<&Uri>,
    sig: &Signature,
    errors: &mut Errors,
) -> Vec<Parameter> {
    let declared =
        sig.generics.lifetimes().map(|parameter| &parameter.lifetime).collect::<Vec<_>>();
    if let Some(extra) = sig.inputs.iter().nth(MOST) {
        errors.on(extra, format!("a {} has at most {MOST} parameters", target.attribute()));
    }
    let mut parameters = Vec::new();
    let mut names = BTreeMap::new();
    let mut headers = Vec::new();
    for input in &sig.inputs {
        let written = match input {
            FnArg::Receiver(receiver) => {
                let message =
                    "a handler is a free function; for shared state take a parameter `Scope<T>`";
                errors.on(receiver.self_token, message);
                continue;
            }
            FnArg::Typed(written) => written,
        };
        let Some(ident) = identifier(written, errors) else { continue };
        let (parameter, name) = parameter(target, uri, ident, written, &declared, errors);
        // Two parameters that are spelled alike are for rustc to refuse, which it does.
        if names.insert(parameter.name.clone(), ident).is_some_and(|other| other != ident) {
            errors.at(
                name.span(),
                format!("two parameters have the name `{}` for clients", parameter.name),
            );
        }
        if let Some(header) = &parameter.header {
            let lower = header.value().to_ascii_lowercase();
            if headers.contains(&lower) {
                errors.at(
                    header.span(),
                    format!("two parameters have the header `{}`", header.value()),
                );
            }
            headers.push(lower);
        }
        parameters.push(parameter);
    }
    if let Some((literal, template)) = uri {
        for variable in template.variables.iter().filter(|variable| !names.contains_key(*variable))
        {
            errors.at(
                literal.span(),
                format!(
                    "the template has `{{{variable}}}`, and the function has no parameter \
                     `{variable}`"
                ),
            );
        }
    }
    parameters
}

/// The parameter, and its name for clients with the span of where that is written.
fn parameter(
    target: Target,
    uri: Option<&Uri>,
    ident: &Ident,
    written: &PatType,
    declared: &[&Lifetime],
    errors: &mut Errors,
) -> (Parameter, LitStr) {
    if let Some(attr) = written.attrs.iter().find(|attr| attr.path().is_ident("cfg")) {
        errors.on(
            attr,
            "a parameter cannot be conditional; put the `#[cfg]` on one of two functions",
        );
    }
    let Arg { name, default, range, length, pattern, header, complete } =
        Arg::new(&written.attrs, errors);
    let name = name.unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()));
    let shape = types::shape(&written.ty, declared, errors);
    if let (Some(range), Shape::Text(_)) = (&range, &shape) {
        errors.on(range, "`range` is for numbers; the length of a text is `length`");
    }
    if let Some(header) = header.as_ref().filter(|_| target != Target::Tool) {
        errors.at(header.span(), "only the arguments of a #[tool] can be repeated in a header");
    }
    let source = match uri {
        Some((_, template)) if !template.variables.contains(&name.value()) => Source::Injection,
        _ => Source::Client,
    };
    if let (Some((uri, _)), Source::Injection, Shape::Text(ty)) = (uri, source, &shape) {
        errors.on(ty, not_in_template(&name.value(), &uri.value()));
    }
    if let Some((key, completer)) = &complete {
        completion(target, key, completer, source, &shape, errors);
    }
    let description = docs::description(&written.attrs);
    let parameter = Parameter {
        name: name.value(),
        description,
        shape,
        default,
        range,
        length,
        pattern,
        header,
        completer: complete.map(|(_, completer)| completer),
        source,
    };
    (parameter, name)
}

/// That there is something to complete, and somebody who does it.
fn completion(
    target: Target,
    key: &Ident,
    completer: &Completer,
    source: Source,
    shape: &Shape,
    errors: &mut Errors,
) {
    let message = match (target, completer, shape) {
        (Target::Tool, ..) => {
            "only the arguments of a #[prompt] and the variables of a #[resource] can be completed"
        }
        (_, Completer::OfType, Shape::Text(_)) => {
            "`complete` alone takes the values of an enum; for a text say who completes it: \
             `complete = function`"
        }
        // A text that is no variable has a message of its own.
        (_, _, Shape::Owned(_)) if source == Source::Injection => {
            "only the variables of the template can be completed"
        }
        _ => return,
    };
    errors.at(key.span(), message);
}

/// What is said about an argument that nothing can fill in. The expansion says it too, where only a
/// type can tell.
pub(crate) fn not_in_template(name: &str, uri: &str) -> String {
    format!(
        "`{name}` is an argument, and nothing fills it in: \"{uri}\" has no variable `{{{name}}}`"
    )
}

fn identifier<'a>(written: &'a PatType, errors: &mut Errors) -> Option<&'a Ident> {
    match &*written.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        pat => {
            errors.on(
                pat,
                "a parameter needs a name, since clients use it; take the value apart in the body",
            );
            None
        }
    }
}
