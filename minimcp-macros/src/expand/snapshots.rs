//! Each file in `tests/expand` is what a user writes, and the file of the same name that ends in
//! `.expanded.rs` is what the macros make of it.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p minimcp-macros` writes the expanded files anew; read the
//! difference before it is committed.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, Meta};

use crate::model::Target;

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let expanded = expand(&read(&folder.join(format!("{name}.rs"))));
    let snapshot = folder.join(format!("{name}.expanded.rs"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        assert!(
            std::fs::write(&snapshot, expanded).is_ok(),
            "{} cannot be written",
            snapshot.display()
        );
        return;
    }
    assert_eq!(
        read(&snapshot),
        expanded,
        "the expansion of {name}.rs is another one; see snapshots.rs"
    );
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Applies our macros as rustc would, and formats what comes out.
fn expand(source: &str) -> String {
    let expanded = match syn::parse_file(source) {
        Ok(file) => file.items.into_iter().map(expand_item).collect::<TokenStream>(),
        Err(error) => error.into_compile_error(),
    };
    match syn::parse2(expanded.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("{error}: {expanded}"),
    }
}

fn expand_item(item: Item) -> TokenStream {
    match item {
        Item::Fn(mut function) => {
            let attr = function.attrs.remove(0);
            let target = if attr.path().is_ident("tool") {
                Target::Tool
            } else if attr.path().is_ident("prompt") {
                Target::Prompt
            } else {
                Target::Resource
            };
            let keys = match attr.meta {
                Meta::List(list) => list.tokens,
                Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
            };
            crate::handler(target, keys, &function.into_token_stream())
        }
        // A list is an expression, which stands as the value of a constant here.
        Item::Macro(list) => {
            let list = crate::handlers::expand(list.mac.tokens);
            quote!(const HANDLERS: () = #list;)
        }
        item => item.into_token_stream(),
    }
}

#[test]
fn tool() {
    check("tool");
}

#[test]
fn blocking_tool() {
    check("blocking_tool");
}

#[test]
fn prompt() {
    check("prompt");
}

#[test]
fn resource() {
    check("resource");
}

#[test]
fn handlers() {
    check("handlers");
}

#[test]
fn mistakes() {
    check("mistakes");
}
