//! `handlers![a, module::b]`

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Path, Token};

use crate::errors::Errors;

/// A handler in the list, perhaps under a condition.
struct Entry {
    conditions: Vec<Attribute>,
    path: Path,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = entries(input, &mut errors);
    match errors.finish() {
        Ok(()) => list(&entries),
        // A value of the right type, so that what is done with the list is not reported too.
        Err(messages) => {
            let version = version();
            quote!({ #messages ::minimcp::__private::Handlers::new(#version) })
        }
    }
}

fn list(entries: &[Entry]) -> TokenStream {
    let conditions =
        entries.iter().map(|Entry { conditions, .. }| quote!(#(#conditions)*)).collect::<Vec<_>>();
    let paths = entries.iter().map(|entry| &entry.path);
    // Each path appears once, where only a type can stand: that gives the best message about one
    // that is no handler. The aliases are shown at the paths, with all that is wrong with them.
    let spans = entries.iter().map(|Entry { path, .. }| Span::call_site().located_at(path.span()));
    let aliases = spans
        .clone()
        .enumerate()
        .map(|(number, span)| Ident::new(&format!("__H{number}"), span))
        .collect::<Vec<_>>();
    // A condition may remove some entries, so each has its number with it.
    let numbers = 0..entries.len();
    let distinct = spans.enumerate().map(|(number, span)| {
        quote_spanned!(span=> const _: () = ::minimcp::__private::distinct(__ENTRIES, #number);)
    });
    let version = version();
    // As a function pointer the list is checked after the server's scope is known, when it is known
    // at all. The scope would otherwise be guessed from the first handler that asks for one.
    quote! {{
        #(#conditions #[allow(deprecated)] type #aliases = #paths;)*
        const __ENTRIES: &[::minimcp::__private::ListEntry] = &[
            #(#conditions ::minimcp::__private::entry::<#aliases>(#numbers),)*
        ];
        #(#conditions #distinct)*
        ::minimcp::__private::Handlers::of(#version, |__handlers| {
            #(#conditions let __handlers = __handlers.with::<#aliases>();)*
            __handlers
        })
    }}
}

/// The version is that of the crate in which the list is written.
fn version() -> TokenStream {
    quote!(::core::env!("CARGO_PKG_VERSION"))
}

fn entries(input: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let read_all = |input: ParseStream<'_>| {
        let mut entries = Vec::new();
        while !input.is_empty() {
            let attrs = input.call(Attribute::parse_outer)?;
            for attr in attrs.iter().filter(|attr| !attr.path().is_ident("cfg")) {
                errors.on(
                    attr,
                    "a handler in the list can have the attribute `#[cfg(…)]` and no other",
                );
            }
            let path = input.call(Path::parse_mod_style);
            let advice = "expected the path of a handler, such as `add` or `math::add`";
            let path = path.map_err(|error| syn::Error::new(error.span(), advice))?;
            entries.push(Entry { conditions: attrs, path });
            if !input.is_empty() {
                let comma = input.parse::<Token![,]>();
                comma.map_err(|error| {
                    syn::Error::new(
                        error.span(),
                        "expected a comma; a handler is listed by its path",
                    )
                })?;
            }
        }
        Ok(entries)
    };
    let parsed = read_all.parse2(input);
    errors.take(parsed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::messages;

    fn check(input: TokenStream, count: usize, expected: &[&str]) {
        let mut errors = Errors::default();
        assert_eq!(entries(input, &mut errors).len(), count);
        let found = messages(errors);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, part) in found.iter().zip(expected) {
            assert!(found.contains(part), "{found:?} does not say {part:?}");
        }
    }

    #[test]
    fn paths() {
        check(quote!(), 0, &[]);
        check(quote!(add), 1, &[]);
        check(quote!(add, math::sub, crate::r#type, ::other::x,), 4, &[]);
        check(
            quote!(
                #[cfg(unix)]
                add,
                #[cfg(windows)]
                #[cfg(test)]
                sub
            ),
            2,
            &[],
        );
    }

    #[test]
    fn mistakes() {
        check(quote!(add()), 0, &["expected a comma; a handler is listed by its path"]);
        check(quote!("add"), 0, &["expected the path of a handler"]);
        check(quote!(add sub), 0, &["expected a comma; a handler is listed by its path"]);
        check(
            quote!(
                #[allow(unused)]
                add
            ),
            1,
            &["no other"],
        );
    }
}
