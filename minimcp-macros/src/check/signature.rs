//! Rules about the function as a whole, and its result.

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    GenericArgument, Ident, Lifetime, PathArguments, ReturnType, Safety, Signature, Type,
    TypeImplTrait, TypeReference, visit,
};

use crate::errors::Errors;
use crate::model::{Output, Target};

use super::types::is_self;

pub(super) fn check(
    target: Target,
    blocking: Option<&Ident>,
    sig: &Signature,
    errors: &mut Errors,
) {
    let (name, attribute) = (&sig.ident, target.attribute());
    match (sig.asyncness, blocking) {
        (None, None) => errors.at(
            sig.fn_token.span,
            format!(
                "`{name}` must be an `async fn` to be a {attribute}; for blocking code write \
                 `{} fn`",
                target.blocking_attribute()
            ),
        ),
        (Some(_), Some(key)) => errors.at(
            key.span(),
            format!(
                "`blocking` is for a plain `fn`; `{name}` is an `async fn`, which must not block"
            ),
        ),
        _ => {}
    }
    if let Some(token) = sig.constness {
        errors.at(token.span, format!("a {attribute} cannot be a `const fn`"));
    }
    if let Safety::Unsafe(token) = sig.safety {
        errors.at(
            token.span,
            format!("a {attribute} cannot be an `unsafe fn`: its caller is a client"),
        );
    }
    if let Some(abi) = &sig.abi {
        errors.on(abi, format!("a {attribute} cannot be an `extern fn`"));
    }
    if !sig.generics.params.is_empty() {
        errors.on(
            &sig.generics,
            format!("a {attribute} cannot be generic: a client names no types and no lifetimes"),
        );
    }
    if let Some(clause) = &sig.generics.where_clause {
        errors.on(clause, format!("a {attribute} cannot have a `where` clause"));
    }
    if let Some(variadic) = &sig.variadic {
        errors.on(
            variadic,
            format!("a {attribute} cannot take `...`; take a list, such as `values: Vec<f64>`"),
        );
    }
}

pub(super) fn output(blocking: bool, sig: &Signature, errors: &mut Errors) -> Output {
    let whole = match &sig.output {
        // The type has no token of its own, so a message about it goes to the function's name.
        ReturnType::Default => {
            let span = sig.ident.span();
            return whole_output(&syn::parse_quote_spanned!(span=> ()));
        }
        ReturnType::Type(_, ty) => ty,
    };
    let declared = sig.generics.lifetimes().map(|parameter| &parameter.lifetime).collect();
    ResultType { blocking, declared, errors }.visit_type(whole);
    inside_result(whole).unwrap_or_else(|| whole_output(whole))
}

fn whole_output(whole: &Type) -> Output {
    Output { whole: whole.clone(), success: whole.clone(), failure: whole.clone() }
}

/// The types of a spelled `Result<T, E>`, or `Result<T>` where a crate fixes the error.
fn inside_result(whole: &Type) -> Option<Output> {
    let Type::Path(path) = whole else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    let success = types.next()??;
    let failure = types.next().flatten().unwrap_or_else(|| whole.clone());
    Some(Output { whole: whole.clone(), success, failure })
}

struct ResultType<'a> {
    blocking: bool,
    declared: Vec<&'a Lifetime>,
    errors: &'a mut Errors,
}

impl<'ast> Visit<'ast> for ResultType<'_> {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.errors
            .on(ty, "a handler has to name the type that it returns; `impl Trait` has no name");
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        let is_static = ty.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static");
        if self.blocking && !is_static {
            self.errors.on(
                ty,
                "a blocking handler cannot return what it borrowed: its parameters live on another \
                 thread; return an owned type, such as `String`",
            );
        }
        visit::visit_type_reference(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        // What is borrowed from a `&str` parameter needs no name; a declared name is refused where
        // it is declared.
        if lifetime.ident != "static" && lifetime.ident != "_" && !self.declared.contains(&lifetime)
        {
            self.errors.on(
                lifetime,
                "a handler cannot return a named lifetime; return an owned type, such as `String`",
            );
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if is_self(path) {
            self.errors.at(
                path.span(),
                "a handler is a free function and has no `Self`; write the name of the type",
            );
        }
        visit::visit_path(self, path);
    }
}
