//! The macros of `minimcp`: [`#[tool]`](macro@tool), [`#[prompt]`](macro@prompt),
//! [`#[resource]`](macro@resource) and [`handlers!`].
//!
//! Use them through `minimcp`, which re-exports them and has what their expansion names.
//!
//! # Layout
//!
//! A macro is a pipeline, one file per step:
//!
//! * `function` reads the signature and leaves the body alone; `attr` and `arg` read the keys;
//!   `docs` reads the doc comments; `template` reads the URI of a resource.
//! * `check` has all rules and makes a `model::Handler`, which cannot be wrong.
//! * `expand` turns that into code; or `fallback` does, when a rule is broken.
//! * `errors` collects what is wrong all along, so that nobody has to fix one mistake to see the
//!   next.
//!
//! The expansion is thin: it names types and the user's tokens, and generic code of the runtime
//! does the work.

mod arg;
mod attr;
mod check;
mod docs;
mod errors;
mod expand;
mod fallback;
mod function;
mod handlers;
mod model;
mod template;

use proc_macro2::TokenStream;
use quote::quote;

use crate::function::Function;
use crate::model::Target;

#[doc = include_str!("../docs/tool.md")]
#[proc_macro_attribute]
pub fn tool(
    attr: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    handler(Target::Tool, attr.into(), &item.into()).into()
}

#[doc = include_str!("../docs/prompt.md")]
#[proc_macro_attribute]
pub fn prompt(
    attr: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    handler(Target::Prompt, attr.into(), &item.into()).into()
}

#[doc = include_str!("../docs/resource.md")]
#[proc_macro_attribute]
pub fn resource(
    attr: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    handler(Target::Resource, attr.into(), &item.into()).into()
}

#[doc = include_str!("../docs/handlers.md")]
#[proc_macro]
pub fn handlers(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    handlers::expand(input.into()).into()
}

/// The three attributes. The item comes back in every case: a mistake in it must not make its name
/// unknown elsewhere.
fn handler(target: Target, attr: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let messages = error.into_compile_error();
            return quote!(#messages #item);
        }
    };
    match check::handler(target, attr, &function) {
        Ok(handler) => expand::handler(&handler),
        Err(messages) => {
            let rest = fallback::handler(target, &function);
            quote!(#messages #rest)
        }
    }
}
