//! What is left of a handler that cannot be one: its function and a marker, so that one mistake
//! does not become many.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{FnArg, Lifetime, Path, Receiver, Signature};

use crate::expand::{marker, named, unlocated};
use crate::function::Function;
use crate::model::Target;

/// The function without our attributes, and a marker that every list of handlers accepts. Nothing
/// of it ever runs, as the errors that go with it end the compilation.
pub(crate) fn handler(target: Target, function: &Function) -> TokenStream {
    let mut function = function.clone();
    function.strip_parameters();
    // rustc has two messages of its own about `...`, and the one of the macro says enough.
    function.sig.variadic = None;
    rename_lifetimes(&mut function.sig);
    if is_method(&function.sig) {
        // A type among the functions of an `impl` would be a mistake of its own.
        return function.into_token_stream();
    }
    let marker = marker(&function);
    let conditions = function.conditions();
    let ident = unlocated(&function.sig.ident);
    let definition = match target {
        Target::Tool => quote!(::minimcp::Tool),
        Target::Prompt => quote!(::minimcp::Prompt),
        Target::Resource => quote!(::minimcp::Resource),
    };
    // No valid name looks like this, so the marker never clashes with another handler.
    let text = ident.to_string();
    let name = quote!(::core::concat!(::core::module_path!(), "::", #text));
    let named = named(&ident, target, &name, &name);
    quote! {
        #function
        #marker

        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            #named

            impl<__S> ::minimcp::__private::Handler<__S> for #ident
            where
                __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            {
                type Definition = #definition<__S>;

                fn define() -> #definition<__S> {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// Whether this seems to be a function of an `impl` block.
fn is_method(sig: &Signature) -> bool {
    struct Search {
        found: bool,
    }
    impl<'ast> Visit<'ast> for Search {
        fn visit_receiver(&mut self, _: &'ast Receiver) {
            self.found = true;
        }
        fn visit_path(&mut self, path: &'ast Path) {
            self.found |= path.segments.iter().any(|segment| segment.ident == "Self");
            syn::visit::visit_path(self, path);
        }
    }
    let mut search = Search { found: false };
    search.visit_signature(sig);
    search.found
}

/// A lifetime that was refused and is declared nowhere would be refused by rustc once more.
fn rename_lifetimes(sig: &mut Signature) {
    struct Rename {
        declared: Vec<Lifetime>,
    }
    impl VisitMut for Rename {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" && !self.declared.contains(lifetime) {
                lifetime.ident = Ident::new("_", lifetime.ident.span());
            }
        }
    }
    let declared = sig.generics.lifetimes().map(|parameter| parameter.lifetime.clone()).collect();
    let mut rename = Rename { declared };
    for input in &mut sig.inputs {
        if let FnArg::Typed(written) = input {
            rename.visit_type_mut(&mut written.ty);
        }
    }
    rename.visit_return_type_mut(&mut sig.output);
}
