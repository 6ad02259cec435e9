//! `handlers![a, module::b]`

use proc_macro2::TokenStream;
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
            let empty = empty();
            quote!({ #messages #empty })
        }
    }
}

fn list(entries: &[Entry]) -> TokenStream {
    let conditions =
        entries.iter().map(|Entry { conditions, .. }| quote!(#(#conditions)*)).collect::<Vec<_>>();
    let paths = entries.iter().map(|entry| &entry.path).collect::<Vec<_>>();
    // One constant for each entry, shown at the entry, which is compared with those before it. A
    // condition may remove some of those, so each has its number with it.
    let distinct = entries.iter().enumerate().map(|(index, Entry { path, .. })| {
        let at = proc_macro2::Span::call_site().located_at(path.span());
        quote_spanned!(at=> const _: () = ::minimcp::__private::distinct(__ENTRIES, #index);)
    });
    let (numbers, empty) = (0..entries.len(), empty());
    quote! {{
        #[allow(deprecated)]
        const __ENTRIES: &[::minimcp::__private::ListEntry] = &[
            #(#conditions ::minimcp::__private::entry::<#paths>(#numbers),)*
        ];
        #(#conditions #distinct)*
        let __handlers = #empty;
        #(#conditions #[allow(deprecated)] let __handlers = __handlers.with::<#paths>();)*
        __handlers
    }}
}

/// The version is that of the crate in which the list is written.
fn empty() -> TokenStream {
    quote!(::minimcp::__private::Handlers::new(::core::env!("CARGO_PKG_VERSION")))
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
                    syn::Error::new(error.span(), "expected a comma between two handlers")
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
        check(quote!(add()), 0, &["expected a comma"]);
        check(quote!("add"), 0, &["expected the path of a handler"]);
        check(quote!(add sub), 0, &["expected a comma"]);
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
