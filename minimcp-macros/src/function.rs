//! The annotated function: its signature is read, its body is not.

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, LitStr, Meta, Signature, Token, Visibility};

use crate::docs::is_doc;

/// A function as the user wrote it.
///
/// The body stays raw tokens. Someone in the middle of typing a line sees what rustc says about
/// that line and nothing else, and an editor keeps offering completions in it.
#[derive(Clone)]
pub(crate) struct Function {
    attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    body: TokenStream,
}

impl Function {
    pub(crate) fn attrs(&self) -> &[Attribute] {
        &self.attrs
    }

    /// The attributes that mean for the marker what they mean for the function: docs, conditions
    /// and deprecation.
    pub(crate) fn marker_attrs(&self) -> Vec<Attribute> {
        self.attrs_named(&["doc", "cfg", "deprecated"])
    }

    /// The conditions under which the function exists at all.
    pub(crate) fn conditions(&self) -> Vec<Attribute> {
        self.attrs_named(&["cfg"])
    }

    /// Removes what rustc would not accept on a parameter: `#[arg(…)]` and doc comments.
    pub(crate) fn strip_parameters(&mut self) {
        for input in &mut self.sig.inputs {
            let (FnArg::Typed(syn::PatType { attrs, .. })
            | FnArg::Receiver(syn::Receiver { attrs, .. })) = input;
            attrs.retain(|attr| !is_doc(attr) && !attr.path().is_ident("arg"));
        }
    }

    fn attrs_named(&self, names: &[&str]) -> Vec<Attribute> {
        self.attrs.iter().filter_map(|attr| keep(attr, names)).collect()
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !is_function(input) {
            return Err(input.error(
                "only a function can be a handler: write the attribute above an `async fn`",
            ));
        }
        Ok(Function { attrs, vis, sig: input.parse()?, body: input.parse()? })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    // `const` and `unsafe` begin other items too, so the word that decides is the one behind them.
    while ahead.parse::<Token![const]>().is_ok()
        || ahead.parse::<Token![async]>().is_ok()
        || ahead.parse::<Token![unsafe]>().is_ok()
        || ahead.parse::<Token![extern]>().is_ok()
        || ahead.parse::<LitStr>().is_ok()
    {}
    ahead.peek(Token![fn])
}

/// The attribute when it has one of these names. Of a `cfg_attr` only the attributes with these
/// names are kept: what else it switches on, such as an instrumentation, is made for a function.
fn keep(attr: &Attribute, names: &[&str]) -> Option<Attribute> {
    Some(Attribute { meta: keep_meta(&attr.meta, names)?, ..attr.clone() })
}

fn keep_meta(meta: &Meta, names: &[&str]) -> Option<Meta> {
    if names.iter().any(|name| meta.path().is_ident(name)) {
        return Some(meta.clone());
    }
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let mut parts =
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?.into_iter();
    let condition = parts.next()?;
    let kept = parts.filter_map(|part| keep_meta(&part, names)).collect::<Vec<_>>();
    if kept.is_empty() {
        return None;
    }
    Some(Meta::List(syn::MetaList {
        tokens: quote::quote!(#condition, #(#kept),*),
        ..list.clone()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(attrs: &[Attribute]) -> String {
        let attrs = attrs.iter().map(|attr| attr.to_token_stream().to_string().replace(' ', ""));
        attrs.collect::<Vec<_>>().join(" ")
    }

    fn check(function: &str, marker: &str, conditions: &str) {
        let found = syn::parse_str::<Function>(function)
            .map(|function| (text(&function.marker_attrs()), text(&function.conditions())));
        assert_eq!(found.ok(), Some((marker.to_owned(), conditions.to_owned())));
    }

    fn check_not(item: &str, message: &str) {
        let found = syn::parse_str::<Function>(item).err().map(|error| error.to_string());
        assert!(found.as_ref().is_some_and(|found| found.contains(message)), "{found:?}");
    }

    #[test]
    fn the_marker_gets_docs_conditions_and_deprecation() {
        check(
            r#"#[doc = "Add"] #[cfg(unix)] #[deprecated] #[inline] pub async fn add() {}"#,
            r#"#[doc="Add"] #[cfg(unix)] #[deprecated]"#,
            "#[cfg(unix)]",
        );
    }

    #[test]
    fn a_conditional_attribute_is_kept_in_part() {
        check(
            "#[cfg_attr(unix, deprecated, inline, cfg(test))] #[cfg_attr(unix, inline)] fn a() {}",
            "#[cfg_attr(unix,deprecated,cfg(test))]",
            "#[cfg_attr(unix,cfg(test))]",
        );
    }

    #[test]
    fn the_body_is_not_read() {
        check("async fn add() { let = ; }", "", "");
    }

    #[test]
    fn other_items_are_refused() {
        check_not("struct Add;", "only a function");
        check_not("#[inline] pub impl Add {}", "only a function");
        check_not("const A: u32 = 1;", "only a function");
        check_not("unsafe impl A for B {}", "only a function");
        check_not("", "only a function");
    }

    #[test]
    fn only_our_attributes_leave_a_parameter() -> syn::Result<()> {
        let source = r#"fn add(#[doc = "x"] #[arg(default)] #[allow(unused)] a: f64) { a }"#;
        let mut function = syn::parse_str::<Function>(source)?;
        function.strip_parameters();
        let found = function.to_token_stream().to_string();
        assert!(
            found.contains("unused") && !found.contains("doc") && !found.contains("arg"),
            "{found}"
        );
        Ok(())
    }
}
