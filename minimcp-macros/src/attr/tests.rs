//! Attributes as text in, messages out.

use proc_macro2::TokenStream;
use quote::quote;

use super::*;
use crate::arg::Arg;
use crate::errors::{Errors, messages};

fn check<K: Keys>(tokens: TokenStream, expected: &[&str]) -> K {
    let (mut keys, mut errors) = (K::default(), Errors::default());
    parse(&mut keys, tokens, &mut Vec::new(), &mut errors);
    let found = messages(errors);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, part) in found.iter().zip(expected) {
        assert!(found.contains(part), "{found:?} does not say {part:?}");
    }
    keys
}

#[test]
fn every_key_of_a_tool() {
    let keys = check::<ToolKeys>(
        quote!(
            name = "add",
            title = TITLE,
            description = include_str!("add.md"),
            icons("a.png", icon()),
            read_only,
            destructive = false,
            idempotent = true,
            open_world,
            meta("a" = 1, "b" = two()),
            timeout = "30s",
            concurrency = 4,
            queue = 0,
            scopes("issues:read", "issues:write"),
            blocking,
            deny_unknown,
            ui = "ui://add",
            visible_to("app", "model"),
            task,
        ),
        &[],
    );
    let flag = |flag: Option<syn::LitBool>| flag.map(|flag| flag.value);
    assert_eq!(keys.handler.name.map(|name| name.value()).as_deref(), Some("add"));
    assert_eq!((keys.handler.icons.len(), keys.handler.meta.len()), (2, 2));
    assert_eq!((flag(keys.read_only), flag(keys.destructive)), (Some(true), Some(false)));
    assert_eq!((flag(keys.idempotent), flag(keys.open_world)), (Some(true), Some(true)));
    assert_eq!(flag(keys.deny_unknown), Some(true));
    assert_eq!(keys.ui.map(|uri| uri.value()).as_deref(), Some("ui://add"));
    assert_eq!(keys.task, Some(Task::Optional));
    let keys_of_task = check::<ToolKeys>(quote!(task = "required"), &[]);
    assert_eq!(keys_of_task.task, Some(Task::Required));
    assert_eq!(keys.visible_to, [Visibility::App, Visibility::Model]);
    let scopes: Vec<_> = keys.handler.scopes.iter().map(syn::LitStr::value).collect();
    assert_eq!(scopes, ["issues:read", "issues:write"]);
    assert!(keys.handler.blocking.is_some() && keys.handler.timeout.is_some());
}

#[test]
fn every_key_of_a_resource() {
    let keys = check::<ResourceKeys>(
        quote!(
            mime_type = "text/plain",
            size = 3,
            priority = 1,
            audience("assistant", "user"),
            last_modified = "2025-01-12T15:00:58Z",
            ttl = "2m",
            public,
            blocking = false
        ),
        &[],
    );
    assert_eq!(keys.audience, [Audience::Assistant, Audience::User]);
    assert!(keys.handler.blocking.is_none());
    assert!(keys.public && keys.ttl.is_some());
    check::<ResourceKeys>(quote!(ttl = "0s", public = false), &[]);
    for ttl in [quote!(ttl = "none"), quote!(ttl = 5), quote!(ttl), quote!(ttl = "5")] {
        check::<ResourceKeys>(ttl, &["a ttl is a number with a unit"]);
    }
}

#[test]
fn unknown_keys() {
    check::<ToolKeys>(
        quote!(titel = "x"),
        &["unknown key `titel`, expected one of: `name`, `title`, `description`"],
    );
    check::<PromptKeys>(quote!(read_only), &["unknown key `read_only`, expected one of: `name`"]);
    check::<ResourceKeys>(quote!(uri = "a:b"), &["unknown key `uri`"]);
    check::<Arg>(
        quote!(min = 1),
        &["unknown key `min`, expected one of: `name`, `default`, `range`"],
    );
}

#[test]
fn repeated_keys() {
    check::<ToolKeys>(
        quote!(read_only, read_only = false),
        &["the key `read_only` is given twice"],
    );
    check::<ToolKeys>(quote!(meta("a" = 1, "a" = 2)), &["the key \"a\" is given twice"]);
    check::<ResourceKeys>(
        quote!(audience("user", "user")),
        &["the audience \"user\" is given twice"],
    );
    check::<ToolKeys>(quote!(visible_to("app", "app")), &["\"app\" is given twice"]);
}

#[test]
fn ill_typed_values() {
    check::<ToolKeys>(quote!(name = 5), &["`name` takes a string literal: `name = \"…\"`"]);
    check::<ToolKeys>(quote!(name = NAME), &["`name` takes a string literal"]);
    check::<ToolKeys>(quote!(name = ""), &["`name` cannot be empty"]);
    check::<ToolKeys>(quote!(title), &["`title` takes a string: `title = \"…\"`"]);
    check::<ToolKeys>(quote!(title = true), &["`title` takes a string"]);
    check::<ToolKeys>(quote!(read_only = "yes"), &["write `read_only` or `read_only = false`"]);
    check::<ToolKeys>(quote!(read_only(true)), &["write `read_only` or"]);
    check::<ToolKeys>(quote!(concurrency = "4"), &["`concurrency` takes a whole number"]);
    check::<ToolKeys>(
        quote!(concurrency = 0),
        &["`concurrency` of zero would let no call through"],
    );
    check::<ToolKeys>(quote!(queue = -1), &["`queue` takes a whole number"]);
    check::<ToolKeys>(quote!(timeout = 30), &["such as \"30s\""]);
    check::<ToolKeys>(quote!(timeout = "30"), &["such as \"30s\""]);
    for task in [quote!(task = required), quote!(task = "x"), quote!(task("required"))] {
        check::<ToolKeys>(task, &["write `task` for calls that become tasks"]);
    }
    for (scopes, message) in [
        (quote!(scopes), "`scopes` takes the scopes that callers need: `scopes("),
        (quote!(scopes = "a"), "`scopes` takes the scopes that callers need"),
        (quote!(scopes()), "`scopes` takes the scopes that callers need"),
        (quote!(scopes("")), "a scope cannot be empty"),
        (quote!(scopes("a b")), "a scope has no spaces: write `scopes("),
        (quote!(scopes("ä")), "visible ASCII characters"),
        (quote!(scopes("offline_access")), "leave it out"),
        (quote!(scopes("a", "a")), "\"a\" is given twice"),
    ] {
        check::<ToolKeys>(scopes, &[message]);
    }
    check::<ToolKeys>(quote!(ui), &["`ui` takes a string literal"]);
    check::<ToolKeys>(quote!(ui = "https://a"), &["begins with `ui://`"]);
    check::<ToolKeys>(quote!(visible_to("user")), &["visible to \"model\" or \"app\""]);
    check::<ToolKeys>(quote!(visible_to), &["`visible_to(\"model\", \"app\")`"]);
    check::<ToolKeys>(quote!(icons = "a.png"), &["`icons` takes one or more icons: `icons("]);
    check::<ToolKeys>(quote!(icons()), &["`icons` takes one or more icons"]);
    check::<ToolKeys>(quote!(meta(a = 1)), &["expected a key and its value: `meta("]);
    check::<ResourceKeys>(quote!(priority = 1.5), &["`priority` takes a number from 0.0 to 1.0"]);
    check::<ResourceKeys>(quote!(priority = "high"), &["`priority` takes a number"]);
    check::<ResourceKeys>(quote!(audience("model")), &["an audience is \"user\" or \"assistant\""]);
    check::<Arg>(quote!(pattern = 5), &["`pattern` takes a string literal"]);
    check::<Arg>(quote!(range), &["`range` takes a value: `range = 0..=100`"]);
    check::<Arg>(quote!(default(1)), &["`default = value`"]);
    check::<Arg>(quote!(header = "X Y"), &["the name of a header"]);
}

#[test]
fn mistakes_do_not_hide_each_other() {
    check::<ToolKeys>(
        quote!("add", name =, titel = "x" read_only, queue = "q"),
        &[
            "expected a key",
            "`name` has no value",
            "expected a comma after the key `titel`",
            "`queue` takes",
        ],
    );
}

#[test]
fn every_listed_key_is_read() {
    fn read_all<K: Keys>() {
        for key in K::KNOWN {
            let (mut keys, mut errors) = (K::default(), Errors::default());
            let key = quote::format_ident!("{key}");
            parse(&mut keys, quote!(#key), &mut Vec::new(), &mut errors);
            let found = messages(errors);
            assert!(!found.iter().any(|message| message.contains("nothing reads it")), "{found:?}");
        }
    }
    read_all::<ToolKeys>();
    read_all::<PromptKeys>();
    read_all::<ResourceKeys>();
    read_all::<Arg>();
}
