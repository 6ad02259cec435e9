//! Turns a handler into code: the function as it was, a marker type of the same name, and what the
//! marker implements.

mod parameters;
mod prompt;
mod resource;
mod tool;

#[cfg(test)]
mod snapshots;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use self::parameters::Parameters;
use crate::attr::HandlerKeys;
use crate::function::Function;
use crate::model::{Handler, Kind, Output, Target};

/// The function and everything that makes it a handler.
pub(crate) fn handler(handler: &Handler) -> TokenStream {
    let Handler { function, name, kind, .. } = handler;
    let marker = marker(function);
    let conditions = function.conditions();
    let ident = unlocated(&function.sig.ident);
    let parameters = Parameters::new(handler);
    let (headers, not_arguments) = (parameters.headers(), parameters.not_arguments());
    let expressions = parameters.expressions();
    let bounds = parameters.bounds();
    let (definition, define) = match kind {
        Kind::Tool(keys) => (quote!(::minimcp::Tool), tool::define(handler, keys, &parameters)),
        Kind::Prompt(keys) => {
            (quote!(::minimcp::Prompt), prompt::define(handler, keys, &parameters))
        }
        Kind::Resource(uri, keys) => {
            (quote!(::minimcp::Resource), resource::define(handler, uri, keys, &parameters))
        }
    };
    let listing = listing(kind.handler_keys(), handler);
    let uri = match kind {
        Kind::Resource(uri, _) => uri.value(),
        Kind::Tool(_) | Kind::Prompt(_) => String::new(),
    };
    let named = named(&ident, kind.target(), name, &uri);
    quote! {
        #function
        #marker

        #(#conditions)*
        #[allow(deprecated, unused_imports)]
        const _: () = {
            use ::minimcp::__private::{
                ViaNothing as _, ViaOutcome as _, ViaOutput as _, ViaPlain as _, ViaSerialize as _,
            };

            #headers
            #not_arguments
            #expressions
            #named

            impl<__S> ::minimcp::__private::Handler<__S> for #ident
            where
                __S: ::core::marker::Send + ::core::marker::Sync + 'static,
                #bounds
            {
                type Definition = #definition<__S>;

                fn define() -> #definition<__S> {
                    #define #listing
                }
            }
        };
    }
}

/// The type that `handlers![]` names. With braces it lives among the types only, so it can share
/// the function's name, its visibility and its `use`.
pub(crate) fn marker(function: &Function) -> TokenStream {
    let (attrs, vis, ident) = (function.marker_attrs(), &function.vis, &function.sig.ident);
    quote! {
        #(#attrs)*
        #[allow(non_camel_case_types)]
        #vis struct #ident {}
    }
}

/// What `handlers![]` compares while it compiles.
pub(crate) fn named(
    ident: &Ident,
    target: Target,
    name: &impl ToTokens,
    uri: &impl ToTokens,
) -> TokenStream {
    let kind = match target {
        Target::Tool => quote!(Tool),
        Target::Prompt => quote!(Prompt),
        Target::Resource => quote!(Resource),
    };
    quote! {
        impl ::minimcp::__private::Named for #ident {
            const KIND: ::minimcp::__private::Kind = ::minimcp::__private::Kind::#kind;
            const NAME: &'static str = #name;
            const URI: &'static str = #uri;
        }
    }
}

/// A name for generated code: the same name, at a place of its own, so that an editor finds the
/// user's token only once.
pub(crate) fn unlocated(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site());
    ident
}

/// Generated code that a message may point at: it resolves as generated code does, and is shown at
/// the user's token.
fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The closure that reads the parameters, calls the function and turns what it returns into a
/// reply.
fn call(handler: &Handler, parameters: &Parameters<'_>) -> TokenStream {
    let ident = &handler.function.sig.ident;
    let function = unlocated(ident);
    let names = parameters.names();
    let (slots, fields) = (parameters.slots(), parameters.fields());
    let (takes, arguments) = (parameters.takes(), parameters.arguments());
    let result = if handler.blocking() {
        quote!(__cx.blocking(move || #function(#arguments)).await?)
    } else {
        quote!(#function(#arguments).await)
    };
    // Both steps are looked up as methods, so that an alias of `Result` works like `Result`. What
    // the function may not return is reported where its type is written.
    let Output { success, failure, whole: _ } = &handler.output;
    let outcome = quote_spanned!(shown_at(failure.span())=> __returned.outcome());
    let at = shown_at(success.span());
    let reply = match handler.kind.target() {
        Target::Tool => quote_spanned!(at=> __outcome.into_tool()),
        Target::Prompt => quote_spanned!(at=> __outcome.into_prompt()),
        Target::Resource => {
            quote_spanned!(at=> __outcome.into_resource(__cx.uri(), __cx.mime_type()))
        }
    };
    // The fields are an inline constant, because only that sees the bounds of the impl.
    let body = quote! {{
        #slots
        __cx.read(const { &[#fields] }, &mut [#(&mut #names),*])?;
        #takes
        let __returned = ::minimcp::__private::Returned(#result);
        let __outcome = #outcome;
        #reply
    }};
    // A future that cannot be sent between threads is the function's fault, so its name is
    // underlined.
    let pinned = quote_spanned!(shown_at(ident.span())=> ::std::boxed::Box::pin(async move #body));
    quote!(|__cx| #pinned)
}

/// The builder calls for the keys that all handlers have.
fn listing(keys: &HandlerKeys, handler: &Handler) -> TokenStream {
    let HandlerKeys {
        title,
        icons,
        meta,
        timeout,
        concurrency,
        queue,
        scopes,
        name: _,
        description: _,
        blocking: _,
    } = keys;
    let (title, description) = (title.iter(), handler.description.iter());
    let (timeout, concurrency, queue) = (timeout.iter(), concurrency.iter(), queue.iter());
    // Without the feature for them, the message is shown at the first scope.
    let scopes = scopes.first().map(|first| {
        let call =
            quote_spanned!(shown_at(first.span())=> ::minimcp::__private::scopes!([#(#scopes),*]));
        quote!(.__scopes(#call))
    });
    quote! {
        #(.title(#title))*
        #(.description(#description))*
        #(.icon(#icons))*
        #(.meta(#meta))*
        #(.timeout(#timeout))*
        #(.concurrency(#concurrency))*
        #(.queue(#queue))*
        #scopes
    }
}
