//! `docs/README.md` lists the pages, and the examples of the pages are tests.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::Path;

#[test]
fn each_page_is_listed_and_its_examples_are_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (index, sources) =
        (read("docs/README.md"), read("minimcp/src/lib.rs") + &read("minimcp/src/pages.rs"));
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // What is no page belongs to one: a picture, figures.
        if !name.ends_with(".md") {
            continue;
        }
        found.extend(problems(&name, &read(&format!("docs/{name}")), &index, &sources));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Everything that is wrong with a page, given the index and the sources that may include it.
fn problems(name: &str, page: &str, index: &str, sources: &str) -> Vec<String> {
    let is_listed = |name: &str| index.contains(&format!("| [{name}]({name}) | "));
    let mut problems = Vec::new();
    if name != "README.md" && !is_listed(name) {
        problems.push(format!("{name} is not listed"));
    }
    if page.contains("```rust") && !sources.contains(&format!("docs/{name}\")]")) {
        problems.push(format!("the examples of {name} are no tests"));
    }
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let pages = targets.filter(|target| target.ends_with(".md") && !target.contains('/'));
    for target in pages.filter(|target| !is_listed(target)) {
        problems.push(format!("{name} leads to {target}, which is not listed"));
    }
    problems
}

#[test]
fn pages_are_read_as_they_are_meant() {
    let index = "| [a.md](a.md) | about a |\n";
    let sources = r#"#[doc = include_str!("../../docs/a.md")]"#;
    let check = |name: &str, page: &str, expected: &str| {
        assert_eq!(problems(name, page, index, sources).join(", "), expected, "{name}: {page}");
    };
    check("a.md", "```rust\n```\n[a](a.md#b), [up](../b.md), [web](https://a/b.md)", "");
    check("README.md", index, "");
    check("b.md", "text", "b.md is not listed");
    check("b.md", "```rust", "b.md is not listed, the examples of b.md are no tests");
    check("a.md", "see [b](b.md)", "a.md leads to b.md, which is not listed");
}
