//! The parts of the expansion that go through the parameters one by one.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::shown_at;
use crate::check::not_in_template;
use crate::model::{Completer, DefaultValue, Handler, Kind, Parameter, Source};

pub(super) struct Parameters<'a> {
    handler: &'a Handler,
    list: &'a [Parameter],
}

impl<'a> Parameters<'a> {
    pub(super) fn new(handler: &'a Handler) -> Self {
        Parameters { handler, list: &handler.parameters }
    }

    /// The variables, `__p0` and so on: first the slot, then the value that was in it.
    pub(super) fn names(&self) -> impl Iterator<Item = Ident> {
        (0..self.list.len()).map(|index| format_ident!("__p{index}"))
    }

    /// The bounds behind which all uses of a type hide. A type that cannot be a parameter is
    /// reported here and nowhere else, so a bound is shown at the user's type.
    pub(super) fn bounds(&self) -> TokenStream {
        let mut seen = BTreeSet::new();
        let types = self.list.iter().filter(|parameter| !parameter.is_text()).map(Parameter::ty);
        let types = types.filter(|ty| seen.insert(ty.to_token_stream().to_string()));
        let bounds = types.map(
            |ty| quote_spanned!(shown_at(ty.span())=> #ty: ::minimcp::__private::Parameter<__S>,),
        );
        bounds.collect()
    }

    /// That the types of headers fit in one. The other rules are checked where they are applied.
    pub(super) fn headers(&self) -> TokenStream {
        let types = self.list.iter().filter(|parameter| parameter.header.is_some());
        let types = types.map(Parameter::ty);
        quote!(#(const _: () = ::minimcp::__private::check_header::<#types>();)*)
    }

    /// What is no variable of the template has to be an injected value, and only the type knows
    /// whether it is one.
    pub(super) fn not_arguments(&self) -> TokenStream {
        let Kind::Resource(uri, _) = &self.handler.kind else { return TokenStream::new() };
        let injected = self.list.iter().filter(|parameter| parameter.source == Source::Injection);
        let asserts = injected.map(|parameter| {
            let (name, ty) = (&parameter.name, parameter.ty());
            let message = not_in_template(name, &uri.value());
            let message = message.replace('{', "{{").replace('}', "}}");
            quote_spanned! {shown_at(ty.span())=>
                const _: () =
                    ::core::assert!(!<#ty as ::minimcp::FromCall>::ARGUMENT, #message);
            }
        });
        asserts.collect()
    }

    /// A function for each default and each length, so that the user's expression appears once.
    pub(super) fn expressions(&self) -> TokenStream {
        let expressions = self.list.iter().enumerate().map(|(index, parameter)| {
            let (default, length) = (default(index, parameter), length(index, parameter));
            quote!(#default #length)
        });
        expressions.collect()
    }

    /// What the runtime reads into.
    pub(super) fn fields(&self) -> TokenStream {
        let fields = self.list.iter().map(|parameter| {
            let (name, ty) = (&parameter.name, parameter.ty());
            let field = if parameter.is_text() { quote!(text) } else { quote!(of::<#ty>) };
            let optional = parameter.default.iter().map(|_| quote!(.optional()));
            quote!(::minimcp::__private::Field::#field(#name) #(#optional)*)
        });
        quote!(#(#fields),*)
    }

    /// What a list of handlers says about the parameters.
    pub(super) fn builder(&self) -> TokenStream {
        let parameters = self.list.iter().enumerate().map(|(index, parameter)| {
            let (name, ty) = (&parameter.name, parameter.ty());
            let add = if parameter.is_text() { quote!(text) } else { quote!(add::<#ty>) };
            let description = parameter.description.as_deref().unwrap_or_default();
            // A closure is compiled for each parameter, so there is none where nothing is ruled.
            let rules = ruled(index, parameter);
            let rules = rules.iter();
            quote!(__list.#add(#name, #description) #(.rules(|__p| #rules))*;)
        });
        quote!(|__list| { #(#parameters)* })
    }

    /// The builder calls for who completes what; the values of a type are among what [`builder`](Self::builder) says.
    pub(super) fn completers(&self) -> TokenStream {
        let completers = self.list.iter().filter_map(|parameter| match &parameter.completer {
            Some(Completer::Expr(completer)) => {
                let name = &parameter.name;
                Some(quote!(.complete(#name, #completer)))
            }
            Some(Completer::OfType) | None => None,
        });
        completers.collect()
    }

    pub(super) fn slots(&self) -> TokenStream {
        let slots =
            self.list.iter().zip(self.names()).enumerate().map(|(index, (parameter, variable))| {
                let ty = parameter.ty();
                let slot = if parameter.is_text() { quote!(TextSlot) } else { quote!(Slot::<#ty>) };
                let checks = slot_checks(index, parameter);
                quote!(let mut #variable = ::minimcp::__private::#slot::new() #checks;)
            });
        slots.collect()
    }

    pub(super) fn takes(&self) -> TokenStream {
        let takes =
            self.list.iter().zip(self.names()).enumerate().map(|(index, (parameter, variable))| {
                let default = format_ident!("__default{index}");
                let value = match (parameter.is_text(), &parameter.default) {
                    (true, None) => quote!(#variable.take()?),
                    (true, Some(_)) => quote!(#variable.take_or(|| #default())?),
                    (false, None) => quote!(#variable.take(&__cx)?),
                    (false, Some(_)) => quote!(#variable.take_or(&__cx, #default)?),
                };
                // On the thread of a blocking handler nothing of the message is left to borrow
                // from.
                if parameter.is_text() && self.handler.blocking() {
                    return quote!(let #variable: ::std::string::String = #value.into_owned(););
                }
                quote!(let #variable = #value;)
            });
        takes.collect()
    }

    pub(super) fn arguments(&self) -> TokenStream {
        let arguments = self.list.iter().zip(self.names()).map(|(parameter, variable)| {
            if parameter.is_text() { quote!(&#variable) } else { quote!(#variable) }
        });
        quote!(#(#arguments),*)
    }
}

fn default(index: usize, parameter: &Parameter) -> Option<TokenStream> {
    let name = format_ident!("__default{index}");
    let ty = parameter.ty();
    let at = shown_at(ty.span());
    let value = match (parameter.default.as_ref()?, parameter.is_text()) {
        (DefaultValue::Expr(expr), _) => expr.to_token_stream(),
        (DefaultValue::OfType, true) => quote!(""),
        (DefaultValue::OfType, false) => quote!(<#ty as ::core::default::Default>::default()),
    };
    let ty =
        if parameter.is_text() { quote_spanned!(at=> &'static str) } else { ty.to_token_stream() };
    Some(quote! {
        fn #name() -> #ty {
            #value
        }
    })
}

fn length(index: usize, parameter: &Parameter) -> Option<TokenStream> {
    let length = parameter.length.as_ref()?;
    let name = format_ident!("__length{index}");
    Some(quote_spanned! {shown_at(length.span())=>
        fn #name() -> impl ::core::ops::RangeBounds<usize> {
            #length
        }
    })
}

/// What the schema says about one parameter besides its type and its description, if it says anything.
fn ruled(index: usize, parameter: &Parameter) -> Option<TokenStream> {
    let Parameter { range, length, pattern, header, .. } = parameter;
    let start = parameter.default.as_ref().map_or_else(
        || quote!(__p),
        |_| {
            let default = format_ident!("__default{index}");
            // Two references, so that method lookup prefers the way that needs `Serialize`.
            quote!((&&::minimcp::__private::DefaultValue(&#default())).apply(__p))
        },
    );
    let header = header.iter();
    let pattern = pattern.iter().map(pattern_of);
    let range = range.iter();
    let length = length.iter().map(|_| format_ident!("__length{index}"));
    let complete = match &parameter.completer {
        Some(Completer::OfType) => Some(quote!(.complete())),
        Some(Completer::Expr(_)) | None => None,
    };
    let any = quote! {
        #(.range(&(#range)))*
        #(.length(&#length()))*
        #(.pattern(#pattern))*
        #(.header(#header))*
        #complete
    };
    (parameter.default.is_some() || !any.is_empty()).then(|| quote!(#start #any))
}

/// The same rules, for the values of a call. A rule that does not fit the type is reported at the
/// type, and a range of another type at the range.
fn slot_checks(index: usize, parameter: &Parameter) -> TokenStream {
    let Parameter { range, length, pattern, .. } = parameter;
    let value = quote_spanned!(shown_at(parameter.ty().span())=> __value);
    let rules = [
        range.as_ref().map(|range| {
            let range = quote_spanned!(shown_at(range.span())=> &(#range));
            quote!(in_range(#value, #range))
        }),
        length.as_ref().map(|_| {
            let length = format_ident!("__length{index}");
            quote!(has_length(#value, &#length()))
        }),
        pattern.as_ref().map(|pattern| {
            let pattern = pattern_of(pattern);
            quote!(matches(#value, #pattern))
        }),
    ];
    let rules = rules.into_iter().flatten();
    quote!(#(.check(|__value| ::minimcp::__private::#rules))*)
}

fn pattern_of(pattern: &LitStr) -> TokenStream {
    quote_spanned!(shown_at(pattern.span())=> ::minimcp::__private::pattern!(#pattern))
}
