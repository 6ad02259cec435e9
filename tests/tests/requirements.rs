//! `docs/requirements.md` names files and tests that are there.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const LEVELS: [&str; 7] = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "INTEROP", "DESIGN"];

/// What stands for the place and the tests of what is not built yet.
const OPEN: &str = "(open)";

#[test]
fn the_table_names_files_and_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let problems = problems(&document, &|path| fs::read_to_string(root.join(path)).ok());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Everything that is wrong with a document; `read` gives the text of a file.
fn problems(document: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, level, revisions, requirement, places, tests] = cells[..] else {
            problems.push(format!("not six cells: {line}"));
            continue;
        };
        if id == "id" {
            continue;
        }
        let mut problem = |text: String| problems.push(format!("{id}: {text}"));
        if !seen.insert(id) {
            problem("is there twice".to_owned());
        }
        if !LEVELS.contains(&level) || revisions.is_empty() || requirement.is_empty() {
            problem("says not what is required, how much, and where".to_owned());
        }
        if places == OPEN && tests == OPEN {
            continue;
        }
        for place in quoted(places).filter(|place| read(place).is_none()) {
            problem(format!("there is no {place}"));
        }
        let mut has_test = false;
        for (path, name) in quoted(tests).filter_map(|test| test.split_once(".rs::")) {
            has_test = true;
            let path = format!("{path}.rs");
            match read(&path) {
                None => problem(format!("there is no {path}")),
                Some(source) if !has(&source, name) => {
                    problem(format!("there is no test {name} in {path}"));
                }
                Some(_) => (),
            }
        }
        let words = tests.split('`').step_by(2).flat_map(str::split_whitespace).count();
        if (!has_test || quoted(places).next().is_none()) && words < 6 {
            problem("no place or no test, and no reason".to_owned());
        }
    }
    if seen.len() < 300 {
        problems.push(format!("there are {} rows alone", seen.len()));
    }
    problems
}

/// What is between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether a source has a test of this name.
fn has(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let is_it = |line: &str| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        function.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().filter(|(_, line)| is_it(line)).any(|(index, _)| {
        let attributes = lines.iter().take(index).rev().take_while(|line| line.starts_with("#["));
        let is_test =
            |line: &&&str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        attributes.into_iter().any(|line| is_test(&line))
    })
}

#[test]
fn the_table_is_read_as_it_is_meant() {
    let read = |path: &str| {
        let source =
            "#[tokio::test(start_paused = true)]\nasync fn a() {\n#[test]\n  fn b() {\nfn c() {";
        (path == "x.rs").then(|| source.to_owned())
    };
    let check = |cells: &str, expected: &str| {
        let row =
            format!("| id | level | x | y | z | t |\n|---|---|---|---|---|---|\n| {cells} |\n");
        let mut problems = problems(&row, &read);
        // One row is too few in any case.
        assert!(problems.pop().unwrap().contains("rows alone"));
        assert_eq!(problems.join(", "), expected, "{cells}");
    };
    check("A-1 | MUST | all | what | `x.rs` | `x.rs::a`, `x.rs::b`", "");
    check("A-1 | MUST | all | what | (open) | (open)", "");
    check("A-1 | MAY | all | what |  | it is not done, since nobody has asked", "");
    check("A-1 | MUST | all | what | `x.rs` | `x.rs::c`", "A-1: there is no test c in x.rs");
    check("A-1 | MUST | all | what | `x.rs` | `y.rs::a`", "A-1: there is no y.rs");
    check("A-1 | MUST | all | what | `y.rs` | `x.rs::a`", "A-1: there is no y.rs");
    let nothing = "A-1: no place or no test, and no reason";
    check("A-1 | MUST | all | what | `x.rs` | no reason", nothing);
    check("A-1 | MUST | all | what | `x.rs` | (open)", nothing);
    check("A-1 | MUST | all | what |  | `x.rs::a`", nothing);
    check(
        "A-1 | OUGHT | all | what | (open) | (open)",
        "A-1: says not what is required, how much, and where",
    );
    check("A-1 | MUST", "not six cells: | A-1 | MUST |");
}
