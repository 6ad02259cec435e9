//! Rules about the type of a parameter.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Lifetime, Path, Type, TypeImplTrait, TypeReference, visit};

use crate::errors::Errors;
use crate::model::Shape;

/// How the parameter is taken. `declared` are the lifetimes of the function, which are refused
/// where they are declared.
pub(super) fn shape(ty: &Type, declared: &[&Lifetime], errors: &mut Errors) -> Shape {
    if is_text(ty) {
        return Shape::Text(ty.clone());
    }
    ParameterType { declared, errors }.visit_type(ty);
    Shape::Owned(ty.clone())
}

/// `Self`, or a path that begins with it.
pub(super) fn is_self(path: &Path) -> bool {
    path.segments.first().is_some_and(|segment| segment.ident == "Self")
}

fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Reference(TypeReference { lifetime: None, mutability: None, elem, .. }) => {
            is_str(elem)
        }
        // A type that went through a `macro_rules!` fragment.
        Type::Group(group) => is_text(&group.elem),
        _ => false,
    }
}

fn is_str(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.qself.is_none() && path.path.is_ident("str"),
        Type::Group(group) => is_str(&group.elem),
        _ => false,
    }
}

struct ParameterType<'a> {
    declared: &'a [&'a Lifetime],
    errors: &'a mut Errors,
}

impl<'ast> Visit<'ast> for ParameterType<'_> {
    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if ty.lifetime.as_ref().is_some_and(|lifetime| self.declared.contains(&lifetime)) {
            return;
        }
        // One message for the whole reference: what is inside changes together with it.
        self.errors.on(ty, instead_of(ty));
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if !self.declared.contains(&lifetime) {
            self.errors
                .on(lifetime, "a parameter cannot have a lifetime; take an owned type, or `&str`");
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.errors.on(ty, "a parameter needs a type with a name; `impl Trait` has none");
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if is_self(path) {
            self.errors.on(
                path,
                "a handler is a free function and has no `Self`; write the name of the type",
            );
        }
        visit::visit_path(self, path);
    }
}

/// What to write instead of a reference.
fn instead_of(ty: &TypeReference) -> String {
    if is_str(&ty.elem) {
        return match &ty.lifetime {
            _ if ty.mutability.is_some() => {
                "text cannot be changed in place; write `mut name: String`".to_owned()
            }
            Some(lifetime) => {
                format!("text lives only as long as its call; write `&str` without `{lifetime}`")
            }
            None => {
                "`&str` has to be the whole type of a parameter; inside another type write `String`"
                    .to_owned()
            }
        };
    }
    if ty.mutability.is_some() {
        return format!(
            "a parameter is handed over and not lent; write `mut name: {}`",
            owned(&ty.elem)
        );
    }
    match &*ty.elem {
        Type::Path(path) if path.path.is_ident("String") => "write `&str` or `String`".to_owned(),
        elem => format!("a parameter is handed over and not lent; write `{}`", owned(elem)),
    }
}

fn owned(ty: &Type) -> String {
    match ty {
        Type::Slice(slice) => format!("Vec<{}>", owned(&slice.elem)),
        Type::Reference(reference) if is_str(&reference.elem) => "String".to_owned(),
        Type::Reference(reference) => owned(&reference.elem),
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        ty => source(ty),
    }
}

/// A type as people write it; tokens printed one by one have a space around each.
fn source(ty: &Type) -> String {
    let spaced = ty.to_token_stream().to_string();
    let mut text =
        spaced.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",");
    for (from, to) in [
        ("& ", "&"),
        (":: ", "::"),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
    ] {
        text = text.replace(from, to);
    }
    text
}
