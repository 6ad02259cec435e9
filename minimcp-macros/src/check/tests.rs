//! Handlers as text in, messages out.

use super::*;
use crate::errors::messages;

fn check(target: Target, attr: &str, item: &str, expected: &[&str]) {
    let mut errors = Errors::default();
    let attr = errors.take(syn::parse_str::<TokenStream>(attr)).unwrap_or_default();
    if let Some(function) = errors.take(syn::parse_str::<Function>(item)) {
        super::check(target, attr, &function, &mut errors);
    }
    let found = messages(errors);
    assert_eq!(found.len(), expected.len(), "{item}: {found:#?}");
    for (found, part) in found.iter().zip(expected) {
        assert!(found.contains(part), "{found:?} does not say {part:?}");
    }
}

fn tool(item: &str, expected: &[&str]) {
    check(Target::Tool, "", item, expected);
}

fn resource(uri: &str, item: &str, expected: &[&str]) {
    check(Target::Resource, &format!("{uri:?}"), item, expected);
}

#[test]
fn good_handlers() {
    tool("async fn add(a: f64, mut b: Vec<u8>, r#type: &str) -> Result<f64, &'static str> {}", &[]);
    tool("pub(crate) async fn nothing() {}", &[]);
    tool("async fn echo(text: &str) -> &str {}", &[]);
    check(Target::Tool, "blocking", "fn hash(text: &str) -> String {}", &[]);
    check(Target::Prompt, r#"title = "Ask""#, "async fn ask(what: &str) -> String {}", &[]);
    resource(
        "math://{a}/{+b}{?c}",
        "async fn read(a: u8, b: &str, c: Option<u8>, user: User) -> String {}",
        &[],
    );
    resource("math://{type}", "async fn read(r#type: &str) -> String {}", &[]);
    resource(
        "math://{user.id}",
        r#"async fn read(#[arg(name = "user.id")] id: u64) -> String {}"#,
        &[],
    );
}

#[test]
fn completers() {
    check(
        Target::Prompt,
        "",
        "async fn ask(#[arg(complete = topics)] a: &str, #[arg(complete)] b: Tone) -> String {}",
        &[],
    );
    check(
        Target::Prompt,
        "",
        r#"async fn ask(#[arg(complete)] a: &str, #[arg(complete = "x")] b: Tone) -> String {}"#,
        &["`complete` alone takes the values of an enum", "`complete` takes a function or a list"],
    );
    tool(
        "async fn add(#[arg(complete = numbers)] a: f64) -> f64 {}",
        &["only the arguments of a #[prompt]"],
    );
    resource(
        "math://{a}",
        "async fn read(a: u8, #[arg(complete = users)] user: User) -> String {}",
        &["only the variables of the template can be completed"],
    );
}

#[test]
fn kinds_of_functions() {
    tool(
        "fn sub() {}",
        &[
            "`sub` must be an `async fn` to be a #[tool]; for blocking code write `#[tool(blocking)] fn`",
        ],
    );
    check(Target::Tool, "blocking", "async fn sub() {}", &["`blocking` is for a plain `fn`"]);
    check(
        Target::Resource,
        r#""a:b""#,
        "fn sub() {}",
        &["write `#[resource(\"…\", blocking)] fn`"],
    );
    tool("const async fn sub() {}", &["cannot be a `const fn`"]);
    tool("async unsafe fn sub() {}", &["cannot be an `unsafe fn`"]);
    tool(r#"async extern "C" fn sub() {}"#, &["cannot be an `extern fn`"]);
    tool("async fn sub<T>(a: T) {}", &["cannot be generic"]);
    tool("async fn sub<'a>(a: &'a str) -> &'a str {}", &["cannot be generic"]);
    tool("async fn sub() where u8: Copy, { }", &["cannot have a `where` clause"]);
    tool(
        r#"async unsafe extern "C" fn sub(a: u8, ...) {}"#,
        &["unsafe", "extern", "cannot take `...`"],
    );
    tool("struct Sub;", &["only a function can be a handler"]);
}

#[test]
fn parameter_types() {
    tool("async fn f(a: &'static str) {}", &["write `&str` without `'static`"]);
    tool("async fn f(a: &mut str) {}", &["write `mut name: String`"]);
    tool("async fn f(a: Option<&str>) {}", &["inside another type write `String`"]);
    tool("async fn f(a: &String) {}", &["write `&str` or `String`"]);
    tool("async fn f(a: &[u8]) {}", &["write `Vec<u8>`"]);
    tool("async fn f(a: &[&str]) {}", &["write `Vec<String>`"]);
    tool("async fn f(a: &std::path::Path) {}", &["write `std::path::Path`"]);
    tool(
        "async fn f(a: &mut HashMap<String, (u8, u8)>) {}",
        &["write `mut name: HashMap<String, (u8, u8)>`"],
    );
    tool("async fn f(a: Cow<'_, str>) {}", &["cannot have a lifetime"]);
    tool("async fn f(a: Box<dyn Fn() + 'static>) {}", &["cannot have a lifetime"]);
    tool("async fn f(a: impl Into<String>) {}", &["`impl Trait` has none"]);
    tool("async fn f(a: Vec<Self>) {}", &["has no `Self`"]);
    tool("async fn f(&self) {}", &["take a parameter `Scope<T>`"]);
}

#[test]
fn parameter_names() {
    tool("async fn f(_: u8) {}", &["needs a name"]);
    tool("async fn f((a, b): (u8, u8)) {}", &["needs a name"]);
    tool("async fn f(ref a: u8) {}", &["needs a name"]);
    tool(
        r#"async fn f(#[arg(name = "b")] a: u8, b: u8) {}"#,
        &["two parameters have the name `b`"],
    );
    tool("async fn f(#[cfg(unix)] a: u8) {}", &["cannot be conditional"]);
}

#[test]
fn too_many_parameters() {
    let many = |count: usize| {
        let names = (0..count).map(|index| format!("p{index}: u8"));
        format!("async fn f({}) {{}}", names.collect::<Vec<_>>().join(", "))
    };
    tool(&many(64), &[]);
    tool(&many(65), &["at most 64 parameters"]);
}

#[test]
fn argument_keys() {
    tool("async fn f(#[arg] a: u8) {}", &["`#[arg(…)]` takes one or more of: `name`"]);
    tool("async fn f(#[arg(default)] #[arg(default)] a: u8) { }", &["`default` is given twice"]);
    tool("async fn f(#[arg(range = 1..2)] a: &str) {}", &["the length of a text is `length`"]);
    tool(
        r#"async fn f(#[arg(header = "Region")] a: &str, #[arg(header = "region")] b: &str) {}"#,
        &["two parameters have the header `region`"],
    );
    check(
        Target::Prompt,
        "",
        r#"async fn f(#[arg(header = "Region")] a: &str) -> String {}"#,
        &["only the arguments of a #[tool]"],
    );
}

#[test]
fn tool_names() {
    let named = |name: &str, expected: &[&str]| {
        check(Target::Tool, &format!("name = {name:?}"), "async fn f() {}", expected);
    };
    named("a.B-c_9", &[]);
    named(&"x".repeat(128), &[]);
    named(&"x".repeat(129), &["1 to 128 of the characters"]);
    named("add two", &["1 to 128 of the characters"]);
    tool("async fn größe() {}", &["give it one with `name"]);
    check(Target::Prompt, r#"name = "add two""#, "async fn f() -> String {}", &[]);
}

#[test]
fn results() {
    tool("async fn f() -> impl Into<String> {}", &["`impl Trait` has no name"]);
    tool("async fn f() -> Option<Self> {}", &["has no `Self`"]);
    tool("async fn f() -> &'a str {}", &["named lifetime"]);
    check(
        Target::Tool,
        "blocking",
        "fn f(a: &str) -> &str {}",
        &["cannot return what it borrowed"],
    );
    check(Target::Tool, "blocking", "fn f(a: &str) -> &'static str {}", &[]);
}

#[test]
fn resources() {
    check(Target::Resource, "", "async fn f() -> String {}", &["needs its URI first"]);
    check(
        Target::Resource,
        r#"title = "x""#,
        "async fn f() -> String {}",
        &["needs its URI first"],
    );
    check(Target::Resource, r#""a:b" title = "x""#, "async fn f() -> String {}", &["expected `,`"]);
    resource("math://{", "async fn f(a: &str) -> String {}", &["never closed"]);
    resource(
        "math://{dimension}",
        "async fn f() -> String {}",
        &["the template has `{dimension}`, and the function has no parameter `dimension`"],
    );
    resource("math://pi", "async fn f(name: &str) -> String {}", &["has no variable `{name}`"]);
}

#[test]
fn mistakes_do_not_hide_each_other() {
    check(
        Target::Tool,
        r#"titel = "x""#,
        "fn f(a: &u8, _: u8) {}",
        &["unknown key", "must be an `async fn`", "write `u8`", "needs a name"],
    );
}
